// The actor clock: the only place where time is read. Injected into every shell; the pure core gets
// an Instant.
#pragma once

#include <memory>

#include "protocol/base/time.hpp"

namespace ff::actors {

/// Thread safe. `mono` never goes back; `utc` follows the system's clock.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const noexcept = 0;
};

/// The operating system's clocks.
std::shared_ptr<const Clock> make_system_clock();

/// A clock that stands still until moved: tests and simulation. Both times move together. One
/// thread only.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(UtcTime start) : now_{start, MonoTime{}} {}
  Instant now() const noexcept override { return now_; }
  void advance(Duration by) noexcept {
    now_.utc += by;
    now_.mono += by;
  }

 private:
  Instant now_;
};

}  // namespace ff::actors
