// What the registry of pub/sub integrations and these themselves are asked and told. Whoever asks
// has checked rights.
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "actors/application_server/integration/pubsub/state.hpp"
#include "actors/application_server/integration/registry_messages.hpp"
#include "actors/application_server/link/subscriber.hpp"
#include "actors/application_server/outbox/messages.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"
#include "net/broker_client/client.hpp"

namespace ff::application_server::pubsub {

// INTERNAL, to the registry.
using integration::BeginningFound;
using integration::ChangeTimedOut;
using integration::ChangeWritten;
using integration::RowsFound;

/// Creates or changes. `change` is pure and runs in the registry; its argument is null when there
/// is none. Answered when the settings are durable. A new integration begins with the next message;
/// a changed one connects anew and goes on where it was. Errors: those of `change` and of check(),
/// provider_disabled, too_many_pubsubs, registry_overloaded, registry_starting.
struct SetPubSub {
  PubSubKey key;
  std::function<Result<PubSub>(const PubSub* current)> change;
  actors::Reply<PubSubPtr> reply;
};
/// Errors: pubsub_not_found, registry_overloaded, registry_starting.
struct DeletePubSub {
  PubSubKey key;
  actors::Reply<void> reply;
};
/// Never null. Errors: pubsub_not_found, registry_starting.
struct GetPubSub {
  PubSubKey key;
  actors::Reply<PubSubPtr> reply;
};
using PubSubList = std::vector<std::pair<PubSubKey, PubSubPtr>>;
/// By id. Error: registry_starting.
struct ListPubSubs {
  ApplicationId application_id;
  actors::Reply<PubSubList> reply;
};
/// Errors: pubsub_not_found, not_running, registry_starting.
struct InspectPubSub {
  PubSubKey key;
  actors::Reply<IntegrationSnapshot> reply;
};

/// INTERNAL: one that has failed is started again.
struct RestartIntegration {
  PubSubKey key;
};

/// INTERNAL, to an integration.
struct TellSnapshot {
  actors::Reply<IntegrationSnapshot> reply;
};
/// INTERNAL, to an integration: nobody will send to it any more.
struct EndIntegration {};
/// INTERNAL
struct LiveMessage {
  UpPublished up;
  std::shared_ptr<Subscriber> from;
};
/// INTERNAL
struct Missed {};
/// INTERNAL
struct IntegrationTimer {};

/// INTERNAL: answers of others to what an integration asked.
struct CursorsRead {
  Result<std::vector<storage::OutboxSequence>> cursors;
};
struct Committed {
  Status status;
};
struct JoinedLink {
  std::uint64_t serial = 0;
};
struct NewestFound {
  Result<std::vector<storage::OutboxSequence>> sequences;
};
struct MessagesRead {
  std::uint64_t serial = 0;
  Result<std::vector<UpPublished>> messages;
};
struct BrokerSaid {
  std::uint64_t serial = 0;
  net::broker_client::BrokerEvent event;
};
/// `credit` lasts until then.
struct DownlinkQueued {
  DeviceUid device;
  Status status;
  std::shared_ptr<void> credit;
};
struct IntegrationAnswer {
  std::variant<CursorsRead, Committed, JoinedLink, NewestFound, MessagesRead, BrokerSaid,
               DownlinkQueued>
      what;
};

}  // namespace ff::application_server::pubsub
FF_LOCAL_MESSAGE(ff::application_server::pubsub::SetPubSub)
FF_LOCAL_MESSAGE(ff::application_server::pubsub::DeletePubSub)
FF_LOCAL_MESSAGE(ff::application_server::pubsub::GetPubSub)
FF_LOCAL_MESSAGE(ff::application_server::pubsub::ListPubSubs)
FF_LOCAL_MESSAGE(ff::application_server::pubsub::InspectPubSub)
FF_LOCAL_MESSAGE(ff::application_server::pubsub::RestartIntegration)
FF_LOCAL_MESSAGE(ff::application_server::pubsub::TellSnapshot)
FF_LOCAL_MESSAGE(ff::application_server::pubsub::EndIntegration)
FF_LOCAL_MESSAGE(ff::application_server::pubsub::LiveMessage)
FF_LOCAL_MESSAGE(ff::application_server::pubsub::Missed)
FF_LOCAL_MESSAGE(ff::application_server::pubsub::IntegrationTimer)
FF_LOCAL_MESSAGE(ff::application_server::pubsub::IntegrationAnswer)
