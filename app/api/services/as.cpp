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
  As(const ServiceContext& context, WebhookHealthRules rules, PubSubProviders providers)
      : context_(context), rules_(rules), providers_(std::move(providers)) {}

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
    auto& providers = *out.mutable_pubsub()->mutable_providers();
    providers.set_mqtt(status_of(application_server::pubsub::Provider::mqtt));
    providers.set_nats(status_of(application_server::pubsub::Provider::nats));
    auto& webhooks = *out.mutable_webhooks();
    webhooks.set_unhealthy_attempts_threshold(static_cast<std::int64_t>(rules_.attempts));
    put_duration(rules_.retry_interval, *webhooks.mutable_unhealthy_retry_interval());
  }

  Providers::Status status_of(application_server::pubsub::Provider provider) const {
    if (providers_.disabled.contains(provider)) return Providers::DISABLED;
    return providers_.discouraged.contains(provider) ? Providers::WARNING : Providers::ENABLED;
  }

  const ServiceContext& context_;
  WebhookHealthRules rules_;
  PubSubProviders providers_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_as(const ServiceContext& context, WebhookHealthRules rules,
                                       PubSubProviders providers) {
  return std::make_unique<As>(context, rules, std::move(providers));
}

}  // namespace ff::api
