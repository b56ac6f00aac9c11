#include "net/runtime/manual_loop.hpp"

#include <algorithm>

namespace ff::net {

class ManualLoop::ManualTimer final : public Timer {
 public:
  explicit ManualTimer(ManualLoop& loop) : loop_(loop) {}
  ~ManualTimer() override { cancel(); }

  void start(Duration delay, Task task) override {
    cancel();
    key_ = Key(loop_.now_ + std::max(delay, Duration::zero()), ++loop_.sequence_);
    loop_.timers_.emplace(*key_, std::move(task));
  }

  void cancel() noexcept override {
    if (key_) loop_.timers_.erase(*key_);
    key_.reset();
  }

 private:
  ManualLoop& loop_;
  std::optional<Key> key_;
};

ManualLoop::ManualLoop(MonoTime start) : now_(start) {}

ManualLoop::~ManualLoop() {
  // Tasks own streams and timers, which may post or cancel while they are destroyed.
  while (!tasks_.empty()) {
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
  }
}

std::unique_ptr<Timer> ManualLoop::make_timer() {
  return std::make_unique<ManualTimer>(*this);
}

std::size_t ManualLoop::run_ready() {
  std::size_t count = 0;
  for (;; ++count) {
    if (!tasks_.empty()) {
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    } else if (!timers_.empty() && timers_.begin()->first.first <= now_) {
      auto task = std::move(timers_.begin()->second);
      timers_.erase(timers_.begin());
      task();
    } else {
      return count;
    }
  }
}

void ManualLoop::advance(Duration step) {
  auto end = now_ + step;
  run_ready();
  while (!timers_.empty() && timers_.begin()->first.first <= end) {
    now_ = timers_.begin()->first.first;
    run_ready();
  }
  now_ = end;
}

std::optional<MonoTime> ManualLoop::next_timer() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->first.first;
}

bool ManualLoop::run_until_idle(Duration limit) {
  auto end = now_ + limit;
  run_ready();
  while (!timers_.empty() && timers_.begin()->first.first <= end) {
    now_ = timers_.begin()->first.first;
    run_ready();
  }
  return timers_.empty();
}

}  // namespace ff::net
