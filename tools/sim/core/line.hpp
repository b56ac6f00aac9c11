// The line between gateways and server: loses datagrams, brings some twice and any of them late,
// so that they overtake each other. Not the air (radio.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "protocol/base/random.hpp"
#include "protocol/base/time.hpp"

namespace ff::sim {

struct LineOptions {
  double loss = 0;        // share, 0 to 1
  double duplicates = 0;  // share, 0 to 1
  Duration delay_max{0};  // of each datagram at most; any less is as likely
};

class Line {
 public:
  explicit Line(LineOptions options) noexcept : options_(options) {}

  /// Datagrams pass as they are.
  bool is_perfect() const noexcept {
    return options_.loss <= 0 && options_.duplicates <= 0 && options_.delay_max <= Duration{0};
  }
  /// How long each copy of a datagram is under way; none: lost. Valid until the next call.
  std::span<const Duration> carry(Random& random);

  std::uint64_t lost() const noexcept { return lost_; }
  std::uint64_t duplicated() const noexcept { return duplicated_; }

 private:
  Duration delay(Random& random) const;

  LineOptions options_;
  std::array<Duration, 2> delays_{};
  std::uint64_t lost_ = 0;
  std::uint64_t duplicated_ = 0;
};

}  // namespace ff::sim
