#include "actors/application_server/integration/pubsub/body.hpp"

#include "actors/application_server/integration/pubsub/errors.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/application_json/parser.hpp"
#include "ttn/lorawan/v3/messages.pb.h"

namespace ff::application_server::pubsub {
namespace {

namespace pb = ttn::lorawan::v3;

Status parse(Format format, ByteView body, pb::DownlinkQueueRequest& out) {
  if (format == Format::json) {
    const auto parsed = api_json::from_json(as_text(body), out);
    if (!parsed) return fail(Error(decode_body, {{"reason", "JSON"}}).caused_by(parsed.error()));
    return {};
  }
  if (!out.ParseFromArray(body.data(), static_cast<int>(body.size())))
    return fail(decode_body, {{"reason", "protobuf"}});
  return {};
}

Result<DeviceUid> device_of(const pb::DownlinkQueueRequest& request, const ApplicationId& own) {
  const auto& ids = request.end_device_ids();
  if (ids.application_ids().application_id() != own.text()) return fail(foreign_application);
  if (!is_valid_id(ids.device_id()))
    return fail(decode_body, {{"reason", "end_device_ids.device_id"}});
  return DeviceUid{own, DeviceId(ids.device_id())};
}

}  // namespace

Result<std::shared_ptr<const Bytes>> render(Format format,
                                            const std::shared_ptr<const OutboxMessage>& message) {
  if (format == Format::json) return std::shared_ptr<const Bytes>(message, &message->body);
  pb::ApplicationUp up;
  FF_CHECK(api_json::from_json(as_text(message->body), up));
  const auto bytes = up.SerializeAsString();
  return std::make_shared<const Bytes>(bytes.begin(), bytes.end());
}

Result<DownlinkRequest> parse_downlinks(Format format, const ApplicationId& own, ByteView body) {
  pb::DownlinkQueueRequest request;
  FF_CHECK(parse(format, body, request));
  DownlinkRequest out;
  FF_TRY(out.device, device_of(request, own));
  // One parser for downlinks, with its bounds, whatever way they come.
  if (format == Format::json) {
    FF_TRY(out.downlinks, application_json::parse_downlinks(as_text(body)));
  } else {
    FF_TRY(const auto json, api_json::to_json(request));
    FF_TRY(out.downlinks, application_json::parse_downlinks(json));
  }
  return out;
}

}  // namespace ff::application_server::pubsub
