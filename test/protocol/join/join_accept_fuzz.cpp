// Any bytes as a join-accept's fields, as its encrypted frame and as a join-request.
#include "protocol/base/assert.hpp"
#include "protocol/join/join_accept.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ff;
  const ByteView bytes(data, size);
  const join::JoinAcceptKeys keys;
  if (const auto accept = join::decode_join_accept(bytes)) {
    const auto encoded = join::encode_join_accept(*accept).value();
    FF_ASSERT(encoded.size() == size);
    FF_ASSERT(join::decode_join_accept(encoded).value() == *accept);
    const auto frame = join::seal_join_accept(bytes, keys, {}).value();
    FF_ASSERT(join::open_join_accept(frame, keys, {}).value() == *accept);
  }
  ignore(join::open_join_accept(bytes, keys, {}), "only crashes count");
  if (const auto request = join::parse_join_request(bytes)) {
    ignore(join::check_join_request_mic(*request, keys.root), "only crashes count");
  }
  return 0;
}
