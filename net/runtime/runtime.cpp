#include "net/runtime/runtime.hpp"

#include <atomic>
#include <thread>

#include "net/runtime/asio_loop.hpp"
#include "protocol/base/assert.hpp"

namespace ff::net {

struct Runtime::Threads {
  std::vector<std::thread> running;
  std::atomic<std::size_t> turn{0};
};

Runtime::Runtime(std::size_t threads) : threads_(std::make_unique<Threads>()) {
  FF_ASSERT(threads > 0);
  for (std::size_t i = 0; i < threads; ++i) loops_.push_back(std::make_unique<AsioLoop>());
}

Runtime::~Runtime() {
  stop();
}

void Runtime::start() {
  FF_ASSERT(threads_->running.empty());
  for (auto& loop : loops_) threads_->running.emplace_back([&loop] { loop->run(); });
}

void Runtime::stop() {
  if (threads_->running.empty()) return;
  for (auto& loop : loops_) loop->stop();
  for (auto& thread : threads_->running) thread.join();
  threads_->running.clear();
}

EventLoop& Runtime::loop(std::size_t index) const noexcept {
  return *loops_[index];
}

EventLoop& Runtime::next_loop() noexcept {
  return next_asio_loop();
}

AsioLoop& Runtime::next_asio_loop() noexcept {
  return *loops_[threads_->turn.fetch_add(1, std::memory_order_relaxed) % loops_.size()];
}

}  // namespace ff::net
