// Any bytes as a forwarded uplink and as an uplink token.
#include "protocol/base/assert.hpp"
#include "protocol/relay/forward.hpp"
#include "protocol/relay/uplink_token.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ff;
  const ByteView bytes(data, size);
  const auto uplink = relay::decode_forwarded_uplink(bytes, 100);
  if (uplink && uplink->frequency.is_set()) {
    const auto encoded = relay::encode_forwarded_uplink(*uplink, 100).value();
    FF_ASSERT(encoded.size() == size);
    FF_ASSERT(relay::decode_forwarded_uplink(encoded, 100).value() == *uplink);
  }
  if (const auto token = relay::decode_uplink_token(bytes)) {
    FF_ASSERT(relay::decode_uplink_token(relay::encode_uplink_token(*token)).value() == *token);
  }
  return 0;
}
