// Who gets an application's messages as they come: a connection, a stream, an integration. Not the
// cursors of durable consumers (mqtt_session/).
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "actors/application_server/outbox/message.hpp"

namespace ff::application_server {

/// Port. Held by the application's link until it is unsubscribed.
class Subscriber {
 public:
  explicit Subscriber(std::uint32_t window) : window_(window) {}
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;
  virtual ~Subscriber() = default;

  /// Labels metrics and events: `mqtt`, `grpc`, `webhook`.
  virtual std::string_view protocol() const noexcept = 0;
  /// Called by the publisher, one at a time, in order per shard. Must not block; calls done() when
  /// the message has left its hands.
  virtual void deliver(const UpPublished& up) noexcept = 0;
  /// Called instead of deliver() when there is no room. True: the subscriber will read the message
  /// from the outbox, so it is not lost. Must not block.
  virtual bool defer(const UpPublished&) noexcept { return false; }

  /// Room for one more message; false: it is dropped for this subscriber, or deferred. For the
  /// publisher.
  bool take_credit() noexcept {
    if (used_.load(std::memory_order_relaxed) >= window_) return false;
    used_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  /// Any thread.
  void done() noexcept { used_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  const std::uint32_t window_;
  std::atomic<std::uint32_t> used_{0};
};

}  // namespace ff::application_server
