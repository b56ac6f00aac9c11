// INTERNAL: what is sent of a message: its JSON as it lies in the outbox, or less of it, or
// protobuf. [spec integrations §2.3]
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "actors/application_server/integration/webhook/webhook.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"

namespace ff::application_server::webhook {

/// Of the device, upper-case hex; empty if it has none.
struct DeviceEuis {
  std::string dev_eui;
  std::string join_eui;
  std::string dev_addr;
};
struct Rendered {
  std::shared_ptr<const Bytes> body;
  DeviceEuis euis;  // if asked for
};

/// Errors: those of api_json: a row of the outbox that is not what we write.
Result<Rendered> render(const Webhook& webhook, const std::shared_ptr<const OutboxMessage>& message,
                        bool with_euis);

/// The first path that ApplicationUp does not have.
std::optional<std::string> unknown_path(const Webhook& webhook);

/// A body of `{"downlinks":[…]}` in protobuf (DownlinkQueueRequest) as JSON. Error: decode_body.
Result<std::string> downlinks_to_json(ByteView body);

}  // namespace ff::application_server::webhook
