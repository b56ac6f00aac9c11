#include "actors/support/restart_policy.hpp"

#include <algorithm>

namespace ff::actors {

std::optional<Duration> RestartPolicy::on_failure(MonoTime now) {
  while (!failures_.empty() && failures_.front() + limits_.within <= now) failures_.pop_front();
  failures_.push_back(now);
  const auto failures = failures_.size();
  if (failures > static_cast<std::size_t>(limits_.restarts_max)) return std::nullopt;
  if (failures == 1) return Duration{0};
  // More doublings than that are no restarts within any window.
  constexpr std::size_t doublings_max = 16;
  return limits_.pause * (1U << std::min(failures - 2, doublings_max));
}

}  // namespace ff::actors
