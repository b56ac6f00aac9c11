// What a device's session keys are wrapped with when they leave the join server. Pure. Not how they
// lie at rest (storage/codec/key_seal.hpp).
#pragma once

#include "actors/join_server/activation/settings.hpp"
#include "actors/join_server/device.hpp"
#include "protocol/key_vault/key_vault.hpp"

namespace ff::join_server {

/// The device's own label, which the vault must have; else `ns:<NetID>:<host>` if it has that one;
/// else none. [spec join-server §7] Error: kek.
[[nodiscard]] Result<std::string> network_server_label(const JoinDevice& device,
                                                       const key_vault::KeyVault& vault);
/// Under the device's own label; else as the application's settings say, in clear if they name no
/// label; without settings under `as:<host>` if the vault has it. `maybe_settings` may be null.
/// Errors: kek, wrap_key.
[[nodiscard]] Result<KeyEnvelope> wrap_app_s_key(const Aes128Key& key, const JoinDevice& device,
                                                 const activation::Settings* maybe_settings,
                                                 const key_vault::KeyVault& vault);

}  // namespace ff::join_server
