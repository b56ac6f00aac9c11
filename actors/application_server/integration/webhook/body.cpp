#include "actors/application_server/integration/webhook/body.hpp"

#include "actors/application_server/integration/webhook/errors.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/field_mask/field_mask.hpp"
#include "ttn/lorawan/v3/messages.pb.h"

namespace ff::application_server::webhook {
namespace {

namespace pb = ttn::lorawan::v3;

std::string hex_of(const std::string& bytes) {
  return hex_upper(as_bytes(bytes));
}

std::shared_ptr<const Bytes> bytes_of(const std::string& text) {
  return std::make_shared<const Bytes>(text.begin(), text.end());
}

/// Paths that a newer or older version has set and we do not know change nothing.
Status keep(const std::vector<std::string>& mask, pb::ApplicationUp& up) {
  std::vector<std::string> known;
  for (const auto& path : mask) {
    if (field_mask::is_known(*pb::ApplicationUp::descriptor(), path)) known.push_back(path);
  }
  return field_mask::keep(known, up);
}

Result<std::shared_ptr<const Bytes>> encode(const Webhook& webhook, pb::ApplicationUp& up) {
  if (!webhook.field_mask.empty()) FF_CHECK(keep(webhook.field_mask, up));
  if (webhook.format == Format::protobuf) return bytes_of(up.SerializeAsString());
  FF_TRY(const auto json, api_json::to_json(up));
  return bytes_of(json);
}

}  // namespace

Result<Rendered> render(const Webhook& webhook, const std::shared_ptr<const OutboxMessage>& message,
                        bool with_euis) {
  const bool as_it_is = webhook.format == Format::json && webhook.field_mask.empty();
  Rendered out;
  // Shares the message's memory.
  if (as_it_is) out.body = std::shared_ptr<const Bytes>(message, &message->body);
  if (as_it_is && !with_euis) return out;
  pb::ApplicationUp up;
  FF_CHECK(api_json::from_json(as_text(message->body), up));
  const auto& ids = up.end_device_ids();
  out.euis = {hex_of(ids.dev_eui()), hex_of(ids.join_eui()), hex_of(ids.dev_addr())};
  if (!as_it_is) {
    FF_TRY(out.body, encode(webhook, up));
  }
  return out;
}

std::optional<std::string> unknown_path(const Webhook& webhook) {
  for (const auto& path : webhook.field_mask) {
    if (!field_mask::is_known(*pb::ApplicationUp::descriptor(), path)) return path;
  }
  return std::nullopt;
}

Result<std::string> downlinks_to_json(ByteView body) {
  pb::DownlinkQueueRequest request;
  if (!request.ParseFromArray(body.data(), static_cast<int>(body.size()))) return fail(decode_body);
  return api_json::to_json(request);
}

}  // namespace ff::application_server::webhook
