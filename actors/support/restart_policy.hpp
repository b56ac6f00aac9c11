// When a supervisor restarts a child and when it gives up: bounded restart intensity. Pure.
#pragma once

#include <deque>

#include "protocol/base/time.hpp"

namespace ff::actors {

struct RestartLimits {
  int restarts_max = 5;
  Duration within = std::chrono::minutes{1};
};

enum class RestartDecision : std::uint8_t { restart, escalate };

/// Counts failures in a sliding window; one more than `restarts_max` within it escalates.
class RestartPolicy {
 public:
  explicit RestartPolicy(RestartLimits limits) : limits_(limits) {}
  RestartDecision on_failure(MonoTime now);

 private:
  RestartLimits limits_;
  std::deque<MonoTime> failures_;
};

}  // namespace ff::actors
