// INTERNAL: the events of pub/sub integrations. [spec application-server §13]
#pragma once

#include <string_view>

#include "actors/application_server/integration/pubsub/actor.hpp"

namespace ff::application_server::pubsub {

/// `as.pubsub.set`, `delete`, `start`, `stop`: with the integration's identifiers.
void publish_event(const PubSubsContext& context, std::string_view name, const PubSubKey& key);
/// `as.pubsub.fail`: integration_failed with its cause.
void publish_failure(const PubSubsContext& context, const PubSubKey& key, const Error& cause);

}  // namespace ff::application_server::pubsub
