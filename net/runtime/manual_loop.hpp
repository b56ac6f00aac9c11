// ManualLoop: an event loop in virtual time for tests and simulation. Deterministic: one thread,
// tasks in order of posting, timers in order of their time and then of their start. Not thread
// safe.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "net/runtime/event_loop.hpp"

namespace ff::net {

/// Time moves only in advance() and run_until_idle(). The loop must outlive its timers.
class ManualLoop final : public EventLoop {
 public:
  explicit ManualLoop(MonoTime start = MonoTime());
  ~ManualLoop() override;

  void post(Task task) override { tasks_.push_back(std::move(task)); }
  bool is_current() const noexcept override { return true; }
  MonoTime now() const noexcept override { return now_; }
  std::unique_ptr<Timer> make_timer() override;

  /// Runs posted tasks and due timers, and what they post, until nothing is due. Returns how many
  /// ran.
  std::size_t run_ready();
  /// Moves time by `step`, stopping at every timer on the way.
  void advance(Duration step);
  /// When the next timer is due; nothing without timers.
  std::optional<MonoTime> next_timer() const;
  /// Runs and jumps from timer to timer until nothing waits or `limit` of time has passed. Returns
  /// whether nothing waits.
  bool run_until_idle(Duration limit);

 private:
  class ManualTimer;
  using Key = std::pair<MonoTime, std::uint64_t>;
  std::deque<Task> tasks_;
  std::map<Key, Task> timers_;
  std::uint64_t sequence_ = 0;
  MonoTime now_;
};

}  // namespace ff::net
