// What a device that asks for the time is told. Pure; not how its request is read (command.hpp).
// [TS003-2.0.0 §3.2]
#pragma once

#include <optional>

#include "protocol/base/time.hpp"
#include "protocol/clock_sync/command.hpp"

namespace ff::clock_sync {

/// `received`: when the frame's reception ended. The difference is that of two clocks of 32 bits,
/// so at most 68 years either way; the answer's seconds are whole, towards zero. Nothing when no
/// answer is required and the clock is wrong by `threshold` or less.
std::optional<AppTimeAns> answer_to(const AppTimeReq& request, GpsTime received,
                                    Duration threshold) noexcept;

/// What the device believes the time is: the one closest to `near`.
UtcTime device_time(const AppTimeReq& request, GpsTime near) noexcept;

}  // namespace ff::clock_sync
