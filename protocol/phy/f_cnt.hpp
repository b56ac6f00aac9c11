// The full frame counter from its 16 bits on air, and the gap that old versions allow.
// Which counter a session accepts (resets, retransmissions) is the session's decision.
#pragma once

#include <cstdint>

#include "protocol/types/counters.hpp"
#include "protocol/types/versions.hpp"

namespace ff::phy {

/// MAX_FCNT_GAP. [TS001-1.0.3 §7]
inline constexpr std::uint32_t f_cnt_gap_max = 16384;

/// The full counter of a frame that carries `seen`, when `last` was the last one accepted. [spec
/// network-server §3.4] The low half is always `seen`. With 32-bit counters the result is the
/// smallest such value not below `last`, except that it never wraps: after `last` >= 0xFFFF0000 it
/// may be below. Without, it is `seen`.
[[nodiscard]] FCnt32 extend(FCnt32 last, FCnt16 seen, bool supports_32_bit_f_cnt) noexcept;

/// Whether a session of `version` may go from `last` to `full`: versions before 1.0.4 bound the
/// distance ahead by f_cnt_gap_max. Says nothing of counters that do not increase (true for them).
[[nodiscard]] bool gap_allowed(MacVersion version, FCnt32 last, FCnt32 full) noexcept;

}  // namespace ff::phy
