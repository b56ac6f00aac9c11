#include "actors/join_server/record.hpp"

#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"

// One table per struct: number, member. ON-DISK: a number is never given to another member. Members
// that are structs of protocol/types are laid out flat, because another record may number their
// members differently.

namespace ff::join_server {
namespace {

constexpr storage::ValueVersion device_version = 1;

/// What else the record has is skipped.
struct Owner {
  DeviceUid uid;
};

template <class Archive>
void fields(Archive& a, Owner& owner) {
  a(1, owner.uid.application_id);
  a(2, owner.uid.device_id);
}

/// Takes `first` and the two numbers behind it.
template <class Archive>
void envelope_fields(Archive& a, std::uint32_t first, KeyEnvelope& envelope) {
  a(first, envelope.key);
  a(first + 1, envelope.kek_label);
  a(first + 2, envelope.encrypted_key);
}

}  // namespace

template <class Archive>
void fields(Archive& a, JoinSession& session) {
  a(1, session.keys.session_key_id);
  a(2, session.keys.f_nwk_s_int_key);
  a(3, session.keys.s_nwk_s_int_key);
  a(4, session.keys.nwk_s_enc_key);
  envelope_fields(a, 5, session.keys.app_s_key);
  a(8, session.dev_addr);
  a(9, session.started_at);
}

template <class Archive>
void fields(Archive& a, JoinDevice& device) {
  a(1, device.ids.uid.application_id);
  a(2, device.ids.uid.device_id);
  a(3, device.ids.dev_eui);
  a(4, device.ids.join_eui);
  a(5, device.ids.dev_addr);
  a(6, device.created_at);
  a(7, device.updated_at);
  a(8, device.root_key_id);
  envelope_fields(a, 9, device.app_key);
  envelope_fields(a, 12, device.nwk_key);
  a(15, device.net_id);
  a(16, device.resets_join_nonces);
  a(17, device.nonces.used_dev_nonces);
  a(18, device.nonces.last_dev_nonce);
  a(19, device.nonces.last_join_nonce);
  a(20, device.last_rj_count_0);
  a(21, device.nonces.last_rj_count_1);
  a(22, device.network_server_address);
  a(23, device.application_server_address);
  a(24, device.application_server_id);
  a(25, device.network_server_kek_label);
  a(26, device.application_server_kek_label);
  a(27, device.provisioner_id);
  a(28, device.provisioning_data);
  a(29, device.sessions);
  a(30, device.counter_jump);
  a(31, device.claim_authentication_code);
}

Bytes encode_join_device(const JoinDevice& device, const storage::KeySeal* maybe_seal) {
  return storage::seal_record(device_version, device, maybe_seal);
}

Result<JoinDevice> decode_join_device(ByteView row, const storage::KeySeal* maybe_seal) {
  FF_TRY(const auto envelope, storage::unseal(row, device_version));
  return storage::read_record<JoinDevice>(envelope.body, maybe_seal);
}

Result<DeviceUid> decode_owner(ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, device_version));
  FF_TRY(auto owner, storage::read_record<Owner>(envelope.body));
  return std::move(owner.uid);
}

}  // namespace ff::join_server
