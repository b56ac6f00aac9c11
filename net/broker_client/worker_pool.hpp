// INTERNAL. WorkerPool: a few threads for jobs that block; the jobs of one strand run one after the
// other.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace ff::net::broker_client {

class WorkerPool {
 public:
  using Job = std::function<void()>;
  struct Strand {
    std::deque<Job> jobs;
    bool queued = false;  // waits for a thread, or has one
  };
  using StrandPtr = std::shared_ptr<Strand>;

  explicit WorkerPool(std::size_t threads);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  /// Runs what is posted, what those jobs post too, and ends.
  ~WorkerPool();

  /// Any thread; jobs must not throw.
  void post(const StrandPtr& strand, Job job);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<StrandPtr> ready_;
  std::size_t running_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace ff::net::broker_client
