#include "actors/gateway_server/connection/clock_quality.hpp"

#include <algorithm>

namespace ff::gateway_server {

void ClockQuality::add(schedule::ConcentratorTime counter, UtcTime server,
                       std::optional<schedule::ConcentratorTime> expected) noexcept {
  ++stats_.samples;
  if (!expected || !first_) {
    first_ = Sample{counter, server};
    return;
  }
  const Duration error = counter - *expected;
  if (error >= jump_min || error <= -jump_min) {
    ++stats_.jumps;
    first_ = Sample{counter, server};
    stats_.error = stats_.error_max = Duration::zero();
    stats_.drift_ppm.reset();
    return;
  }
  stats_.error = error;
  if (std::chrono::abs(error) > std::chrono::abs(stats_.error_max)) stats_.error_max = error;
  const Duration passed = server - first_->server;
  if (passed < drift_over_min) return;
  const Duration gained = (counter - first_->counter) - passed;
  stats_.drift_ppm =
      1e6 * static_cast<double>(gained.count()) / static_cast<double>(passed.count());
}

}  // namespace ff::gateway_server
