// EndDeviceRegistry: the identity server's part of devices: names, versions, places, addresses of
// their servers.
#include "app/api/services/identity/entity_registry.hpp"
#include "app/api/services/identity/services.hpp"
#include "ttn/lorawan/v3/end_device_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;

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
            this->create(key, create.end_device(), reply);
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
                              reply, [=, this, &update] { change(key, update, reply); });
        });
  }

  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::EndDeviceIdentifiers* request,
                                   Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.EndDeviceRegistry/Delete"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  const auto key = key_of(ids);
                                  context_.authorized(
                                      call, application_key(key.ids.at(0)), {}, reply, [=, this] {
                                        identity_.erase(key, [reply](const Status& status) {
                                          if (!status) return reply(fail(status.error()));
                                          reply(Empty());
                                        });
                                      });
                                });
  }

 private:
  void create(const storage::EntityKey& key, const pb::EndDevice& device,
              const Reply<pb::EndDevice>& reply) const {
    identity_server::CreateEntity message;
    message.key = key;
    message.make = [device](UtcTime) -> Result<identity_server::Draft> {
      return identity_server::Draft{entity_bytes(device), euis_key(device), false};
    };
    identity_.create(std::move(message), answer_entity<pb::EndDevice>(reply));
  }

  /// EUIs stay.
  void change(const storage::EntityKey& key, const pb::UpdateEndDeviceRequest& update,
              const Reply<pb::EndDevice>& reply) const {
    auto message = change_entity<pb::EndDevice>(
        key, update.end_device(), change_paths(update.field_mask()), euis_key, nullptr);
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
    identity_.change(std::move(message),
                     answer_entity<pb::EndDevice>(reply, answer_paths(update.field_mask())));
  }

  void list(grpc::CallbackServerContext* context, const pb::ListEndDevicesRequest& request,
            const Reply<pb::EndDevices>& reply) const {
    const Paging paging({request.order(), request.limit(), request.page()});
    identity_server::ListEntities list;
    list.kind = storage::EntityKind::end_device;
    list.parents = {request.application_ids().application_id()};
    paging.ask(list);
    identity_.list(std::move(list), [=, paths = answer_paths(request.field_mask())](
                                        const Result<identity_server::EntityPage>& page) {
      if (!page) return reply(fail(page.error()));
      std::vector<pb::EndDevice> devices;
      for (const auto& entity : page->entities) {
        auto device = entity_message<pb::EndDevice>(*entity);
        if (!device) return reply(fail(std::move(device).error()));
        devices.push_back(*std::move(device));
      }
      pb::EndDevices answer;
      const std::function<std::string(const pb::EndDevice&)> name = [](const pb::EndDevice& one) {
        return one.name();
      };
      for (auto& device : paging.page(std::move(devices), name)) {
        *answer.add_end_devices() = masked(std::move(device), paths);
      }
      set_total(*context, page->total);
      reply(std::move(answer));
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
