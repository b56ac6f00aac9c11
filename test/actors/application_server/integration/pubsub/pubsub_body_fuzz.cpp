// Any bytes from a broker: downlinks for our own application, or refused.
#include "actors/application_server/integration/pubsub/body.hpp"
#include "actors/application_server/integration/pubsub/target.hpp"
#include "protocol/base/assert.hpp"

using namespace ff::application_server::pubsub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ff::ByteView body(data, size);
  const ff::ApplicationId own("app-1");
  for (const auto format : {Format::json, Format::protobuf}) {
    const auto request = parse_downlinks(format, own, body);
    if (!request) continue;
    FF_ASSERT(request->device.application_id == own);
    FF_ASSERT(ff::is_valid_id(request->device.device_id.text()));
  }
  PubSub pubsub;
  pubsub.provider = Provider::nats;
  pubsub.downlink_push = "*.push.>";
  FF_ASSERT(operation_of(pubsub, ff::as_text(body)) != Operation::replace);
  return 0;
}
