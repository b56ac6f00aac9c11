// farfield.v1.AsPubSubInspection: how an integration stands.
#include "app/api/services/mapping/pubsub.hpp"
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/mapping/webhook.hpp"
#include "app/api/services/pubsub.hpp"
#include "farfield/v1/pubsub.grpc.pb.h"

namespace ff::api {
namespace {

using namespace application_server::pubsub;

namespace pb1 = farfield::v1;
using Ids = pb::ApplicationPubSubIdentifiers;

constexpr std::string_view role = "APPLICATION_SERVER";

pb1::PubSubStatus::State state_of(Phase phase) {
  switch (phase) {
    case Phase::connecting:
      return pb1::PubSubStatus::CONNECTING;
    case Phase::connected:
      return pb1::PubSubStatus::CONNECTED;
    case Phase::waiting:
      return pb1::PubSubStatus::WAITING;
    default:
      return pb1::PubSubStatus::STARTING;
  }
}

pb1::PubSubStatus to_proto(const IntegrationSnapshot& snapshot, UtcTime now) {
  pb1::PubSubStatus out;
  out.set_state(state_of(snapshot.phase));
  if (snapshot.since != UtcTime{}) put_time(snapshot.since, *out.mutable_since());
  if (snapshot.phase == Phase::waiting) put_time(now + snapshot.retry_in, *out.mutable_retry_at());
  out.set_failures(snapshot.failures);
  if (snapshot.last_failure) {
    put_failure(application_server::webhook::note_of(*snapshot.last_failure),
                *out.mutable_last_failure());
    if (const auto* cause = snapshot.last_failure->cause())
      put_failure(application_server::webhook::note_of(*cause),
                  *out.mutable_last_failure()->mutable_cause());
    put_time(snapshot.last_failure_at, *out.mutable_last_failure_at());
  }
  out.set_held(static_cast<std::uint32_t>(snapshot.held));
  out.set_under_way(static_cast<std::uint32_t>(snapshot.under_way));
  out.set_behind(snapshot.behind);
  out.set_published(snapshot.published);
  out.set_given_up(snapshot.given_up);
  return out;
}

class PubSubInspection final : public pb1::AsPubSubInspection::CallbackService {
 public:
  PubSubInspection(const ServiceContext& context, PubSubs registry)
      : context_(context), registry_(std::move(registry)) {}

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context, const Ids* request,
                                pb1::PubSubStatus* response) override {
    return context_.front.unary(
        {"farfield.v1.AsPubSubInspection/Get"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) { get(call, ids, reply); });
  }

 private:
  void get(const std::shared_ptr<const Call>& call, const Ids& ids,
           const Reply<pb1::PubSubStatus>& reply) const {
    const auto key = pubsub_key(ids);
    context_.authorized(call, application_key(key.application_id.text()), {}, reply, [=, this] {
      auto make = [&](actors::Reply<IntegrationSnapshot> then) {
        return InspectPubSub{key, std::move(then)};
      };
      auto found = [reply, now = context_.now](const Result<IntegrationSnapshot>& snapshot) {
        if (!snapshot) return reply(fail(snapshot.error()));
        reply(to_proto(*snapshot, now()));
      };
      context_.asker.ask<IntegrationSnapshot>(registry_.get(), role, make, found);
    });
  }

  const ServiceContext& context_;
  PubSubs registry_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_pubsub_inspection(const ServiceContext& context,
                                                      PubSubs registry) {
  return std::make_unique<PubSubInspection>(context, std::move(registry));
}

}  // namespace ff::api
