// A join whose nonces are accepted: what is left to do with keys, and with what. Pure. With our own
// keys it is done at once (join.cpp), else by asking who has them (remote_join.hpp).
#pragma once

#include <optional>

#include "actors/join_server/config.hpp"
#include "actors/join_server/device.hpp"
#include "actors/join_server/messages.hpp"
#include "protocol/join/root_keys.hpp"
#include "protocol/join/session_keys.hpp"
#include "protocol/phy/join_accept_crypto.hpp"
#include "protocol/phy/mic.hpp"

namespace ff::join_server {

struct JoinTask {
  DevEui dev_eui;
  JoinEui join_eui;
  NetId net_id;
  /// Of the session: 1.1 only with OptNeg.
  MacVersion version = MacVersion::unknown;
  /// A device of 1.1 that uses 1.0.x: NwkKey makes the AppSKey too. [TS001-1.1 §6.1.1.3]
  bool fallback = false;
  phy::JoinReqType type = phy::JoinReqType::join_request;
  Bytes signed_part;  // of the request
  phy::Mic mic;
  DevNonce nonce;                // of a rejoin its RJcount
  Bytes accept;                  // fields, without MHDR and MIC
  join::DevNonceHistory nonces;  // when the join is made

  bool is_1_1() const { return at_least(version, MacVersion::v1_1); }
  phy::JoinAcceptContext accept_context() const { return {type, join_eui, nonce}; }
  join::JoinContext key_context() const {
    return {nonces.last_join_nonce, nonce, net_id, join_eui};
  }
  /// The network server has checked those of rejoin-requests of types 0 and 2, which are signed
  /// with a session's key. [TS001-1.1 §6.2.4.2]
  bool has_root_mic() const {
    return type == phy::JoinReqType::join_request || type == phy::JoinReqType::rejoin_full_context;
  }
};

/// What keys make of a task.
struct JoinSecrets {
  Bytes join_accept;
  phy::NetworkSessionKeys network;
  Aes128Key app_s_key;
};

/// Errors: mic_mismatch.
[[nodiscard]] Status check_mic(const JoinTask& task, const Aes128Key& network_key);
[[nodiscard]] Result<Bytes> seal_accept(const JoinTask& task, const Aes128Key& network_key);
phy::NetworkSessionKeys network_keys_of(const JoinTask& task, const Aes128Key& network_key);
Aes128Key app_s_key_of(const JoinTask& task, const Aes128Key& application_key);

}  // namespace ff::join_server
