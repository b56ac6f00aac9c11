// Any bytes as a row: decoded or refused; what is decoded comes back the same.
#include "actors/application_server/integration/webhook/record.hpp"
#include "protocol/base/assert.hpp"

using namespace ff::application_server::webhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ff::ByteView row(data, size);
  if (const auto webhook = decode_webhook(row))
    FF_ASSERT(*decode_webhook(encode_webhook(*webhook)) == *webhook);
  if (const auto delivery = decode_delivery(row))
    FF_ASSERT(*decode_delivery(encode_delivery(*delivery)) == *delivery);
  if (const auto letter = decode_dead_letter(row))
    FF_ASSERT(*decode_dead_letter(encode_dead_letter(*letter)) == *letter);
  ff::ignore(parse_webhook_row_key(row), "total");
  ff::ignore(parse_dead_letter_key(row), "total");
  return 0;
}
