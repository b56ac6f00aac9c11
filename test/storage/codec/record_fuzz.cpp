// Everything in storage/ that reads bytes it did not just write: envelopes, records, keys, shipped
// batches.
#include <cstdint>
#include <cstdlib>

#include "storage/codec/envelope.hpp"
#include "storage/codec/record.hpp"
#include "storage/engine/write_batch.hpp"
#include "storage/keys/entity_keys.hpp"
#include "storage/keys/event_keys.hpp"
#include "storage/keys/keys.hpp"

namespace {

using namespace ff;
using namespace ff::storage;

void check(bool condition) {
  if (!condition) std::abort();
}

void read_record(ByteView data, int depth) {
  RecordReader in(data);
  std::size_t fields = 0;
  while (in.next()) {
    ++fields;
    check(in.field().number != 0);
    if (in.field().wire == Wire::bytes && depth > 0) read_record(in.field().bytes(), depth - 1);
  }
  // Every field takes at least two bytes, so the loop is bounded by the input.
  check(fields * 2 <= data.size());
}

/// What parses must be exactly what the builder makes of it.
template <class Parse, class Build>
void check_key(ByteView key, const Parse& parse, const Build& build) {
  auto parsed = parse(key);
  if (parsed) check(build(*parsed) == to_owned(key));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteView input(data, size);
  if (auto opened = unseal(input, 1000)) read_record(opened->body, 4);
  read_record(input, 4);
  if (auto batch = WriteBatch::parse(to_owned(input))) {
    std::size_t changes = 0;
    for ([[maybe_unused]] const auto& change : *batch) ++changes;
    check(changes == batch->count());
  }
  check_key(input, parse_device_key, device_key);
  check_key(input, parse_downlink_queue_key, downlink_queue_key);
  check_key(input, parse_address_key, address_key);
  check_key(input, parse_outbox_key, outbox_key);
  check_key(input, parse_cursor_key, cursor_key);
  check_key(input, parse_frame_log_key, frame_log_key);
  check_key(input, parse_series_key, series_key);
  ignore(parse_join_key(input), "only that it returns");
  ignore(parse_event_place(input), "only that it returns");
  ignore(parse_entity_key(input), "only that it returns");
  return 0;
}
