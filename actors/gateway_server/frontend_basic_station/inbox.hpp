// Bounds what waits between a station's socket and its actor: when too much does, the socket is
// not read. Not a queue; that is the actor's mailbox.
#pragma once

#include <atomic>
#include <cstddef>

namespace ff::gateway_server {

/// Shared by the socket's loop and the actor.
class StationInbox {
 public:
  /// Messages waiting when reading stops, and when it goes on. What the socket had read already
  /// comes on top: a stream delivers pieces of some kilobytes.
  static constexpr std::size_t high = 64;
  static constexpr std::size_t low = 8;

  /// Loop: one message more. True: stop reading now.
  bool added() noexcept {
    if (++waiting_ < high || paused_.exchange(true)) return false;
    // The actor may have caught up before it could see that reading stops.
    return waiting_ > low || !paused_.exchange(false);
  }
  /// Actor: one message less. True: go on reading now.
  bool taken() noexcept { return --waiting_ <= low && paused_.exchange(false); }

 private:
  std::atomic<std::size_t> waiting_{0};
  std::atomic<bool> paused_{false};
};

}  // namespace ff::gateway_server
