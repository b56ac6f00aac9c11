#include "actors/application_server/pipeline/record.hpp"

#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"
#include "storage/codec/identifier_fields.hpp"

// One table per struct: number, member. ON-DISK: a number is never given to another member.

namespace ff::application_server {

template <class Archive>
void fields(Archive& a, AppSession& session) {
  a(1, session.dev_addr);
  a(2, session.session_key_id);
  a(3, session.app_s_key);
  a(4, session.last_a_f_cnt_down);
  a(5, session.started_at);
}
template <class Archive>
void fields(Archive& a, AllianceProfileIds& ids) {
  a(1, ids.vendor_id);
  a(2, ids.vendor_profile_id);
}
template <class Archive>
void fields(Archive& a, AppDevice& device) {
  a(1, device.ids);
  a(2, device.created_at);
  a(3, device.updated_at);
  a(4, device.activated_at);
  a(5, device.session);
  a(6, device.pending_session);
  a(7, device.skip_payload_crypto_override);
  a(8, device.formatters);
  a(9, device.version_ids);
  a(10, device.formatter_vectors);
  a(11, device.alliance_profile_ids);
  a(12, device.serial_number);
}
namespace {

constexpr storage::ValueVersion device_version = 1;

}  // namespace

Bytes encode_device(const AppDevice& device, const storage::KeySeal* maybe_seal) {
  return storage::seal_record(device_version, device, maybe_seal);
}

Result<AppDevice> decode_device(ByteView row, const storage::KeySeal* maybe_seal) {
  FF_TRY(const auto envelope, storage::unseal(row, device_version));
  return storage::read_record<AppDevice>(envelope.body, maybe_seal);
}

}  // namespace ff::application_server
