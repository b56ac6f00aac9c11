// INTERNAL: events on their way to the store. Publishers do not wait for it: what does not fit is
// dropped and counted.
#pragma once

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "actors/events/hub.hpp"

namespace ff::events {

/// Thread safe.
class EventBuffer {
 public:
  explicit EventBuffer(std::size_t capacity) : capacity_(capacity) {}

  /// True when it was empty: somebody must take what is in it.
  bool push(const EventPtr& event) {
    const std::scoped_lock lock(mutex_);
    if (events_.size() >= capacity_) {
      ++dropped_;
      return false;
    }
    events_.push_back(event);
    return events_.size() == 1;
  }

  struct Taken {
    std::vector<EventPtr> events;
    std::uint64_t dropped = 0;  // since the last call
  };
  Taken take() {
    const std::scoped_lock lock(mutex_);
    return {std::exchange(events_, {}), std::exchange(dropped_, 0)};
  }

 private:
  const std::size_t capacity_;
  std::mutex mutex_;
  std::vector<EventPtr> events_;
  std::uint64_t dropped_ = 0;
};

}  // namespace ff::events
