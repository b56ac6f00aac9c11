// EventLoop: the one thread on which a connection's callbacks run, with its timers and clock.
// Not a thread pool: a task that blocks stalls every connection of the loop.
#pragma once

#include <functional>
#include <memory>

#include "protocol/base/time.hpp"

namespace ff::net {

using Task = std::function<void()>;

/// A one-shot timer. Used on its loop's thread only; destroying it cancels it.
class Timer {
 public:
  virtual ~Timer() = default;
  /// Runs `task` once after `delay` (0 or less: as soon as possible), instead of what was waiting
  /// before.
  virtual void start(Duration delay, Task task) = 0;
  /// After this the waiting task does not run.
  virtual void cancel() noexcept = 0;
};

/// Port with two implementations: a real thread (runtime.hpp) and virtual time (manual_loop.hpp).
class EventLoop {
 public:
  virtual ~EventLoop() = default;
  /// Runs `task` on the loop's thread after the tasks posted before it. Any thread. A task posted
  /// to a stopped loop is destroyed without running.
  virtual void post(Task task) = 0;
  /// True when called on the loop's thread.
  virtual bool is_current() const noexcept = 0;
  /// The loop's monotonic clock. Any thread.
  virtual MonoTime now() const noexcept = 0;
  /// The timer must be destroyed before the loop.
  virtual std::unique_ptr<Timer> make_timer() = 0;
};

}  // namespace ff::net
