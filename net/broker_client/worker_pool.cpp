#include "net/broker_client/worker_pool.hpp"

#include <utility>

namespace ff::net::broker_client {

WorkerPool::WorkerPool(std::size_t threads) {
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void WorkerPool::post(const StrandPtr& strand, Job job) {
  const std::scoped_lock lock(mutex_);
  strand->jobs.push_back(std::move(job));
  if (std::exchange(strand->queued, true)) return;
  ready_.push_back(strand);
  wake_.notify_one();
}

void WorkerPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return !ready_.empty() || (stopping_ && running_ == 0); });
    if (ready_.empty()) return;
    const auto strand = std::move(ready_.front());
    ready_.pop_front();
    auto job = std::move(strand->jobs.front());
    strand->jobs.pop_front();
    ++running_;
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
    --running_;
    // Strands take turns.
    strand->queued = !strand->jobs.empty();
    if (strand->queued) {
      ready_.push_back(strand);
      wake_.notify_one();
    }
    if (stopping_) wake_.notify_all();
  }
}

}  // namespace ff::net::broker_client
