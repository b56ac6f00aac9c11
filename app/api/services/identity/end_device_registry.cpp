// EndDeviceRegistry: the identity server's part of devices: names, versions, places, addresses of
// their servers.
#include <map>

#include "actors/identity_server/device_activity/device_activity.hpp"
#include "actors/identity_server/pictures/picture.hpp"
#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/contacts.hpp"
#include "app/api/services/identity/device_pages.hpp"
#include "app/api/services/identity/end_device_creation.hpp"
#include "app/api/services/identity/page_wish.hpp"
#include "app/api/services/identity/pictures.hpp"
#include "app/api/services/identity/services.hpp"
#include "ttn/lorawan/v3/end_device_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;
using identity_server::EntityPage;
using CallPtr = std::shared_ptr<const Call>;

constexpr ErrorDef read_only_field{"pkg/identityserver/store", "read_only_field",
                                   Code::invalid_argument, "read-only field `{field}`"};

constexpr ErrorDef too_many_updates{"pkg/identityserver", "too_many_updates",
                                    Code::invalid_argument, "more than `{max}` devices"};

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

Result<pb::EndDevices> to_proto(const EntityPage& page, const Paths& paths,
                                const identity_server::Settings& settings) {
  pb::EndDevices out;
  for (const auto& entity : page.entities) {
    FF_TRY(auto device, entity_message<pb::EndDevice>(*entity));
    show_picture(device, settings);
    *out.add_end_devices() = masked(std::move(device), paths);
  }
  return out;
}

/// EUIs stay.
Result<identity_server::Draft> changed(const identity_server::Entity& current,
                                       const pb::EndDevice& requested, const Paths& paths,
                                       const PictureChange& picture) {
  FF_TRY(auto device, entity_message<pb::EndDevice>(current));
  const auto& ids = requested.ids();
  if (!ids.dev_eui().empty() && ids.dev_eui() != device.ids().dev_eui())
    return fail(read_only_field, {{"field", "ids.dev_eui"}});
  if (!ids.join_eui().empty() && ids.join_eui() != device.ids().join_eui())
    return fail(read_only_field, {{"field", "ids.join_eui"}});
  auto copied = without_picture(paths, "picture");
  // It is set once and never unset. [spec identity-server §7.1]
  if (device.has_activated_at() || !requested.has_activated_at())
    std::erase_if(copied, [](const auto& path) { return path.starts_with("activated_at"); });
  FF_CHECK(field_mask::copy(requested, copied, device));
  if (picture.kind == PictureChange::Kind::put) *device.mutable_picture() = picture.shown;
  if (picture.kind == PictureChange::Kind::remove) device.clear_picture();
  return identity_server::Draft{entity_bytes(device), device_euis_key(device), false};
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
          const auto key = end_device_key(create.end_device().ids());
          context_.authorized(call, application_key(key.ids.at(0)), {}, reply, [=, this, &create] {
            create_end_device(identity_, {.call = call, .device = create.end_device()},
                              answer(reply, std::nullopt));
          });
        });
  }

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetEndDeviceRequest* request,
                                pb::EndDevice* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.EndDeviceRegistry/Get"}, context, request, response,
        [this](auto call, const auto& get, const auto& reply) {
          const auto key = end_device_key(get.end_device_ids());
          context_.authorized(call, application_key(key.ids.at(0)), paths_of(get.field_mask()),
                              reply, [=, this, &get] {
                                identity_.get(key, answer(reply, answer_paths(get.field_mask())));
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
          const auto key = end_device_key(update.end_device().ids());
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
          const auto key = end_device_key(ids);
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
    activity.reserve(devices.size());
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
        // Its ids are what nobody knows. [shared/api/errors.tsv]
        return reply(fail(identity_server::not_found({storage::EntityKind::end_device, {"", ""}})));
      const auto device = entity_message<pb::EndDevice>(**entity);
      if (!device) return reply(fail(device.error()));
      reply(device->ids());
    };
    identity_.find(storage::device_euis_index_key(euis), found);
  }

  /// The device as it is shown; `paths` nothing: all of it.
  actors::Reply<identity_server::EntityPtr> answer(const Reply<pb::EndDevice>& reply,
                                                   std::optional<Paths> paths) const {
    return [reply, paths = std::move(paths), settings = identity_.ports().settings](
               const Result<identity_server::EntityPtr>& entity) {
      if (!entity) return reply(fail(entity.error()));
      auto device = entity_message<pb::EndDevice>(**entity);
      if (!device) return reply(fail(std::move(device).error()));
      show_picture(*device, *settings);
      reply(paths ? masked(*std::move(device), *paths) : *std::move(device));
    };
  }

  void change(const CallPtr& call, const storage::EntityKey& key,
              const pb::UpdateEndDeviceRequest& update, const Reply<pb::EndDevice>& reply) const {
    if (!names_picture(change_paths(update.field_mask()), "picture"))
      return store(call, update, PictureChange(), reply);
    const auto& device = update.end_device();
    prepare_picture(identity_,
                    {.entity = key,
                     .rules = identity_.settings().end_device_pictures,
                     .disabled = end_device_picture_uploads_disabled,
                     .maybe_picture = device.has_picture() ? &device.picture() : nullptr},
                    [=, this, &update](const Result<PictureChange>& picture) {
                      if (!picture) return reply(fail(picture.error()));
                      store(call, update, *picture, reply);
                    });
  }

  void store(const CallPtr& call, const pb::UpdateEndDeviceRequest& update,
             const PictureChange& picture, const Reply<pb::EndDevice>& reply) const {
    const auto paths = change_paths(update.field_mask());
    const auto key = end_device_key(update.end_device().ids());
    identity_server::ChangeEntities message;
    message.keys = {key};
    if (picture.kind != PictureChange::Kind::keep)
      message.keys.push_back(identity_server::picture_key(key));
    message.decide = [=, device = update.end_device()](identity_server::EntityRows& rows,
                                                       UtcTime) -> Status {
      FF_TRY(const auto* current, rows.live(key));
      FF_TRY(auto draft, changed(*current, device, paths, picture));
      rows.put(key, std::move(draft));
      change_picture(picture, key, rows);
      return {};
    };
    auto then = [=, this, answer = answer(reply, answer_paths(update.field_mask()))](
                    const Result<std::vector<identity_server::EntityPtr>>& stored) {
      if (!stored) return answer(fail(stored.error()));
      publish_change(identity_, *call, key, "update", paths);
      answer(stored->front());
    };
    identity_.of(*call).change(std::move(message), then);
  }

  void list(grpc::CallbackServerContext* context, const pb::ListEndDevicesRequest& request,
            const Reply<pb::EndDevices>& reply) const {
    auto answer = [=, paths = answer_paths(request.field_mask()),
                   settings = identity_.ports().settings](const Result<EntityPage>& page) {
      if (!page) return reply(fail(page.error()));
      set_total(*context, page->total);
      reply(to_proto(*page, paths, *settings));
    };
    const auto wish = wish_of(request, identity_.settings().default_page_limit);
    const auto& application = request.application_ids().application_id();
    const auto& pages = identity_.ports().device_pages;
    if (!wish.filter && !wish.sort_text && pages && pages->is_ready()) {
      auto find = [=](const storage::Reader& store) {
        return pages->page(store, application, wish);
      };
      return identity_.read<EntityPage>(find, answer);
    }
    auto find = [=](const storage::Reader& store) {
      return identity_server::page_of_kind(store, storage::EntityKind::end_device, {application},
                                           wish);
    };
    identity_.scan<EntityPage>(find, answer);
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
