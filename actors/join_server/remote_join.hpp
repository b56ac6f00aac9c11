// A join of a device some of whose root keys a crypto server holds: which questions it takes, one
// after another, and what their answers make. Pure. Not how they are asked (crypto_server.hpp).
#pragma once

#include <optional>
#include <vector>

#include "actors/join_server/crypto_server.hpp"
#include "actors/join_server/join_task.hpp"
#include "protocol/key_vault/key_vault.hpp"

namespace ff::join_server {

/// Keys that we have ourselves; a crypto server has those that are missing.
struct OwnKeys {
  std::optional<Aes128Key> network;
  std::optional<Aes128Key> application;
};

class RemoteJoin {
 public:
  RemoteJoin(JoinTask task, const JoinDevice& device, const OwnKeys& own,
             key_vault::KeyVaultPtr vault);

  /// What our own keys do. Errors: mic_mismatch, those of sealing.
  [[nodiscard]] Status begin();
  /// Nothing: all is answered.
  std::optional<CryptoQuestion> next() const;
  /// The answer to it. Errors: mic_mismatch; compute_mic, encrypt_payload, derive_nwk_s_keys,
  /// derive_app_s_key, with what the server said, or because its answer is none.
  [[nodiscard]] Status take(const Result<CryptoAnswer>& answer);

  const JoinTask& task() const { return task_; }
  const JoinSecrets& secrets() const { return secrets_; }

 private:
  Status take_operation(CryptoOperation operation, const CryptoAnswer& answer);
  Status take_network_keys(const CryptoAnswer& answer);
  Bytes accept_message() const;

  JoinTask task_;
  CryptoQuestion asked_;  // what all questions have in common
  OwnKeys own_;
  key_vault::KeyVaultPtr vault_;
  std::vector<CryptoOperation> left_;  // last first
  Bytes accept_mic_;
  JoinSecrets secrets_;
};

}  // namespace ff::join_server
