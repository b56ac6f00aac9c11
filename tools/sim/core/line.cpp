#include "tools/sim/core/line.hpp"

#include "tools/sim/core/dice.hpp"

namespace ff::sim {

Duration Line::delay(Random& random) const {
  return below(random, options_.delay_max + Duration{1});
}

std::span<const Duration> Line::carry(Random& random) {
  if (chance(random, options_.loss)) {
    ++lost_;
    return {};
  }
  delays_ = {delay(random), Duration{}};
  if (!chance(random, options_.duplicates)) return std::span(delays_).first(1);
  ++duplicated_;
  delays_[1] = delay(random);
  return delays_;
}

}  // namespace ff::sim
