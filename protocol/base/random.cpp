#include "protocol/base/random.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "protocol/base/assert.hpp"

namespace ff {
namespace {

/// SplitMix64: small, well distributed, and the same on every platform.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  void fill(MutableByteView out) override {
    while (!out.empty()) {
      auto word = step();
      for (std::size_t i = 0; i < 8 && !out.empty(); ++i, word >>= 8, out = out.subspan(1)) {
        out[0] = static_cast<std::uint8_t>(word);
      }
    }
  }

 private:
  std::uint64_t step() noexcept {
    state_ += 0x9e3779b97f4a7c15;
    auto z = state_;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }

  std::uint64_t state_;
};

/// OpenSSL's generator costs as much for ten bytes as for hundreds: small wishes are served from a
/// pool of the thread. What is handed out is wiped from it. Nothing here forks without exec.
class Pool {
 public:
  void fill(MutableByteView out) {
    while (!out.empty()) {
      if (left_.empty()) refill();
      const auto part = left_.first(std::min(out.size(), left_.size()));
      std::ranges::copy(part, out.begin());
      OPENSSL_cleanse(part.data(), part.size());
      left_ = left_.subspan(part.size());
      out = out.subspan(part.size());
    }
  }

 private:
  void refill() {
    FF_ASSERT(RAND_bytes(bytes_.data(), static_cast<int>(bytes_.size())) == 1);
    left_ = bytes_;
  }

  std::array<std::uint8_t, 512> bytes_{};
  MutableByteView left_;
};

class SecureRandom final : public Random {
 public:
  void fill(MutableByteView out) override {
    thread_local Pool pool;
    pool.fill(out);
  }
};

}  // namespace

std::uint64_t Random::next() {
  std::array<std::uint8_t, 8> bytes{};
  fill(bytes);
  return read_le<8>(bytes);
}

std::uint64_t Random::below(std::uint64_t bound) {
  FF_ASSERT(bound > 0);
  // Values of the last, incomplete run are drawn again: no modulo bias.
  const auto limit = UINT64_MAX - (UINT64_MAX % bound + 1) % bound;
  auto value = next();
  while (value > limit) value = next();
  return value % bound;
}

std::unique_ptr<Random> make_seeded_random(std::uint64_t seed) {
  return std::make_unique<SeededRandom>(seed);
}
std::unique_ptr<Random> make_secure_random() {
  return std::make_unique<SecureRandom>();
}

}  // namespace ff
