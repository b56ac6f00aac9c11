#include "app/cli/session/clock.hpp"

#include <chrono>

namespace ff::cli {

UtcTime utc_now() {
  return UtcTime(
      std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()));
}

MonoTime mono_now() {
  return MonoTime(
      std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

}  // namespace ff::cli
