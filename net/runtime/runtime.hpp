// Runtime: the threads of net/, each with one event loop, started and stopped in order.
// Not for work that blocks, and not for actors' work.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "net/runtime/event_loop.hpp"

namespace ff::net {

class AsioLoop;

/// Owns the loops. Sockets made on it must be destroyed before it; open streams end with `stopped`.
class Runtime {
 public:
  /// `threads` is at least 1. No thread runs before start(), but tasks may be posted.
  explicit Runtime(std::size_t threads = 1);
  /// Stops if that was not done.
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  void start();
  /// Tells every open stream (on its loop), runs what that caused, ends the threads. Idempotent;
  /// not from a loop's thread.
  void stop();

  std::size_t size() const noexcept { return loops_.size(); }
  EventLoop& loop(std::size_t index) const noexcept;
  /// The loops in turn. Any thread.
  EventLoop& next_loop() noexcept;

  /// INTERNAL to net/: the same loops, for those who make sockets.
  AsioLoop& asio_loop(std::size_t index) const noexcept { return *loops_[index]; }
  AsioLoop& next_asio_loop() noexcept;

 private:
  struct Threads;
  std::vector<std::unique_ptr<AsioLoop>> loops_;
  std::unique_ptr<Threads> threads_;
};

}  // namespace ff::net
