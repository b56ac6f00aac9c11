// Breaker: whether an endpoint is tried at all, and how long to wait. Pure: time and random numbers
// are parameters.
//
//     closed ──failures in a row──▶ open ──time──▶ half open ──success──▶ closed
//                                    ▲                │ failure: longer than before
//                                    └────────────────┘
#pragma once

#include <cstdint>

#include "actors/application_server/integration/webhook/config.hpp"
#include "protocol/base/random.hpp"

namespace ff::application_server::webhook {

/// `delay` doubled `times` times, at most `retry_delay_max`, with jitter.
Duration back_off(const DeliveryConfig& config, std::uint64_t times, Random& random);

class Breaker {
 public:
  explicit Breaker(const DeliveryConfig& config) : config_(config) {}

  bool is_closed() const noexcept { return !open_; }
  /// Open, and its time is over: one request may try.
  bool is_half_open(MonoTime now) const noexcept { return open_ && now >= retry_at_; }
  /// Of an open one.
  MonoTime retry_at() const noexcept { return retry_at_; }
  std::uint64_t failures() const noexcept { return failures_; }

  void success() noexcept;
  void failure(MonoTime now, Random& random);
  /// Stays open from the start: the webhook was disabled when the process ended.
  void restore(std::uint64_t failures, MonoTime retry_at) noexcept;
  /// Somebody says that the endpoint is well.
  void reset() noexcept { success(); }
  /// Something has changed: an open one need not wait.
  void try_now(MonoTime now) noexcept {
    if (open_) retry_at_ = now;
  }

 private:
  std::uint64_t threshold() const noexcept {
    return config_.blocks_unhealthy() ? config_.unhealthy_attempts : config_.circuit_failures;
  }

  DeliveryConfig config_;
  std::uint64_t failures_ = 0;  // in a row
  bool open_ = false;
  MonoTime retry_at_;
};

}  // namespace ff::application_server::webhook
