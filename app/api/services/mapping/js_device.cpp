#include "app/api/services/mapping/js_device.hpp"

#include "app/api/services/mapping/values.hpp"

namespace ff::api {

using join_server::JoinDevice;

namespace {

/// The reference lists no nonces of devices that count: who sets the counter back, and leaves the
/// list as it is, means both.
void put_dev_nonces(const pb::EndDevice& from, join::DevNonceHistory& nonces) {
  std::vector<DevNonce> used;
  for (const auto nonce : from.used_dev_nonces())
    used.emplace_back(static_cast<std::uint16_t>(nonce));
  const DevNonce last(static_cast<std::uint16_t>(from.last_dev_nonce()));
  if (last < nonces.last_dev_nonce && used == nonces.used_dev_nonces) used.clear();
  nonces.used_dev_nonces = std::move(used);
  nonces.last_dev_nonce = last;
}

}  // namespace

pb::EndDevice to_proto(const JoinDevice& device) {
  pb::EndDevice out;
  put_ids(device.ids, *out.mutable_ids());
  put_time(device.created_at, *out.mutable_created_at());
  put_time(device.updated_at, *out.mutable_updated_at());
  auto& root = *out.mutable_root_keys();
  root.set_root_key_id(device.root_key_id);
  if (!join_server::is_empty(device.app_key)) put_key(device.app_key, *root.mutable_app_key());
  if (!join_server::is_empty(device.nwk_key)) put_key(device.nwk_key, *root.mutable_nwk_key());
  if (device.net_id) out.set_net_id(to_field(*device.net_id));
  out.set_resets_join_nonces(device.resets_join_nonces);
  for (auto nonce : device.nonces.used_dev_nonces) out.add_used_dev_nonces(nonce.value());
  out.set_last_dev_nonce(device.nonces.last_dev_nonce.value());
  out.set_last_join_nonce(device.nonces.last_join_nonce.value());
  out.set_last_rj_count_0(device.last_rj_count_0);
  out.set_last_rj_count_1(device.nonces.last_rj_count_1.value_or(0));
  out.set_network_server_address(device.network_server_address);
  out.set_application_server_address(device.application_server_address);
  out.set_application_server_id(device.application_server_id);
  out.set_network_server_kek_label(device.network_server_kek_label);
  out.set_application_server_kek_label(device.application_server_kek_label);
  out.set_provisioner_id(device.provisioner_id);
  if (!device.provisioning_data.empty() &&
      !out.mutable_provisioning_data()->ParseFromString(text_of(device.provisioning_data))) {
    out.clear_provisioning_data();
  }
  if (!device.claim_authentication_code.empty() &&
      !out.mutable_claim_authentication_code()->ParseFromString(
          text_of(device.claim_authentication_code))) {
    out.clear_claim_authentication_code();
  }
  return out;
}

JoinDevice join_device_of(const pb::EndDevice& from, JoinDevice device) {
  device.ids = ids_of(from.ids());
  device.root_key_id = from.root_keys().root_key_id();
  device.app_key = key_of(from.root_keys().app_key());
  device.nwk_key = key_of(from.root_keys().nwk_key());
  device.net_id = net_id_of(from.net_id());
  device.resets_join_nonces = from.resets_join_nonces();
  put_dev_nonces(from, device.nonces);
  device.nonces.last_join_nonce = JoinNonce(from.last_join_nonce());
  device.last_rj_count_0 = static_cast<std::uint16_t>(from.last_rj_count_0());
  // The API's zero is "none yet" or "was 0": a change to zero is a reset, no change keeps which.
  auto& rj_count_1 = device.nonces.last_rj_count_1;
  if (const auto count = static_cast<std::uint16_t>(from.last_rj_count_1());
      count != rj_count_1.value_or(0)) {
    rj_count_1 = count == 0 ? std::nullopt : std::optional(count);
  }
  device.network_server_address = from.network_server_address();
  device.application_server_address = from.application_server_address();
  device.application_server_id = from.application_server_id();
  device.network_server_kek_label = from.network_server_kek_label();
  device.application_server_kek_label = from.application_server_kek_label();
  device.provisioner_id = from.provisioner_id();
  device.provisioning_data = bytes_of(from.provisioning_data().SerializeAsString());
  device.claim_authentication_code = bytes_of(from.claim_authentication_code().SerializeAsString());
  return device;
}

}  // namespace ff::api
