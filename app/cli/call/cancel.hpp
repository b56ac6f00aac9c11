// Cancel: SIGHUP, SIGINT and SIGTERM end what is under way instead of the process, so that a
// command can end in order. [spec cli §2] Not a time-out.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>

namespace ff::cli {

/// Any thread.
class Cancel {
 public:
  /// Calls `task` when the command is canceled, at once if it has been. Until `forget`.
  int on_cancel(std::function<void()> task);
  void forget(int number);
  void cancel();
  bool is_canceled() const noexcept { return canceled_.load(); }

 private:
  std::atomic<bool> canceled_ = false;
  std::mutex mutex_;
  std::map<int, std::function<void()>> tasks_;
  int next_ = 0;
};

/// Blocks the signals and waits for them on a thread of its own; the second one ends the process
/// with code 130. Before any other thread is started; `cancel` must live as long as the process.
void cancel_on_signals(Cancel& cancel);

}  // namespace ff::cli
