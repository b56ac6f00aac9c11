// EndDeviceRegistry: the identity server's part of devices: names, versions, places, addresses of
// their servers.
#include <map>

#include "actors/identity_server/device_activity/device_activity.hpp"
#include "actors/identity_server/policy/names.hpp"
#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/contacts.hpp"
#include "app/api/services/identity/page_wish.hpp"
#include "app/api/services/identity/services.hpp"
#include "ttn/lorawan/v3/application.pb.h"
#include "ttn/lorawan/v3/end_device_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;
using identity_server::EntityPage;
using CallPtr = std::shared_ptr<const Call>;

constexpr ErrorDef end_device_not_found_by_euis{
    "pkg/identityserver/store", "end_device_not_found", Code::not_found,
    "end device with JoinEUI `{join_eui}` and DevEUI `{dev_eui}` not found"};
constexpr ErrorDef read_only_field{"pkg/identityserver/store", "read_only_field",
                                   Code::invalid_argument, "read-only field `{field}`"};

std::vector<identity_server::UniqueKey> euis_key(const pb::EndDevice& device) {
  const auto join_eui = join_eui_of(device.ids().join_eui());
  const auto dev_eui = dev_eui_of(device.ids().dev_eui());
  if (!join_eui || !dev_eui) return {};
  const storage::JoinKey euis{*join_eui, *dev_eui};
  auto taken = [euis](const storage::EntityKey& owner) {
    return Error(identity_server::end_device_euis_taken, {{"join_eui", to_string(euis.join_eui)},
                                                          {"dev_eui", to_string(euis.dev_eui)},
                                                          {"device_id", owner.ids.at(1)},
                                                          {"application_id", owner.ids.at(0)}});
  };
  return {{storage::device_euis_index_key(euis), taken}};
}

storage::EntityKey key_of(const pb::EndDeviceIdentifiers& ids) {
  return device_key(ids.application_ids().application_id(), ids.device_id());
}

constexpr ErrorDef network_server_address_mismatch{
    "pkg/identityserver", "network_server_address_mismatch", Code::invalid_argument,
    "Network Server address `{address}` does not match `{expected}`"};
constexpr ErrorDef application_server_address_mismatch{
    "pkg/identityserver", "application_server_address_mismatch", Code::invalid_argument,
    "Application Server address `{address}` does not match `{expected}`"};
constexpr ErrorDef join_server_address_mismatch{
    "pkg/identityserver", "join_server_address_mismatch", Code::invalid_argument,
    "Join Server address `{address}` does not match `{expected}`"};
constexpr ErrorDef end_device_picture_uploads_disabled{
    "pkg/identityserver", "end_device_picture_uploads_disabled", Code::failed_precondition,
    "uploading end device pictures is disabled"};

constexpr ErrorDef too_many_updates{"pkg/identityserver", "too_many_updates",
                                    Code::invalid_argument, "more than `{max}` devices"};

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

identity_server::PageWish wish_of(const pb::ListEndDevicesRequest& request,
                                  std::uint32_t default_limit) {
  auto wish = page_wish<pb::EndDevice>(request, default_limit);
  for (const auto& filter : request.filters()) {
    if (!filter.has_updated_since()) continue;
    wish.filter = [since = time_of(filter.updated_since())](const identity_server::Entity& entity) {
      return entity.updated_at > since;
    };
  }
  return wish;
}

Result<pb::EndDevices> to_proto(const EntityPage& page, const Paths& paths) {
  pb::EndDevices out;
  for (const auto& entity : page.entities) {
    FF_TRY(auto device, entity_message<pb::EndDevice>(*entity));
    *out.add_end_devices() = masked(std::move(device), paths);
  }
  return out;
}

class EndDevices final : public pb::EndDeviceRegistry::CallbackService {
 public:
  EndDevices(const ServiceContext& context, Identity identity)
      : context_(context), identity_(std::move(identity)) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const pb::CreateEndDeviceRequest* request,
                                   pb::EndDevice* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.EndDeviceRegistry/Create"}, context, request, response,
        [this](auto call, const auto& create, const auto& reply) {
          const auto key = key_of(create.end_device().ids());
          context_.authorized(call, application_key(key.ids.at(0)), {}, reply, [=, this, &create] {
            this->create(call, key, create.end_device(), reply);
          });
        });
  }

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetEndDeviceRequest* request,
                                pb::EndDevice* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.EndDeviceRegistry/Get"}, context, request, response,
        [this](auto call, const auto& get, const auto& reply) {
          const auto key = key_of(get.end_device_ids());
          context_.authorized(call, application_key(key.ids.at(0)), paths_of(get.field_mask()),
                              reply, [=, this, &get] {
                                identity_.get(key, answer_entity<pb::EndDevice>(
                                                       reply, answer_paths(get.field_mask())));
                              });
        });
  }

  grpc::ServerUnaryReactor* GetIdentifiersForEUIs(
      grpc::CallbackServerContext* context,
      const pb::GetEndDeviceIdentifiersForEUIsRequest* request,
      pb::EndDeviceIdentifiers* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.EndDeviceRegistry/GetIdentifiersForEUIs"}, context, request, response,
        [this](auto, const auto& get, const auto& reply) { find(get, reply); });
  }

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const pb::ListEndDevicesRequest* request,
                                 pb::EndDevices* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.EndDeviceRegistry/List"}, context, request, response,
        [this, context](auto call, const auto& list, const auto& reply) {
          const auto key = application_key(list.application_ids().application_id());
          context_.authorized(call, key, paths_of(list.field_mask()), reply,
                              [=, this, &list] { this->list(context, list, reply); });
        });
  }

  grpc::ServerUnaryReactor* Update(grpc::CallbackServerContext* context,
                                   const pb::UpdateEndDeviceRequest* request,
                                   pb::EndDevice* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.EndDeviceRegistry/Update"}, context, request, response,
        [this](auto call, const auto& update, const auto& reply) {
          const auto key = key_of(update.end_device().ids());
          context_.authorized(call, application_key(key.ids.at(0)), paths_of(update.field_mask()),
                              reply, [=, this, &update] { change(call, key, update, reply); });
        });
  }

  grpc::ServerUnaryReactor* BatchUpdateLastSeen(
      grpc::CallbackServerContext* context, const pb::BatchUpdateEndDeviceLastSeenRequest* request,
      Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.EndDeviceRegistry/BatchUpdateLastSeen", Access::open}, context, request,
        response, [this](auto call, const auto& batch, const auto& reply) {
          if (auto allowed = identity_.ports().cluster_keys.check(*call); !allowed)
            return reply(fail(allowed.error()));
          update_last_seen(batch, reply);
        });
  }

  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::EndDeviceIdentifiers* request,
                                   Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.EndDeviceRegistry/Delete"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) {
          const auto key = key_of(ids);
          context_.authorized(call, application_key(key.ids.at(0)), {}, reply, [=, this] {
            identity_.of(*call).erase(key, [=, this](const Status& status) {
              if (!status) return reply(fail(status.error()));
              publish_change(identity_, *call, key, "delete");
              reply(Empty());
            });
          });
        });
  }

 private:
  /// Devices that are not there are left out. [spec identity-server §7.1]
  void update_last_seen(const pb::BatchUpdateEndDeviceLastSeenRequest& batch,
                        const Reply<Empty>& reply) const {
    std::map<DeviceUid, DeviceActivity> devices;
    for (const auto& update : batch.updates()) {
      auto& device = devices[uid_of(update.ids())];
      device.device = uid_of(update.ids());
      if (!update.has_last_seen_at()) continue;
      const auto at = time_of(update.last_seen_at());
      device.last_seen_at = std::max(device.last_seen_at.value_or(at), at);
    }
    if (devices.size() > identity_server::entities_max)
      return reply(
          fail(too_many_updates, {{"max", std::to_string(identity_server::entities_max)}}));
    std::vector<DeviceActivity> activity;
    for (auto& [uid, device] : devices) activity.push_back(std::move(device));
    identity_.change(identity_server::activity_change(std::move(activity)),
                     [reply](const Result<std::vector<identity_server::EntityPtr>>& written) {
                       if (!written) return reply(fail(written.error()));
                       reply(Empty());
                     });
  }

  void find(const pb::GetEndDeviceIdentifiersForEUIsRequest& get,
            const Reply<pb::EndDeviceIdentifiers>& reply) const {
    const storage::JoinKey euis{join_eui_of(get.join_eui()).value_or(JoinEui()),
                                dev_eui_of(get.dev_eui()).value_or(DevEui())};
    auto found = [euis, reply](const Result<identity_server::EntityPtr>& entity) {
      if (!entity) return reply(fail(entity.error()));
      if (!*entity)
        return reply(fail(end_device_not_found_by_euis, {{"join_eui", to_string(euis.join_eui)},
                                                         {"dev_eui", to_string(euis.dev_eui)}}));
      const auto device = entity_message<pb::EndDevice>(**entity);
      if (!device) return reply(fail(device.error()));
      reply(device->ids());
    };
    identity_.find(storage::device_euis_index_key(euis), found);
  }

  /// Only in an application that is there, and on its servers.
  void create(const CallPtr& call, const storage::EntityKey& key, const pb::EndDevice& device,
              const Reply<pb::EndDevice>& reply) const {
    if (const auto allowed = identity_server::check_name(key.ids.at(1)); !allowed)
      return reply(fail(allowed.error()));
    if (device.has_picture()) return reply(fail(end_device_picture_uploads_disabled));
    identity_server::ChangeEntities message;
    const auto application = application_key(key.ids.at(0));
    message.keys = {key, application};
    message.decide = [=](identity_server::EntityRows& rows, UtcTime) -> Status {
      FF_TRY(const auto* owner, rows.live(application));
      if (rows.find(key) != nullptr) return fail(identity_server::id_taken);
      FF_TRY(const auto of_application, entity_message<pb::Application>(*owner));
      FF_CHECK(check_addresses(of_application, device));
      rows.put(key, {entity_bytes(device), euis_key(device), false});
      return {};
    };
    identity_.of(*call).change(
        std::move(message),
        [=, this](const Result<std::vector<identity_server::EntityPtr>>& stored) {
          if (!stored) return reply(fail(stored.error()));
          publish_change(identity_, *call, key, "create");
          reply(entity_message<pb::EndDevice>(*stored->front()));
        });
  }

  /// EUIs stay.
  void change(const CallPtr& call, const storage::EntityKey& key,
              const pb::UpdateEndDeviceRequest& update, const Reply<pb::EndDevice>& reply) const {
    const auto paths = change_paths(update.field_mask());
    if (has_path(paths, "picture") && update.end_device().has_picture())
      return reply(fail(end_device_picture_uploads_disabled));
    auto message = change_entity<pb::EndDevice>(key, update.end_device(), paths, euis_key, nullptr);
    message.change = [change = message.change, ids = update.end_device().ids()](
                         const identity_server::Entity& current,
                         UtcTime now) -> Result<identity_server::Draft> {
      FF_TRY(const auto stored, entity_message<pb::EndDevice>(current));
      if (!ids.dev_eui().empty() && ids.dev_eui() != stored.ids().dev_eui()) {
        return fail(read_only_field, {{"field", "ids.dev_eui"}});
      }
      if (!ids.join_eui().empty() && ids.join_eui() != stored.ids().join_eui()) {
        return fail(read_only_field, {{"field", "ids.join_eui"}});
      }
      return change(current, now);
    };
    auto answer = answer_entity<pb::EndDevice>(reply, answer_paths(update.field_mask()));
    identity_.of(*call).change(std::move(message),
                               [=, this](const Result<identity_server::EntityPtr>& changed) {
                                 if (changed)
                                   publish_change(identity_, *call, key, "update", paths);
                                 answer(changed);
                               });
  }

  void list(grpc::CallbackServerContext* context, const pb::ListEndDevicesRequest& request,
            const Reply<pb::EndDevices>& reply) const {
    auto find = [wish = wish_of(request, identity_.settings().default_page_limit),
                 application =
                     request.application_ids().application_id()](const storage::Reader& store) {
      return identity_server::page_of_kind(store, storage::EntityKind::end_device, {application},
                                           wish);
    };
    identity_.read<EntityPage>(
        find, [=, paths = answer_paths(request.field_mask())](const Result<EntityPage>& page) {
          if (!page) return reply(fail(page.error()));
          set_total(*context, page->total);
          reply(to_proto(*page, paths));
        });
  }

  const ServiceContext& context_;
  Identity identity_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_end_device_registry(const ServiceContext& context,
                                                        Identity identity) {
  return std::make_unique<EndDevices>(context, std::move(identity));
}

}  // namespace ff::api
