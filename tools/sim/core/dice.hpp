// Small questions to a random generator.
#pragma once

#include "protocol/base/random.hpp"
#include "protocol/base/time.hpp"

namespace ff::sim {

/// Uniform in [0, bound); 0 if there is nothing in it.
inline Duration below(Random& random, Duration bound) {
  if (bound <= Duration{0}) return Duration{0};
  return Duration{random.below(static_cast<std::uint64_t>(bound.count()))};
}

/// True in `share` (0 to 1) of all cases. Asks nothing when the answer is always no.
inline bool chance(Random& random, double share) {
  constexpr double sides = 4294967296.0;
  return share > 0 && static_cast<double>(random.next() & UINT32_MAX) < share * sides;
}

}  // namespace ff::sim
