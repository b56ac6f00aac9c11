#include "app/api/services/identity/end_device_creation.hpp"

#include "actors/identity_server/pictures/picture.hpp"
#include "actors/identity_server/policy/names.hpp"
#include "actors/support/euis_taken.hpp"
#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/entity_registry.hpp"
#include "app/api/services/identity/pictures.hpp"
#include "ttn/lorawan/v3/application.pb.h"

namespace ff::api {
namespace {

using identity_server::EntityPtr;

constexpr ErrorDef network_server_address_mismatch{
    "pkg/identityserver", "network_server_address_mismatch", Code::invalid_argument,
    "Network Server address `{address}` does not match `{expected}`"};
constexpr ErrorDef application_server_address_mismatch{
    "pkg/identityserver", "application_server_address_mismatch", Code::invalid_argument,
    "Application Server address `{address}` does not match `{expected}`"};
constexpr ErrorDef join_server_address_mismatch{
    "pkg/identityserver", "join_server_address_mismatch", Code::invalid_argument,
    "Join Server address `{address}` does not match `{expected}`"};

std::string_view host_of(std::string_view address) {
  const auto colon = address.rfind(':');
  return colon == std::string_view::npos ? address : address.substr(0, colon);
}

/// A device is where its application is, when that says where. [spec identity-server §7.1]
Status check_addresses(const pb::Application& application, const pb::EndDevice& device) {
  const auto check = [](const std::string& expected, const std::string& address,
                        const ErrorDef& def) -> Status {
    if (expected.empty() || address.empty() || host_of(expected) == host_of(address)) return {};
    return fail(def, {{"address", address}, {"expected", expected}});
  };
  FF_CHECK(check(application.network_server_address(), device.network_server_address(),
                 network_server_address_mismatch));
  FF_CHECK(check(application.application_server_address(), device.application_server_address(),
                 application_server_address_mismatch));
  return check(application.join_server_address(), device.join_server_address(),
               join_server_address_mismatch);
}

/// Why a device that is there can not be created.
Error present(const identity_server::Entity& entity, const pb::EndDevice& requested,
              IfThere if_there) {
  if (if_there == IfThere::refuse) return Error(identity_server::id_taken);
  const auto stored = entity_message<pb::EndDevice>(entity);
  if (!stored) return stored.error();
  const auto& ids = requested.ids();
  // A request that does not say where the device joins means the one that is there.
  const bool is_same = stored->ids().dev_eui() == ids.dev_eui() &&
                       (ids.join_eui().empty() || stored->ids().join_eui() == ids.join_eui());
  return is_same ? Error(end_device_exists) : Error(identity_server::id_taken);
}

void store(const Identity& identity, const std::shared_ptr<const EndDeviceCreation>& wish,
           const PictureChange& picture, actors::Reply<EntityPtr> then) {
  const auto key = end_device_key(wish->device.ids());
  const auto application = application_key(key.ids.at(0));
  const bool has_picture = picture.kind == PictureChange::Kind::put;
  identity_server::ChangeEntities message;
  message.keys = {key};
  if (has_picture) message.keys.push_back(identity_server::picture_key(key));
  message.keys.push_back(application);
  // So creations in one application do not wait for each other.
  message.read_only = 1;
  message.decide = [=](identity_server::EntityRows& rows, UtcTime) -> Status {
    FF_TRY(const auto* owner, rows.live(application));
    if (const auto* there = rows.find(key))
      return fail(present(*there, wish->device, wish->if_there));
    FF_TRY(const auto of_application, entity_message<pb::Application>(*owner));
    FF_CHECK(check_addresses(of_application, wish->device));
    rows.put(key, {entity_bytes(wish->device), device_euis_key(wish->device), false});
    if (has_picture) change_picture(picture, key, rows);
    return {};
  };
  identity.of(*wish->call)
      .change(std::move(message), [identity, wish, key, then = std::move(then)](
                                      const Result<std::vector<EntityPtr>>& stored) {
        if (!stored) return then(fail(stored.error()));
        publish_change(identity, *wish->call, key, "create");
        then(stored->front());
      });
}

}  // namespace

std::vector<identity_server::UniqueKey> device_euis_key(const pb::EndDevice& device) {
  const auto join_eui = join_eui_of(device.ids().join_eui());
  const auto dev_eui = dev_eui_of(device.ids().dev_eui());
  if (!join_eui || !dev_eui) return {};
  const storage::JoinKey euis{*join_eui, *dev_eui};
  auto taken = [euis](const storage::EntityKey& owner) {
    return actors::euis_taken(euis, {ApplicationId(owner.ids.at(0)), DeviceId(owner.ids.at(1))},
                              identity_server::end_device_euis_taken);
  };
  return {{storage::device_euis_index_key(euis), taken}};
}

void create_end_device(const Identity& identity, EndDeviceCreation creation,
                       actors::Reply<EntityPtr> then) {
  const auto key = end_device_key(creation.device.ids());
  if (const auto allowed = identity_server::check_name(key.ids.at(1)); !allowed)
    return then(fail(allowed.error()));
  const auto wish = std::make_shared<EndDeviceCreation>(std::move(creation));
  if (!wish->device.has_picture()) return store(identity, wish, {}, std::move(then));
  prepare_picture(identity,
                  {.entity = key,
                   .rules = identity.settings().end_device_pictures,
                   .disabled = end_device_picture_uploads_disabled,
                   .maybe_picture = &wish->device.picture()},
                  [identity, wish, then = std::move(then)](const Result<PictureChange>& picture) {
                    if (!picture) return then(fail(picture.error()));
                    wish->device.clear_picture();
                    if (picture->kind == PictureChange::Kind::put)
                      *wish->device.mutable_picture() = picture->shown;
                    store(identity, wish, *picture, then);
                  });
}

void show_picture(pb::EndDevice& device, const identity_server::Settings& settings) {
  if (device.has_picture())
    put_picture_url(settings.end_device_pictures.url, *device.mutable_picture());
}

}  // namespace ff::api
