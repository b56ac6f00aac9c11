// Deadline: a time-out that is moved often and fires seldom, such as an idle time of a connection.
// Not for exact timing: moving it later touches no timer until the old time has come.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "net/runtime/event_loop.hpp"

namespace ff::net {

/// Loop thread only. Destroying it cancels it.
class Deadline {
 public:
  /// `expired` runs on the loop when the deadline has come; it may set() again.
  Deadline(EventLoop& loop, Task expired);

  void set(MonoTime at);
  void set_after(Duration delay) { set(loop_.now() + delay); }
  void clear() noexcept { at_.reset(); }
  /// Clears it and gives the timer back, so that this object may outlive its loop.
  void release() noexcept;
  bool is_set() const noexcept { return at_.has_value(); }

 private:
  void arm(MonoTime at);
  void wake();

  EventLoop& loop_;
  Task expired_;
  std::optional<MonoTime> at_;
  std::optional<MonoTime> armed_;  // When the timer will wake us; not later than at_.
  std::unique_ptr<Timer> timer_;   // Made on first use: most deadlines of a connection never are.
};

}  // namespace ff::net
