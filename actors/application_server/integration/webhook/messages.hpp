// What the registry of webhooks and their deliveries are asked and told. Whoever asks has checked
// rights and formats.
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "actors/application_server/integration/registry_messages.hpp"
#include "actors/application_server/integration/webhook/state.hpp"
#include "actors/application_server/link/subscriber.hpp"
#include "actors/application_server/outbox/messages.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"

namespace ff::application_server::webhook {

// INTERNAL, to the registry.
using integration::BeginningFound;
using integration::ChangeTimedOut;
using integration::ChangeWritten;
using integration::RowsFound;

struct WebhookView {
  WebhookPtr webhook;  // never null
  Health health;
};

/// Creates or changes. `change` is pure and runs in the registry; its argument is null when there
/// is no such webhook. Answered when the settings are durable. A new webhook, and one that is not
/// paused any more, begins with the next message. Errors: those of `change` and of check(),
/// too_many_webhooks, registry_overloaded, registry_starting.
struct SetWebhook {
  WebhookKey key;
  std::function<Result<Webhook>(const Webhook* current)> change;
  bool reset_health = false;
  actors::Reply<WebhookView> reply;
};
/// Errors: webhook_not_found, registry_overloaded, registry_starting.
struct DeleteWebhook {
  WebhookKey key;
  actors::Reply<void> reply;
};
/// Errors: webhook_not_found, registry_starting.
struct GetWebhook {
  WebhookKey key;
  actors::Reply<WebhookView> reply;
};
/// By id.
struct ListWebhooks {
  ApplicationId application_id;
  actors::Reply<std::vector<std::pair<WebhookKey, WebhookView>>> reply;
};

/// Messages of a time, of one device or of all, once more. Error: replay_running.
struct OrderReplay {
  DeviceId device_id;  // empty: all
  UtcTime after;
  UtcTime before;  // zero: no end
};
/// All messages from a time on, in order, in place of what comes next.
struct StartFrom {
  UtcTime after;  // zero: all that there are
};
struct CancelReplay {};
/// All dead letters once more; those that fail again stay.
struct RedeliverLetters {};
struct DiscardLetters {};
struct ResetHealth {};
using DeliveryOrder = std::variant<OrderReplay, StartFrom, CancelReplay, RedeliverLetters,
                                   DiscardLetters, ResetHealth>;
/// For the delivery of a webhook; answered when it is durable. Errors: webhook_not_found,
/// not_delivering, registry_starting, those of the order.
struct OrderDelivery {
  WebhookKey key;
  DeliveryOrder order;
  actors::Reply<void> reply;
};

/// Errors: webhook_not_found, not_delivering, registry_starting.
struct InspectDelivery {
  WebhookKey key;
  actors::Reply<DeliverySnapshot> reply;
};
/// At most `limit` letters behind number `after`, the oldest first. Error: webhook_not_found.
struct ListDeadLetters {
  WebhookKey key;
  std::uint64_t after = 0;
  std::size_t limit = 100;
  actors::Reply<DeliveryState::Letters> reply;
};

/// INTERNAL, from a delivery.
struct HealthChanged {
  WebhookKey key;
  Health health;
};
/// INTERNAL: a delivery that has failed is started again.
struct RestartDelivery {
  WebhookKey key;
};

/// INTERNAL, to a delivery: other settings.
struct ConfigureDelivery {
  WebhookPtr webhook;
};
/// INTERNAL, to a delivery.
struct CarryOut {
  DeliveryOrder order;
  actors::Reply<void> reply;
};
/// INTERNAL, to a delivery.
struct TellSnapshot {
  actors::Reply<DeliverySnapshot> reply;
};
/// INTERNAL, to a delivery: nobody will send to it any more.
struct EndDelivery {};
/// INTERNAL
struct LiveMessage {
  UpPublished up;
  std::shared_ptr<Subscriber> from;
};
/// INTERNAL
struct Missed {};
/// INTERNAL
struct DeliveryTimer {};

/// INTERNAL: answers of others to what a delivery asked.
struct DeliveryRead {
  Result<Loaded> loaded;
};
struct Committed {
  RequestId answers = 0;
};
struct CommitRefused {
  Error error;
};
struct JoinedLink {
  std::uint64_t serial = 0;
};
struct NewestFound {
  std::uint64_t serial = 0;
  Result<std::vector<storage::OutboxSequence>> sequences;
};
struct MessagesRead {
  std::uint64_t serial = 0;
  Result<std::vector<UpPublished>> messages;
};
struct LettersRead {
  std::uint64_t serial = 0;
  Result<DeliveryState::Letters> letters;
};
struct TimeFound {
  OrderReplay order;
  RequestId request = 0;
  Result<std::vector<FindTime::Part>> parts;
};
struct StartFound {
  RequestId request = 0;
  Result<std::vector<FindTime::Part>> parts;
};
struct Answered {
  SendToken token;
  Outcome outcome;
};
struct DeliveryAnswer {
  std::variant<DeliveryRead, Committed, CommitRefused, JoinedLink, NewestFound, MessagesRead,
               LettersRead, TimeFound, StartFound, Answered>
      what;
};

}  // namespace ff::application_server::webhook
FF_LOCAL_MESSAGE(ff::application_server::webhook::SetWebhook)
FF_LOCAL_MESSAGE(ff::application_server::webhook::DeleteWebhook)
FF_LOCAL_MESSAGE(ff::application_server::webhook::GetWebhook)
FF_LOCAL_MESSAGE(ff::application_server::webhook::ListWebhooks)
FF_LOCAL_MESSAGE(ff::application_server::webhook::OrderDelivery)
FF_LOCAL_MESSAGE(ff::application_server::webhook::InspectDelivery)
FF_LOCAL_MESSAGE(ff::application_server::webhook::ListDeadLetters)
FF_LOCAL_MESSAGE(ff::application_server::webhook::HealthChanged)
FF_LOCAL_MESSAGE(ff::application_server::webhook::RestartDelivery)
FF_LOCAL_MESSAGE(ff::application_server::webhook::ConfigureDelivery)
FF_LOCAL_MESSAGE(ff::application_server::webhook::CarryOut)
FF_LOCAL_MESSAGE(ff::application_server::webhook::TellSnapshot)
FF_LOCAL_MESSAGE(ff::application_server::webhook::EndDelivery)
FF_LOCAL_MESSAGE(ff::application_server::webhook::LiveMessage)
FF_LOCAL_MESSAGE(ff::application_server::webhook::Missed)
FF_LOCAL_MESSAGE(ff::application_server::webhook::DeliveryTimer)
FF_LOCAL_MESSAGE(ff::application_server::webhook::DeliveryAnswer)
