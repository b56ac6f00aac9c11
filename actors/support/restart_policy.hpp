// When a supervisor restarts a child and when it gives up: bounded restart intensity. Pure.
#pragma once

#include <deque>
#include <optional>

#include "protocol/base/time.hpp"

namespace ff::actors {

struct RestartLimits {
  int restarts_max = 5;
  Duration within = std::chrono::minutes{1};
  /// Before the second restart within that time; twice as long before each further one.
  Duration pause = std::chrono::milliseconds{100};
};

/// Counts failures in a sliding window.
class RestartPolicy {
 public:
  explicit RestartPolicy(RestartLimits limits) : limits_(limits) {}
  /// How long to wait before the restart: not at all after the first failure, which costs those who
  /// need the child the least; what fails again may need time, as a port that is not free yet.
  /// Nothing: failed more than `restarts_max` times within the window; give up.
  std::optional<Duration> on_failure(MonoTime now);

 private:
  RestartLimits limits_;
  std::deque<MonoTime> failures_;
};

}  // namespace ff::actors
