// What is published of a message, and what is asked by one that arrives, in the integration's
// format. [spec integrations §3.2, message-formats §5.2]
#pragma once

#include <memory>
#include <vector>

#include "actors/application_server/integration/pubsub/pubsub.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/types/application_messages.hpp"

namespace ff::application_server::pubsub {

/// JSON shares the message's memory. Errors: those of api_json: a row of the outbox that is not
/// what we write.
Result<std::shared_ptr<const Bytes>> render(Format format,
                                            const std::shared_ptr<const OutboxMessage>& message);

struct DownlinkRequest {
  DeviceUid device;
  std::vector<ApplicationDownlink> downlinks;
};
/// A DownlinkQueueRequest. Nobody has shown a key: it has to be for the integration's own
/// application. Total on any bytes. Errors: decode_body, foreign_application,
/// application_json::malformed_json, application_json::invalid_downlink.
Result<DownlinkRequest> parse_downlinks(Format format, const ApplicationId& own, ByteView body);

}  // namespace ff::application_server::pubsub
