// What an integration's settings mean to a connection: where it goes, which topics it has. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/application_server/integration/pubsub/pubsub.hpp"
#include "net/broker_client/client.hpp"

namespace ff::application_server::pubsub {

/// Base and topic with the provider's separator between them; one that is empty is left out.
std::string topic_of(const PubSub& pubsub, std::string_view topic);

/// Whether it can work. Errors: invalid_setting, ca_pem_data, net's invalid_url.
Status check(const PubSub& pubsub);

/// Errors: as check().
Result<net::broker_client::BrokerTarget> target_of(const PubSub& pubsub);

enum class Operation : std::uint8_t { push, replace };
/// What a message on this topic asks for; nothing: it is on none of the integration's.
std::optional<Operation> operation_of(const PubSub& pubsub, std::string_view topic);

}  // namespace ff::application_server::pubsub
