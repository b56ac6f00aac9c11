// farfield.v1.NsEndDeviceControl: what the network server makes of a device at an operator's word.
#include "actors/network_server/session/device.hpp"
#include "actors/network_server/session/errors.hpp"
#include "app/api/services/base/cause.hpp"
#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/services.hpp"
#include "farfield/v1/network_server.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;
using DevicePtr = std::shared_ptr<const network_server::Device>;

/// The ranges are the API's rules for this message, which have been checked. Type 1 can not be
/// asked for: it is the device's own affair. [TS001-1.1 §5.13]
Result<mac::ForceRejoinReq> force_rejoin_of(const farfield::v1::ForceRejoinRequest& force) {
  const auto& request = force.request();
  if (request.rejoin_type() == pb::SESSION)
    return fail(network_server::field_value, {{"field", "request.rejoin_type"}});
  return mac::ForceRejoinReq{
      .data_rate_index = DataRateIndex{static_cast<std::uint8_t>(request.data_rate_index())},
      .rejoin_type = static_cast<std::uint8_t>(request.rejoin_type()),
      .max_retries = static_cast<std::uint8_t>(request.max_retries()),
      .period_exp = static_cast<std::uint8_t>(request.period_exponent()),
      .high_octet_first = force.high_octet_first()};
}

/// Only a session of 1.1 knows the command.
Result<network_server::Device> with_force_rejoin(const network_server::Device* current,
                                                 const mac::ForceRejoinReq& request) {
  if (current == nullptr) return fail(network_server::device_not_found);
  if (!current->session) return fail(network_server::unknown_session);
  if (!current->mac_state) return fail(network_server::unknown_mac_state);
  if (!at_least(current->mac_state->lorawan_version, MacVersion::v1_1))
    return fail(network_server::rejoin_request);
  auto next = *current;
  next.mac_state->force_rejoin = request;
  return next;
}

/// A device that can not join would never come back. Nothing is left of a session or a join under
/// way; the join server keeps the nonces.
Result<network_server::Device> without_session(const network_server::Device* current) {
  if (current == nullptr) return fail(network_server::device_not_found);
  if (!current->supports_join) return fail(network_server::abp_session);
  if (!current->session && !current->pending_session) return fail(network_server::unknown_session);
  auto next = *current;
  next.session.reset();
  next.mac_state.reset();
  next.pending_session.reset();
  next.pending_mac_state.reset();
  next.ids.dev_addr.reset();
  return next;
}

class NsDeviceControl final : public farfield::v1::NsEndDeviceControl::CallbackService {
 public:
  NsDeviceControl(const ServiceContext& context, NetworkServers shards)
      : context_(context), shards_(std::move(shards)) {}

  grpc::ServerUnaryReactor* ForceRejoin(grpc::CallbackServerContext* context,
                                        const farfield::v1::ForceRejoinRequest* request,
                                        Empty* response) override {
    return context_.front.unary({"farfield.v1.NsEndDeviceControl/ForceRejoin"}, context, request,
                                response, [this](auto call, const auto& force, const auto& reply) {
                                  force_rejoin(call, force, reply);
                                });
  }

  grpc::ServerUnaryReactor* CloseSession(grpc::CallbackServerContext* context,
                                         const farfield::v1::CloseSessionRequest* request,
                                         Empty* response) override {
    return context_.front.unary({"farfield.v1.NsEndDeviceControl/CloseSession"}, context, request,
                                response, [this](auto call, const auto& close, const auto& reply) {
                                  change(call, close.end_device_ids(), without_session, reply);
                                });
  }

 private:
  using Change = std::function<Result<network_server::Device>(const network_server::Device*)>;

  void force_rejoin(const std::shared_ptr<const Call>& call,
                    const farfield::v1::ForceRejoinRequest& request,
                    const Reply<Empty>& reply) const {
    auto command = force_rejoin_of(request);
    if (!command) return reply(fail(std::move(command).error()));
    change(
        call, request.end_device_ids(),
        [force = *command](const auto* current) { return with_force_rejoin(current, force); },
        reply);
  }

  void change(const std::shared_ptr<const Call>& call, const pb::EndDeviceIdentifiers& ids,
              const Change& change, const Reply<Empty>& reply) const {
    const auto uid = uid_of(ids);
    context_.authorized(call, application_key(uid.application_id.text()), {}, reply, [=, this] {
      auto make = [=](actors::Reply<DevicePtr> answer) {
        return network_server::to_session(
            uid, network_server::ChangeDevice{change, std::move(answer), {}, cause_of(*call)});
      };
      context_.asker.ask<DevicePtr>(shards_.of(uid), "NETWORK_SERVER", std::move(make),
                                    [reply](Result<DevicePtr> device) {
                                      if (!device) return reply(fail(std::move(device).error()));
                                      reply(Empty());
                                    });
    });
  }

  const ServiceContext& context_;
  NetworkServers shards_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_ns_device_control(const ServiceContext& context,
                                                      NetworkServers shards) {
  return std::make_unique<NsDeviceControl>(context, std::move(shards));
}

}  // namespace ff::api
