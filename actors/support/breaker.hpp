// Breaker: leaves a server alone that failed again and again, so that joins do not wait for it.
// Pure; time is a parameter.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/base/time.hpp"

namespace ff::actors {

class Breaker {
 public:
  Breaker(std::uint32_t failures_max, Duration pause)
      : failures_max_(failures_max), pause_(pause) {}

  /// Whether a question may go out. After the pause one may, and the others wait for what becomes
  /// of it, at most another pause.
  bool admit(MonoTime now) {
    if (!closed_until_) return true;
    if (now < *closed_until_) return false;
    closed_until_ = now + pause_;
    return true;
  }
  void succeeded() {
    failures_ = 0;
    closed_until_.reset();
  }
  void failed(MonoTime now) {
    if (++failures_ >= failures_max_) closed_until_ = now + pause_;
  }
  bool is_open() const noexcept { return closed_until_.has_value(); }

 private:
  std::uint32_t failures_max_;
  Duration pause_;
  std::uint32_t failures_ = 0;  // in a row
  std::optional<MonoTime> closed_until_;
};

}  // namespace ff::actors
