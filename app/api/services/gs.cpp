// Gs: statistics of gateway connections.
#include "app/api/services/mapping/gateway_stats.hpp"
#include "app/api/services/services.hpp"
#include "ttn/lorawan/v3/gatewayserver.grpc.pb.h"

namespace ff::api {
namespace {

namespace pb = ttn::lorawan::v3;
using Router = actors::Route<gateway_server::RouterHandle>;
using Stats = gateway_server::ConnectionStats;

class Gs final : public pb::Gs::CallbackService {
 public:
  Gs(const ServiceContext& context, Router router)
      : context_(context), router_(std::move(router)) {}

  grpc::ServerUnaryReactor* GetGatewayConnectionStats(
      grpc::CallbackServerContext* context, const pb::GatewayIdentifiers* request,
      pb::GatewayConnectionStats* response) override {
    return context_.front.unary({"ttn.lorawan.v3.Gs/GetGatewayConnectionStats"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  const GatewayId id(ids.gateway_id());
                                  context_.authorized(call, gateway_key(id.text()), {}, reply,
                                                      [=, this] { get(id, reply); });
                                });
  }

 private:
  void get(const GatewayId& id, const Reply<pb::GatewayConnectionStats>& reply) const {
    auto make = [&](actors::Reply<Stats> then) {
      return gateway_server::GetGatewayStats{id, std::move(then)};
    };
    context_.asker.ask<Stats>(router_.get(), "GATEWAY_SERVER", make,
                              [reply](const Result<Stats>& stats) {
                                if (!stats) return reply(fail(stats.error()));
                                reply(to_proto(*stats));
                              });
  }

  const ServiceContext& context_;
  Router router_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_gs(const ServiceContext& context, Router router) {
  return std::make_unique<Gs>(context, std::move(router));
}

}  // namespace ff::api
