// The nonce rules of the join: which DevNonce or rejoin counter is fresh, and the next JoinNonce.
// Making them durable before the join-accept leaves is the join server's.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "protocol/join/errors.hpp"
#include "protocol/phy/frame.hpp"
#include "protocol/types/counters.hpp"
#include "protocol/types/versions.hpp"

namespace ff::join {

inline constexpr std::size_t dev_nonce_limit_default = 10;
inline constexpr std::uint32_t join_nonce_max = 0xffffff;

/// What a device has used so far. All zero and empty: never joined.
struct DevNonceHistory {
  std::vector<DevNonce> used_dev_nonces;  // of all versions: the most recent ones, newest last
  DevNonce last_dev_nonce;                // of joins since 1.0.4
  JoinNonce last_join_nonce;              // the last one given out; 0 before the first
  /// Of rejoin-requests of type 1; never reset.
  std::optional<std::uint16_t> last_rj_count_1;
  bool operator==(const DevNonceHistory&) const = default;
};

struct NonceRules {
  MacVersion mac_version = MacVersion::unknown;
  bool resets_join_nonces = false;  // lets a used or smaller DevNonce pass
  /// How many to remember; at least 1.
  std::size_t dev_nonce_limit = dev_nonce_limit_default;
};

/// The history after a join with `dev_nonce`; its last_join_nonce is the JoinNonce of the answer.
/// [spec join-server §3] The DevNonce must not be among the remembered ones of any version
/// (reuse_dev_nonce): who changes a device's version, or a network that names another, does not
/// make old frames new. Since 1.0.4 it must be above the last, too (dev_nonce_too_small), but a
/// device that never joined may begin with 0. JoinNonce counts up from 1 and is never reset; above
/// 24 bits join_nonce_too_high. `history` stays as it is when the join fails later.
[[nodiscard]] Result<DevNonceHistory> next_nonces(const DevNonceHistory& history,
                                                  DevNonce dev_nonce, const NonceRules& rules);

/// The history after a rejoin-request: as next_nonces, but RJcount1 of type 1 must be above the
/// last (rj_count_too_small). RJcount0 of types 0 and 2 belongs to a session: the network server
/// has judged it. [TS001-1.1 §6.2.4]
[[nodiscard]] Result<DevNonceHistory> next_nonces(const DevNonceHistory& history,
                                                  const phy::RejoinRequest& request);

}  // namespace ff::join
