// Gs: statistics of gateway connections, also of those that have ended.
#include <mutex>

#include "app/api/services/mapping/gateway_stats.hpp"
#include "app/api/services/services.hpp"
#include "ttn/lorawan/v3/gatewayserver.grpc.pb.h"

namespace ff::api {
namespace {

namespace pb = ttn::lorawan::v3;
using Router = actors::Route<gateway_server::RouterHandle>;
using Stats = gateway_server::ConnectionStats;

/// The answer of a batch while it comes in. Any thread.
class StatsBatch {
 public:
  using Response = pb::BatchGetGatewayConnectionStatsResponse;

  StatsBatch(std::size_t gateways, Paths paths, Reply<Response> reply)
      : missing_(gateways), paths_(std::move(paths)), reply_(std::move(reply)) {}

  /// A gateway of which nothing is known is left out. [spec gateway-server §2.7]
  void take(const std::string& gateway_id, const Result<Stats>& stats) {
    {
      const std::scoped_lock lock(mutex_);
      if (stats) {
        auto entry = to_proto(*stats);
        if (!paths_.empty()) keep_only(paths_, entry);
        (*response_.mutable_entries())[gateway_id] = std::move(entry);
      } else if (stats.error().code() != Code::not_found && status_) {
        status_ = fail(stats.error());
      }
      if (--missing_ > 0) return;
    }
    if (!status_) return reply_(fail(status_.error()));
    reply_(std::move(response_));
  }

 private:
  std::mutex mutex_;
  std::size_t missing_;
  const Paths paths_;
  Response response_;
  Status status_;
  Reply<Response> reply_;
};

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

  grpc::ServerUnaryReactor* BatchGetGatewayConnectionStats(
      grpc::CallbackServerContext* context,
      const pb::BatchGetGatewayConnectionStatsRequest* request,
      pb::BatchGetGatewayConnectionStatsResponse* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.Gs/BatchGetGatewayConnectionStats"}, context, request, response,
        [this](auto call, const auto& asked, const auto& reply) {
          auto batch =
              std::make_shared<StatsBatch>(static_cast<std::size_t>(asked.gateway_ids_size()),
                                           paths_of(asked.field_mask()), reply);
          std::vector<std::string> ids;
          for (const auto& gateway : asked.gateway_ids()) ids.push_back(gateway.gateway_id());
          get_all(call, std::make_shared<const std::vector<std::string>>(std::move(ids)), 0,
                  std::move(batch), reply);
        });
  }

 private:
  using Ids = std::shared_ptr<const std::vector<std::string>>;

  void ask(const GatewayId& id, std::function<void(const Result<Stats>&)> then) const {
    auto make = [&](actors::Reply<Stats> reply) {
      return gateway_server::GetGatewayStats{id, std::move(reply)};
    };
    context_.asker.ask<Stats>(router_.get(), "GATEWAY_SERVER", make, std::move(then));
  }

  void get(const GatewayId& id, const Reply<pb::GatewayConnectionStats>& reply) const {
    ask(id, [reply](const Result<Stats>& stats) {
      if (!stats) return reply(fail(stats.error()));
      reply(to_proto(*stats));
    });
  }

  /// Nothing is asked before the caller has the right on all of them; `checked` he has.
  void get_all(const std::shared_ptr<const Call>& call, const Ids& ids, std::size_t checked,
               std::shared_ptr<StatsBatch> batch,
               const Reply<pb::BatchGetGatewayConnectionStatsResponse>& reply) const {
    if (checked < ids->size()) {
      return context_.authorized(call, gateway_key((*ids)[checked]), {}, reply,
                                 [=, this] { get_all(call, ids, checked + 1, batch, reply); });
    }
    for (const auto& id : *ids)
      ask(GatewayId(id), [batch, id](const Result<Stats>& stats) { batch->take(id, stats); });
  }

  const ServiceContext& context_;
  Router router_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_gs(const ServiceContext& context, Router router) {
  return std::make_unique<Gs>(context, std::move(router));
}

}  // namespace ff::api
