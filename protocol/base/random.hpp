// The one source of randomness, injected everywhere: seeded in tests and simulation, from the
// system in production.
#pragma once

#include <cstdint>
#include <memory>

#include "protocol/base/bytes.hpp"

namespace ff {

/// Not thread safe: one per actor.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(MutableByteView out) = 0;

  std::uint64_t next();
  /// Uniform in [0, bound); `bound` is at least 1.
  std::uint64_t below(std::uint64_t bound);
};

/// Reproducible from its seed. Never for keys or nonces outside tests and simulation.
std::unique_ptr<Random> make_seeded_random(std::uint64_t seed);
/// The operating system's generator (through OpenSSL), fit for keys.
std::unique_ptr<Random> make_secure_random();

}  // namespace ff
