// The port to a server that holds root keys which we do not have: a hardware security module, or a
// join server of the same cluster. One operation is one question; which ones a join needs is
// remote_join.hpp's. [spec join-server §1, §4]
#pragma once

#include <memory>
#include <string_view>

#include "actors/support/reply.hpp"
#include "protocol/phy/join_accept_crypto.hpp"
#include "protocol/types/application_messages.hpp"
#include "protocol/types/counters.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/versions.hpp"

namespace ff::join_server {

enum class CryptoOperation : std::uint8_t {
  join_request_mic,  // also of a rejoin-request of type 1
  join_accept_mic,
  encrypt_join_accept,
  encrypt_rejoin_accept,
  derive_nwk_s_keys,
  derive_app_s_key,
};
inline constexpr std::size_t crypto_operation_count = 6;
/// As a label of metrics: `join_request_mic`.
std::string_view to_string(CryptoOperation operation) noexcept;

struct CryptoQuestion {
  CryptoOperation operation = CryptoOperation::join_request_mic;
  DeviceIdentifiers ids;
  MacVersion mac_version = MacVersion::unknown;  // of the session: 1.0.x for a join without OptNeg
  std::string provisioner_id;
  Bytes provisioning_data;  // google.protobuf.Struct in wire form
  Bytes payload;            // what is signed or encrypted
  phy::JoinReqType request_type = phy::JoinReqType::join_request;
  JoinNonce join_nonce;
  DevNonce dev_nonce;  // of a rejoin its RJcount
  NetId net_id;
};
struct CryptoAnswer {
  Bytes payload;  // the MIC, or what was encrypted
  /// Of derivations; devices of 1.0.x have one network key.
  KeyEnvelope f_nwk_s_int_key;
  KeyEnvelope s_nwk_s_int_key;
  KeyEnvelope nwk_s_enc_key;
  KeyEnvelope app_s_key;
};

class CryptoServer {
 public:
  virtual ~CryptoServer() = default;
  /// Answers exactly once, after `patience` at the latest, on any thread. Any thread may ask.
  /// Errors: those of the server, or why it has not answered.
  virtual void ask(const CryptoQuestion& question, Duration patience,
                   actors::Reply<CryptoAnswer> reply) = 0;
};

}  // namespace ff::join_server
