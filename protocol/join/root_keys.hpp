// Which root keys a join uses, by version and by what the device's record has.
// Keys held by an external crypto server are the join server's.
#pragma once

#include <optional>
#include <string>

#include "protocol/join/errors.hpp"
#include "protocol/types/keys.hpp"
#include "protocol/types/versions.hpp"

namespace ff::join {

/// The reference's CLI writes a NwkKey beside the AppKey of 1.0.x devices, under this id; it is
/// then not used.
inline constexpr std::string_view cli_generated_root_key_id = "ttn-lw-cli-generated";

/// A device's root keys, unwrapped.
struct RootKeys {
  std::string root_key_id;
  std::optional<Aes128Key> app_key;
  std::optional<Aes128Key> nwk_key;
};

struct SelectedRootKeys {
  Aes128Key
      network;  // signs the join-request, encrypts the join-accept, derives network session keys
  Aes128Key application;  // derives AppSKey
};

/// The table of spec join-server §4. Fails with no_nwk_key, no_app_key, or mac_version for an
/// unknown version.
[[nodiscard]] Result<SelectedRootKeys> select_root_keys(const RootKeys& keys, MacVersion version);

}  // namespace ff::join
