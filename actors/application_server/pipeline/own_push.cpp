#include "actors/application_server/pipeline/own_push.hpp"

#include "storage/codec/downlink_fields.hpp"
#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"
#include "storage/codec/identifier_fields.hpp"

// One table per struct: number, member. ON-DISK: a number is never given to another member.

namespace ff::application_server {

template <class Archive>
void fields(Archive& a, OwnPush& push) {
  a(1, push.device);
  a(2, push.items);
  a(3, push.target.kind);
  a(4, push.target.session_key_id);
  a(5, push.received_at);
}

namespace {

constexpr storage::ValueVersion own_push_version = 1;

}  // namespace

Bytes encode_own_push(const OwnPush& push) {
  return storage::seal_record(own_push_version, push);
}

Result<OwnPush> decode_own_push(ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, own_push_version));
  return storage::read_record<OwnPush>(envelope.body);
}

}  // namespace ff::application_server
