#include "app/cli/call/cancel.hpp"

#include <csignal>
#include <cstdlib>
#include <thread>
#include <utility>

#include <unistd.h>

namespace ff::cli {
namespace {

constexpr int exit_code_canceled = 130;

}  // namespace

int Cancel::on_cancel(std::function<void()> task) {
  {
    const std::scoped_lock lock(mutex_);
    if (!canceled_) {
      tasks_.emplace(++next_, std::move(task));
      return next_;
    }
  }
  task();
  return 0;
}

void Cancel::forget(int number) {
  const std::scoped_lock lock(mutex_);
  tasks_.erase(number);
}

void Cancel::cancel() {
  // Under the lock, so that a task is not run after it was forgotten.
  const std::scoped_lock lock(mutex_);
  canceled_ = true;
  for (const auto& [number, task] : std::exchange(tasks_, {})) task();
}

void cancel_on_signals(Cancel& cancel) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGHUP, SIGINT, SIGTERM}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::thread([&cancel, set] {
    int signal = 0;
    sigwait(&set, &signal);
    cancel.cancel();
    sigwait(&set, &signal);
    _exit(exit_code_canceled);
  }).detach();
}

}  // namespace ff::cli
