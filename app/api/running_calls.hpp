// INTERNAL: counts running calls, so that their owner can outlive them.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

namespace ff::api {

/// gRPC's callback threads end with their last channel. A call that drops the last reference to its
/// channel on such a thread would make it wait for itself; so the owner keeps the channel until no
/// call is left.
class RunningCalls {
 public:
  RunningCalls() = default;
  RunningCalls(const RunningCalls&) = delete;
  RunningCalls& operator=(const RunningCalls&) = delete;
  ~RunningCalls() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return count_ == 0; });
  }

  /// Shared ownership of `call`, counted until its destructor has run.
  template <class Call>
  std::shared_ptr<Call> track(std::unique_ptr<Call> call) {
    {
      std::scoped_lock lock(mutex_);
      ++count_;
    }
    return std::shared_ptr<Call>(call.release(), [this](Call* finished) {
      std::default_delete<Call>()(finished);
      std::scoped_lock lock(mutex_);
      --count_;
      changed_.notify_all();
    });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

}  // namespace ff::api
