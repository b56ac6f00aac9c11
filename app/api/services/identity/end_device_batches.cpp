// EndDeviceBatchRegistry: several devices of one application at once.
#include <set>

#include "actors/identity_server/registry/queries.hpp"
#include "app/api/services/base/cause.hpp"
#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/end_device_creation.hpp"
#include "app/api/services/identity/entity_registry.hpp"
#include "app/api/services/identity/services.hpp"
#include "ttn/lorawan/v3/end_device_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;
using identity_server::EntityPtr;
using identity_server::EntityRows;
using Keys = std::vector<storage::EntityKey>;

/// Each once.
template <class Request>
Keys keys_of(const Request& request) {
  Keys keys;
  std::set<std::string> seen;
  for (const auto& id : request.device_ids()) {
    if (seen.insert(id).second)
      keys.push_back(device_key(request.application_ids().application_id(), id));
  }
  return keys;
}

/// Those that are not there are left out.
Result<pb::EndDevices> find(const storage::Reader& store, const Keys& keys, const Paths& paths,
                            const identity_server::Settings& settings) {
  pb::EndDevices out;
  for (const auto& key : keys) {
    const auto entity = get_entity(store, key, identity_server::Deleted::without);
    if (!entity && entity.error().code() == Code::not_found) continue;
    FF_CHECK(entity);
    FF_TRY(auto device, entity_message<pb::EndDevice>(**entity));
    show_picture(device, settings);
    *out.add_end_devices() = masked(std::move(device), paths);
  }
  return out;
}

class EndDeviceBatches final : public pb::EndDeviceBatchRegistry::CallbackService {
 public:
  EndDeviceBatches(const ServiceContext& context, Identity identity)
      : context_(context), identity_(std::move(identity)) {}

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::BatchGetEndDevicesRequest* request,
                                pb::EndDevices* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.EndDeviceBatchRegistry/Get"}, context, request, response,
        [this](auto call, const auto& get, const auto& reply) {
          const auto application = application_key(get.application_ids().application_id());
          auto look_up = [keys = keys_of(get), paths = answer_paths(get.field_mask()),
                          settings = identity_.ports().settings](const storage::Reader& store) {
            return find(store, keys, paths, *settings);
          };
          context_.authorized(call, application, {}, reply, [=, this] {
            identity_.read<pb::EndDevices>(
                look_up, [reply](Result<pb::EndDevices> found) { reply(std::move(found)); });
          });
        });
  }

  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::BatchDeleteEndDevicesRequest* request,
                                   Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.EndDeviceBatchRegistry/Delete"}, context, request, response,
        [this](auto call, const auto& erase, const auto& reply) {
          const auto application = application_key(erase.application_ids().application_id());
          context_.authorized(call, application, {}, reply,
                              [=, this, keys = keys_of(erase)] { this->erase(call, keys, reply); });
        });
  }

 private:
  /// Those that are not there are passed over. The application hears of the others.
  void erase(const std::shared_ptr<const Call>& call, const Keys& keys,
             const Reply<Empty>& reply) const {
    identity_server::ChangeEntities message;
    message.keys = keys;
    auto batch = std::make_shared<pb::EndDeviceIdentifiersList>();
    message.decide = [keys, batch](EntityRows& rows, UtcTime) -> Status {
      for (const auto& key : keys) {
        const auto* device = rows.find(key);
        rows.erase(key);
        if (device == nullptr) continue;
        FF_TRY(auto erased, entity_message<pb::EndDevice>(*device));
        *batch->add_end_device_ids() = std::move(*erased.mutable_ids());
      }
      return {};
    };
    identity_.of(*call).change(
        std::move(message), [=, this](const Result<std::vector<EntityPtr>>& erased) {
          if (!erased) return reply(fail(erased.error()));
          if (batch->end_device_ids_size() > 0) {
            publish_message(identity_, "end_device.batch.delete",
                            application_key(keys.front().ids.front()), cause_of(*call), *batch);
          }
          reply(Empty());
        });
  }

  const ServiceContext& context_;
  Identity identity_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_end_device_batches(const ServiceContext& context,
                                                       Identity identity) {
  return std::make_unique<EndDeviceBatches>(context, std::move(identity));
}

}  // namespace ff::api
