// farfield.v1.NsEndDeviceInspection: why the network server did what it did with a device.
#include <boost/json/serialize.hpp>

#include "actors/network_server/session/errors.hpp"
#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/services.hpp"
#include "app/inspection/decision.hpp"
#include "farfield/v1/network_server.grpc.pb.h"

namespace ff::api {
namespace {

using farfield::v1::EndDeviceDecisions;
using network_server::DeviceSnapshot;

void put_decision(const network_server::Decision& decision, farfield::v1::EndDeviceDecision& out) {
  auto operands = app::to_json(decision);
  put_time(decision.at, *out.mutable_at());
  out.set_kind(std::string(operands.at("kind").as_string()));
  out.set_text(std::string(operands.at("text").as_string()));
  out.set_times(decision.times);
  for (const char* told : {"at", "kind", "text", "times"}) operands.erase(told);
  put_object(boost::json::serialize(operands), *out.mutable_operands());
}

Result<EndDeviceDecisions> decisions_of(const Result<DeviceSnapshot>& snapshot) {
  if (!snapshot) return fail(snapshot.error());
  if (!snapshot->exists) return fail(network_server::device_not_found);
  EndDeviceDecisions out;
  for (const auto& decision : snapshot->decisions) put_decision(decision, *out.add_decisions());
  return out;
}

class NsDeviceInspection final : public farfield::v1::NsEndDeviceInspection::CallbackService {
 public:
  NsDeviceInspection(const ServiceContext& context, InspectableNetworkServers shards)
      : context_(context), shards_(std::move(shards)) {}

  grpc::ServerUnaryReactor* GetDecisions(grpc::CallbackServerContext* context,
                                         const farfield::v1::GetEndDeviceDecisionsRequest* request,
                                         EndDeviceDecisions* response) override {
    return context_.front.unary({"farfield.v1.NsEndDeviceInspection/GetDecisions"}, context,
                                request, response,
                                [this](auto call, const auto& get, const auto& reply) {
                                  decisions(call, uid_of(get.end_device_ids()), reply);
                                });
  }

 private:
  void decisions(const std::shared_ptr<const Call>& call, const DeviceUid& uid,
                 const Reply<EndDeviceDecisions>& reply) const {
    context_.authorized(call, application_key(uid.application_id.text()), {}, reply, [=, this] {
      auto make = [uid](actors::Reply<DeviceSnapshot> answer) {
        return network_server::InspectDevice{uid, std::move(answer)};
      };
      context_.asker.ask<DeviceSnapshot>(
          shards_.of(uid), "NETWORK_SERVER", std::move(make),
          [reply](const Result<DeviceSnapshot>& snapshot) { reply(decisions_of(snapshot)); });
    });
  }

  const ServiceContext& context_;
  InspectableNetworkServers shards_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_ns_device_inspection(const ServiceContext& context,
                                                         InspectableNetworkServers shards) {
  return std::make_unique<NsDeviceInspection>(context, std::move(shards));
}

}  // namespace ff::api
