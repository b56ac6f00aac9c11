// Pub/sub integrations as API messages. Pure; the rules of changes run inside their registry. [spec
// integrations §3.1]
#pragma once

#include <string>
#include <vector>

#include "actors/application_server/integration/pubsub/pubsub.hpp"
#include "protocol/base/result.hpp"
#include "ttn/lorawan/v3/applicationserver_pubsub.pb.h"

namespace ff::api {

namespace pb = ttn::lorawan::v3;

application_server::pubsub::PubSubKey pubsub_key(const pb::ApplicationPubSubIdentifiers& ids);

pb::ApplicationPubSub to_proto(const application_server::pubsub::PubSubKey& key,
                               const application_server::pubsub::PubSub& pubsub);
/// `current` (null: none) with the named fields of `requested`. Errors: format_not_found,
/// unknown_provider, provider_not_implemented, field_mask::unknown_path.
Result<application_server::pubsub::PubSub> changed_pubsub(
    const application_server::pubsub::PubSubKey& key,
    const application_server::pubsub::PubSub* current, const pb::ApplicationPubSub& requested,
    const std::vector<std::string>& paths);

}  // namespace ff::api
