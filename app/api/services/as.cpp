// As: how the application server is set up. Links of applications are not here yet and answer
// Unimplemented.
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/services.hpp"
#include "ttn/lorawan/v3/applicationserver.grpc.pb.h"

namespace ff::api {
namespace {

using Providers = pb::AsConfiguration::PubSub::Providers;

class As final : public pb::As::CallbackService {
 public:
  As(const ServiceContext& context, WebhookHealthRules rules) : context_(context), rules_(rules) {}

  grpc::ServerUnaryReactor* GetConfiguration(grpc::CallbackServerContext* context,
                                             const pb::GetAsConfigurationRequest* request,
                                             pb::GetAsConfigurationResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.As/GetConfiguration"}, context, request, response,
                                [this](auto, const auto&, const auto& reply) {
                                  pb::GetAsConfigurationResponse out;
                                  fill(*out.mutable_configuration());
                                  reply(std::move(out));
                                });
  }

 private:
  void fill(pb::AsConfiguration& out) const {
    // There is no pub/sub yet.
    auto& providers = *out.mutable_pubsub()->mutable_providers();
    providers.set_mqtt(Providers::DISABLED);
    providers.set_nats(Providers::DISABLED);
    auto& webhooks = *out.mutable_webhooks();
    webhooks.set_unhealthy_attempts_threshold(static_cast<std::int64_t>(rules_.attempts));
    put_duration(rules_.retry_interval, *webhooks.mutable_unhealthy_retry_interval());
  }

  const ServiceContext& context_;
  WebhookHealthRules rules_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_as(const ServiceContext& context, WebhookHealthRules rules) {
  return std::make_unique<As>(context, rules);
}

}  // namespace ff::api
