// The join server's record of a device: root keys, nonces and the keys of its latest sessions. Not
// the network server's session state, which starts from what a join answers.
#pragma once

#include <string>
#include <vector>

#include "actors/network_server/session/messages.hpp"
#include "protocol/base/time.hpp"
#include "protocol/join/join_nonces.hpp"
#include "protocol/types/application_messages.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::join_server {

/// Whether the envelope holds no key, plain or wrapped.
inline bool is_empty(const KeyEnvelope& envelope) {
  return !envelope.key && envelope.encrypted_key.empty();
}

/// A session made here.
struct JoinSession {
  network_server::SessionKeys keys;
  DevAddr dev_addr;
  UtcTime started_at;
  bool operator==(const JoinSession&) const = default;
};

/// [spec join-server §8] `ids` has both EUIs and never changes but for its DevAddr, that of the
/// newest session.
struct JoinDevice {
  DeviceIdentifiers ids;
  UtcTime created_at;
  UtcTime updated_at;
  std::string root_key_id;
  KeyEnvelope app_key;  // empty: none
  KeyEnvelope nwk_key;  // empty: none
  std::optional<NetId> net_id;
  bool resets_join_nonces = false;
  join::DevNonceHistory nonces;
  std::uint16_t last_rj_count_0 = 0;  // kept for the API; the network server judges RJcount0
  std::string network_server_address;
  std::string application_server_address;
  std::string application_server_id;
  std::string network_server_kek_label;
  std::string application_server_kek_label;
  std::string provisioner_id;
  Bytes provisioning_data;  // google.protobuf.Struct in wire form
  /// ttn.lorawan.v3.EndDeviceAuthenticationCode in wire form. Only kept: the Identity Server's
  /// counts.
  Bytes claim_authentication_code;
  std::vector<JoinSession> sessions;  // newest last
  /// How far the JoinNonce has been moved ahead after restored backups: the part of the store's
  /// counter jump that this record has seen. [storage/directory/counter_jump.hpp]
  std::uint64_t counter_jump = 0;
  bool operator==(const JoinDevice&) const = default;
};

}  // namespace ff::join_server
