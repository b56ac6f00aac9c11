// Any bytes as a row of the audit log: judged, and what is decoded comes back the same.
#include "actors/audit/chain.hpp"
#include "protocol/base/assert.hpp"

using namespace ff::audit;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Keys keys = {ff::Bytes(16, 1)};
  const ff::ByteView row(data, size);
  const auto judgement = judge(row, {}, keys);
  const auto link = decode_link(row);
  if (judgement.fault == Fault::none) FF_ASSERT(link && encode_link(*link) == ff::to_owned(row));
  if (const auto record = decode_record(link ? link->content : ff::to_owned(row))) {
    FF_ASSERT(*decode_record(encode_record(*record)) == *record);
    FF_ASSERT(index_names(*record).size() <=
              2 * (record->entities.size() + record->changes.size()) + 1);
  }
  if (const auto checkpoint = decode_checkpoint(row))
    FF_ASSERT(*decode_checkpoint(encode_checkpoint(*checkpoint, keys)) == *checkpoint);
  FF_ASSERT(!is_genuine(row, keys) || decode_checkpoint(row));
  return 0;
}
