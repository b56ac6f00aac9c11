// Settings of the join server (`js.*` in the configuration) and its bounds. Not application
// activation settings (activation/settings.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "actors/join_server/crypto_server.hpp"
#include "protocol/join/join_nonces.hpp"
#include "protocol/key_vault/key_vault.hpp"
#include "protocol/types/identifiers.hpp"
#include "storage/codec/key_seal.hpp"

namespace ff::join_server {

/// The first `length` bits of `join_eui`; 0 is all JoinEUIs.
struct JoinEuiPrefix {
  JoinEui join_eui;
  std::uint8_t length = 0;

  constexpr bool contains(JoinEui other) const noexcept {
    if (length == 0) return true;
    return (join_eui.value() ^ other.value()) >> (64U - length) == 0;
  }
};

struct Config {
  /// JoinEUIs served here.
  std::vector<JoinEuiPrefix> join_eui_prefixes{JoinEuiPrefix{}};
  /// DevNonces remembered of a device.
  std::size_t dev_nonce_limit = join::dev_nonce_limit_default;
  /// Sessions whose keys are kept per device.
  std::size_t session_key_limit = 10;
  /// Key-encryption keys by label. Never null.
  key_vault::LiveKeyVaultPtr vault = std::make_shared<const key_vault::LiveKeyVault>();
  /// Keys at rest; null: in clear.
  storage::KeySealPtr key_seal;
  /// Has root keys of devices with a provisioner that we do not have; null: nobody.
  std::shared_ptr<CryptoServer> crypto_server;
  /// For all it is asked for one join: the join-accept has to leave in time.
  Duration crypto_server_patience = std::chrono::seconds{1};
  /// Offered to clients.
  JoinEui default_join_eui;

  /// The store's: nonces that were written before a backup was restored count on from there.
  /// [storage/directory]
  std::uint64_t counter_jump = 0;

  /// Per shard: devices kept in memory, the ones that are being read or written included.
  std::size_t devices_max = 1024;
  /// Per device: requests that wait while its record is read or written; more are refused.
  std::size_t waiting_max = 16;
};

}  // namespace ff::join_server
