// Any bytes as a roaming uplink token: no crash, and what is read is what it is made of.
#include <algorithm>
#include <cstdlib>

#include "protocol/roaming/uplink_token.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ff::ByteView bytes(data, size);
  const auto token = ff::roaming::decode_uplink_token(bytes);
  if (!token) return 0;
  const auto again = ff::roaming::encode_uplink_token(*token);
  if (!std::ranges::equal(again, bytes)) std::abort();
  return 0;
}
