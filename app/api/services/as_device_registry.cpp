// AsEndDeviceRegistry: the application server's part of devices, asked of and changed in their
// pipelines.
#include "actors/application_server/pipeline/device.hpp"
#include "app/api/services/audit/told.hpp"
#include "app/api/services/base/cause.hpp"
#include "app/api/services/base/context.hpp"
#include "app/api/services/device_parts.hpp"
#include "app/api/services/mapping/as_device.hpp"
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/services.hpp"
#include "ttn/lorawan/v3/applicationserver.grpc.pb.h"

namespace ff::api {
namespace {

using application_server::AppDevice;
using google::protobuf::Empty;
using DevicePtr = std::shared_ptr<const AppDevice>;
using DeviceReply = actors::Reply<DevicePtr>;

class AsDeviceRegistry final : public pb::AsEndDeviceRegistry::CallbackService {
 public:
  AsDeviceRegistry(const ServiceContext& context, ApplicationServers shards,
                   std::size_t script_size_max, const FormatterCalls& calls)
      : context_(context),
        shards_(shards),
        devices_(context.asker, context.now, std::move(shards), script_size_max, calls) {}

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetEndDeviceRequest* request,
                                pb::EndDevice* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.AsEndDeviceRegistry/Get"}, context, request, response,
        [this](auto call, const auto& get, const auto& reply) { this->get(call, get, reply); });
  }
  grpc::ServerUnaryReactor* Set(grpc::CallbackServerContext* context,
                                const pb::SetEndDeviceRequest* request,
                                pb::EndDevice* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.AsEndDeviceRegistry/Set"}, context, request, response,
        [this](auto call, const auto& set, const auto& reply) { this->set(call, set, reply); });
  }
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::EndDeviceIdentifiers* request,
                                   Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.AsEndDeviceRegistry/Delete"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) { this->erase(call, ids, reply); });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;
  using ProtoReply = Reply<pb::EndDevice>;

  void get(const CallPtr& call, const pb::GetEndDeviceRequest& request,
           const ProtoReply& reply) const {
    const auto uid = uid_of(request.end_device_ids());
    const auto paths = paths_of(request.field_mask());
    context_.authorized(
        call, application_key(uid.application_id.text()), paths, reply, [=, this, &request] {
          ask<application_server::GetAppDevice>(uid, answer(request.field_mask(), reply));
        });
  }

  void set(const CallPtr& call, const pb::SetEndDeviceRequest& request,
           const ProtoReply& reply) const {
    const auto uid = uid_of(request.end_device().ids());
    const auto paths = paths_of(request.field_mask());
    context_.authorized(call, application_key(uid.application_id.text()), paths, reply,
                        [=, this, &request] {
                          devices_.set({call, std::make_shared<pb::SetEndDeviceRequest>(request)},
                                       answer(request.field_mask(), reply));
                        });
  }

  void erase(const CallPtr& call, const pb::EndDeviceIdentifiers& ids,
             const Reply<Empty>& reply) const {
    const auto uid = uid_of(ids);
    context_.authorized(call, application_key(uid.application_id.text()), {}, reply, [=, this] {
      if (!call->trail) return erase_now(call, uid, reply);
      ask<application_server::GetAppDevice>(
          uid, DeviceReply([=, this](const Result<DevicePtr>& device) {
            if (device) tell_deletion(*call, audit_name(uid), **device, show);
            erase_now(call, uid, reply);
          }));
    });
  }

  void erase_now(const CallPtr& call, const DeviceUid& uid, const Reply<Empty>& reply) const {
    devices_.erase(uid, cause_of(*call), [reply](const Status& erased) {
      if (!erased) return reply(fail(erased.error()));
      reply(Empty());
    });
  }

  static pb::EndDevice show(const AppDevice& device) { return to_proto(device); }

  /// Answers with what of the device was asked for.
  static DeviceReply answer(const google::protobuf::FieldMask& mask, const ProtoReply& reply) {
    return [paths = answer_paths(mask), reply](Result<DevicePtr> device) {
      if (!device) return reply(fail(std::move(device).error()));
      reply(masked(to_proto(**device), paths));
    };
  }

  template <class Event, class T>
  void ask(const DeviceUid& uid, actors::Reply<T> then) const {
    auto make = [uid](actors::Reply<T> reply) { return Event{uid, std::move(reply)}; };
    context_.asker.ask<T>(shards_.of(uid), "APPLICATION_SERVER", std::move(make), std::move(then));
  }

  const ServiceContext& context_;
  ApplicationServers shards_;
  AsDevices devices_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_as_device_registry(const ServiceContext& context,
                                                       ApplicationServers shards,
                                                       std::size_t script_size_max,
                                                       const FormatterCalls& calls) {
  return std::make_unique<AsDeviceRegistry>(context, std::move(shards), script_size_max, calls);
}

}  // namespace ff::api
