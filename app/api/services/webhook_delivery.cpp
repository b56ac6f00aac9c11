// farfield.v1.AsWebhookDelivery: how deliveries stand, replays, dead letters.
#include "app/api/services/base/context.hpp"
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/mapping/webhook.hpp"
#include "app/api/services/services.hpp"
#include "farfield/v1/application_server.grpc.pb.h"
#include "protocol/api_json/api_json.hpp"

namespace ff::api {
namespace {

using namespace application_server::webhook;
using google::protobuf::Empty;
using Letters = DeliveryState::Letters;

namespace pb1 = farfield::v1;
using Ids = pb::ApplicationWebhookIdentifiers;

constexpr std::string_view role = "APPLICATION_SERVER";
constexpr std::uint32_t letters_limit = 100;
constexpr std::uint32_t letters_limit_max = 1000;

void put_replay(const DeliverySnapshot& snapshot, pb1::WebhookReplay& out) {
  const auto& replay = *snapshot.replay;
  out.set_id(replay.id);
  out.set_device_id(replay.device_id.text());
  if (replay.after != UtcTime{}) put_time(replay.after, *out.mutable_after());
  if (replay.before != UtcTime{}) put_time(replay.before, *out.mutable_before());
  put_time(replay.ordered_at, *out.mutable_ordered_at());
  out.set_remaining(snapshot.replay_behind);
}

pb1::WebhookDelivery to_proto(const WebhookKey& key, const DeliverySnapshot& snapshot,
                              UtcTime now) {
  pb1::WebhookDelivery out;
  const auto shown = api::to_proto(key, {std::make_shared<const Webhook>(), snapshot.health});
  if (shown.has_health_status()) *out.mutable_health_status() = shown.health_status();
  out.set_circuit_open(snapshot.open);
  if (snapshot.open) put_time(now + snapshot.retry_in, *out.mutable_retry_at());
  out.set_held(static_cast<std::uint32_t>(snapshot.held));
  out.set_under_way(static_cast<std::uint32_t>(snapshot.under_way));
  out.set_behind(snapshot.behind);
  out.set_dead_letters(snapshot.dead_letters);
  if (snapshot.replay) put_replay(snapshot, *out.mutable_replay());
  return out;
}

pb1::WebhookDeadLetters to_proto(const Letters& letters) {
  pb1::WebhookDeadLetters out;
  for (const auto& [number, letter] : letters) {
    auto& one = *out.add_dead_letters();
    one.set_number(number);
    ignore(api_json::from_json(as_text(letter.body), *one.mutable_up()), "we have written it");
    one.set_attempts(letter.attempts);
    put_time(letter.failed_at, *one.mutable_failed_at());
    put_failure(letter.reason, *one.mutable_reason());
  }
  return out;
}

class WebhookDeliveries final : public pb1::AsWebhookDelivery::CallbackService {
 public:
  WebhookDeliveries(const ServiceContext& context, Webhooks registry)
      : context_(context), registry_(std::move(registry)) {}

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context, const Ids* request,
                                pb1::WebhookDelivery* response) override {
    return context_.front.unary(
        {"farfield.v1.AsWebhookDelivery/Get"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) { get(call, ids, reply); });
  }
  grpc::ServerUnaryReactor* Replay(grpc::CallbackServerContext* context,
                                   const pb1::ReplayWebhookRequest* request,
                                   Empty* response) override {
    return context_.front.unary({"farfield.v1.AsWebhookDelivery/Replay"}, context, request,
                                response, [this](auto call, const auto& replay, const auto& reply) {
                                  OrderReplay what;
                                  what.device_id = DeviceId(replay.device_id());
                                  if (replay.has_after()) what.after = time_of(replay.after());
                                  if (replay.has_before()) what.before = time_of(replay.before());
                                  order(call, replay.ids(), std::move(what), reply);
                                });
  }
  grpc::ServerUnaryReactor* StartFrom(grpc::CallbackServerContext* context,
                                      const pb1::StartWebhookFromRequest* request,
                                      Empty* response) override {
    return context_.front.unary(
        {"farfield.v1.AsWebhookDelivery/StartFrom"}, context, request, response,
        [this](auto call, const auto& start, const auto& reply) {
          const auto after = start.has_after() ? time_of(start.after()) : UtcTime{};
          order(call, start.ids(), application_server::webhook::StartFrom{after}, reply);
        });
  }
  grpc::ServerUnaryReactor* CancelReplay(grpc::CallbackServerContext* context, const Ids* request,
                                         Empty* response) override {
    return context_.front.unary({"farfield.v1.AsWebhookDelivery/CancelReplay"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  order(call, ids, application_server::webhook::CancelReplay{},
                                        reply);
                                });
  }
  grpc::ServerUnaryReactor* ListDeadLetters(grpc::CallbackServerContext* context,
                                            const pb1::ListWebhookDeadLettersRequest* request,
                                            pb1::WebhookDeadLetters* response) override {
    return context_.front.unary(
        {"farfield.v1.AsWebhookDelivery/ListDeadLetters"}, context, request, response,
        [this](auto call, const auto& list, const auto& reply) { letters(call, list, reply); });
  }
  grpc::ServerUnaryReactor* RedeliverDeadLetters(grpc::CallbackServerContext* context,
                                                 const Ids* request, Empty* response) override {
    return context_.front.unary({"farfield.v1.AsWebhookDelivery/RedeliverDeadLetters"}, context,
                                request, response,
                                [this](auto call, const auto& ids, const auto& reply) {
                                  order(call, ids, RedeliverLetters{}, reply);
                                });
  }
  grpc::ServerUnaryReactor* DiscardDeadLetters(grpc::CallbackServerContext* context,
                                               const Ids* request, Empty* response) override {
    return context_.front.unary({"farfield.v1.AsWebhookDelivery/DiscardDeadLetters"}, context,
                                request, response,
                                [this](auto call, const auto& ids, const auto& reply) {
                                  order(call, ids, DiscardLetters{}, reply);
                                });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;

  void get(const CallPtr& call, const Ids& ids, const Reply<pb1::WebhookDelivery>& reply) const {
    const auto key = webhook_key(ids);
    authorized(call, key, reply, [=, this] {
      auto make = [&](actors::Reply<DeliverySnapshot> then) {
        return InspectDelivery{key, std::move(then)};
      };
      auto found = [=, now = context_.now](const Result<DeliverySnapshot>& snapshot) {
        if (!snapshot) return reply(fail(snapshot.error()));
        reply(to_proto(key, *snapshot, now()));
      };
      context_.asker.ask<DeliverySnapshot>(registry_.get(), role, make, found);
    });
  }

  void letters(const CallPtr& call, const pb1::ListWebhookDeadLettersRequest& request,
               const Reply<pb1::WebhookDeadLetters>& reply) const {
    const auto key = webhook_key(request.ids());
    const auto limit =
        request.limit() == 0 ? letters_limit : std::min(request.limit(), letters_limit_max);
    authorized(call, key, reply, [=, this, after = request.after_number()] {
      auto make = [&](actors::Reply<Letters> then) {
        return application_server::webhook::ListDeadLetters{key, after, limit, std::move(then)};
      };
      auto found = [=](const Result<Letters>& list) {
        if (!list) return reply(fail(list.error()));
        reply(to_proto(*list));
      };
      context_.asker.ask<Letters>(registry_.get(), role, make, found);
    });
  }

  void order(const CallPtr& call, const Ids& ids, DeliveryOrder what,
             const Reply<Empty>& reply) const {
    const auto key = webhook_key(ids);
    authorized(call, key, reply, [=, this] {
      auto make = [&](actors::Reply<void> then) {
        return OrderDelivery{key, what, std::move(then)};
      };
      context_.asker.ask<void>(registry_.get(), role, make, [reply](const Status& status) {
        if (!status) return reply(fail(status.error()));
        reply(Empty());
      });
    });
  }

  template <class Response>
  void authorized(const CallPtr& call, const WebhookKey& key, const Reply<Response>& reply,
                  std::function<void()> then) const {
    context_.authorized(call, application_key(key.application_id.text()), {}, reply,
                        std::move(then));
  }

  const ServiceContext& context_;
  Webhooks registry_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_webhook_delivery(const ServiceContext& context,
                                                     Webhooks registry) {
  return std::make_unique<WebhookDeliveries>(context, std::move(registry));
}

}  // namespace ff::api
