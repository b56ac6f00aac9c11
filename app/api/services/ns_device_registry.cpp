// NsEndDeviceRegistry: the network server's part of devices, asked of and changed in their
// sessions.
#include "actors/network_server/session/device.hpp"
#include "actors/network_server/session/errors.hpp"
#include "app/api/services/audit/told.hpp"
#include "app/api/services/base/cause.hpp"
#include "app/api/services/base/context.hpp"
#include "app/api/services/device_parts.hpp"
#include "app/api/services/mapping/ns_device.hpp"
#include "app/api/services/mapping/ns_device_rules.hpp"
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/services.hpp"
#include "ttn/lorawan/v3/networkserver.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;
using DevicePtr = std::shared_ptr<const network_server::Device>;
using DeviceReply = actors::Reply<DevicePtr>;

class NsDeviceRegistry final : public pb::NsEndDeviceRegistry::CallbackService {
 public:
  NsDeviceRegistry(const ServiceContext& context, NetworkServers shards, Profiles profiles)
      : context_(context),
        shards_(shards),
        devices_(context.asker, context.now, std::move(shards), std::move(profiles)) {}

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetEndDeviceRequest* request,
                                pb::EndDevice* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.NsEndDeviceRegistry/Get"}, context, request, response,
        [this](auto call, const auto& get, const auto& reply) { this->get(call, get, reply); });
  }
  grpc::ServerUnaryReactor* Set(grpc::CallbackServerContext* context,
                                const pb::SetEndDeviceRequest* request,
                                pb::EndDevice* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.NsEndDeviceRegistry/Set"}, context, request, response,
        [this](auto call, const auto& set, const auto& reply) { this->set(call, set, reply); });
  }
  grpc::ServerUnaryReactor* ResetFactoryDefaults(grpc::CallbackServerContext* context,
                                                 const pb::ResetAndGetEndDeviceRequest* request,
                                                 pb::EndDevice* response) override {
    return context_.front.unary({"ttn.lorawan.v3.NsEndDeviceRegistry/ResetFactoryDefaults"},
                                context, request, response,
                                [this](auto call, const auto& reset, const auto& reply) {
                                  this->reset(call, reset, reply);
                                });
  }
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::EndDeviceIdentifiers* request,
                                   Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.NsEndDeviceRegistry/Delete"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) { this->erase(call, ids, reply); });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;
  using ProtoReply = Reply<pb::EndDevice>;

  void get(const CallPtr& call, const pb::GetEndDeviceRequest& request,
           const ProtoReply& reply) const {
    const auto uid = uid_of(request.end_device_ids());
    const auto paths = paths_of(request.field_mask());
    context_.authorized(call, application_key(uid.application_id.text()), paths, reply,
                        [=, this, &request] {
                          ask<network_server::GetDevice>(uid, answer(request.field_mask(), reply));
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

  void reset(const CallPtr& call, const pb::ResetAndGetEndDeviceRequest& request,
             const ProtoReply& reply) const {
    const auto uid = uid_of(request.end_device_ids());
    const auto paths = paths_of(request.field_mask());
    context_.authorized(
        call, application_key(uid.application_id.text()), paths, reply, [=, this, &request] {
          auto change =
              [now = context_.now()](
                  const network_server::Device* current) -> Result<network_server::Device> {
            if (!current) return fail(network_server::device_not_found);
            return reset_ns_device(*current, now);
          };
          ask_change(call, uid, std::move(change), {"session", "mac_state"},
                     answer(request.field_mask(), reply));
        });
  }

  void erase(const CallPtr& call, const pb::EndDeviceIdentifiers& ids,
             const Reply<Empty>& reply) const {
    const auto uid = uid_of(ids);
    context_.authorized(call, application_key(uid.application_id.text()), {}, reply, [=, this] {
      if (!call->trail) return erase_now(call, uid, reply);
      ask<network_server::GetDevice>(uid, DeviceReply([=, this](const Result<DevicePtr>& device) {
                                       if (device)
                                         tell_deletion(*call, audit_name(uid), **device, show);
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

  /// Answers with what of the device was asked for.
  static DeviceReply answer(const google::protobuf::FieldMask& mask, const ProtoReply& reply) {
    return [paths = answer_paths(mask), reply](Result<DevicePtr> device) {
      if (!device) return reply(fail(std::move(device).error()));
      reply(masked(to_proto(**device), paths));
    };
  }

  template <class Event, class T>
  void ask(const DeviceUid& uid, actors::Reply<T> then) const {
    auto make = [uid](actors::Reply<T> reply) {
      return network_server::to_session(uid, Event{std::move(reply)});
    };
    context_.asker.ask<T>(shards_.of(uid), "NETWORK_SERVER", std::move(make), std::move(then));
  }

  static pb::EndDevice show(const network_server::Device& device) { return to_proto(device); }

  template <class Change>
  void ask_change(const CallPtr& call, const DeviceUid& uid, Change change,
                  std::vector<std::string> paths, DeviceReply then) const {
    auto make = [&](DeviceReply reply) {
      return network_server::to_session(
          uid, network_server::ChangeDevice{
                   told<network_server::Device>(call, audit_name(uid), show, std::move(change)),
                   std::move(reply), std::move(paths), cause_of(*call)});
    };
    context_.asker.ask<DevicePtr>(shards_.of(uid), "NETWORK_SERVER", std::move(make),
                                  std::move(then));
  }

  const ServiceContext& context_;
  NetworkServers shards_;
  NsDevices devices_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_ns_device_registry(const ServiceContext& context,
                                                       NetworkServers shards, Profiles profiles) {
  return std::make_unique<NsDeviceRegistry>(context, std::move(shards), std::move(profiles));
}

}  // namespace ff::api
