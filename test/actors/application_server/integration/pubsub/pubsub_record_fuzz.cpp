// Any bytes as a row: decoded or refused; what is decoded comes back the same.
#include "actors/application_server/integration/pubsub/record.hpp"
#include "protocol/base/assert.hpp"

using namespace ff::application_server::pubsub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ff::ByteView row(data, size);
  if (const auto pubsub = decode_pubsub(row))
    FF_ASSERT(*decode_pubsub(encode_pubsub(*pubsub)) == *pubsub);
  ff::ignore(parse_pubsub_row_key(row), "total");
  return 0;
}
