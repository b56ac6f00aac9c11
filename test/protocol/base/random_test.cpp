#include "protocol/base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "protocol/base/hex.hpp"

namespace ff {
namespace {

/// A run of the simulation is named by its seed: the numbers may never change.
TEST(SeededRandom, IsTheSameForEver) {
  // [SplitMix64, seed 0 and 1]
  EXPECT_EQ(make_seeded_random(0)->next(), 0xe220a8397b1dcdafU);
  auto one = make_seeded_random(1);
  EXPECT_EQ(one->next(), 0x910a2dec89025cc1U);
  EXPECT_EQ(one->next(), 0xbeeb8da1658eec67U);
}

TEST(SeededRandom, FillsAnySizeAsItsNumbersGo) {
  for (std::size_t size = 0; size < 40; ++size) {
    auto numbers = make_seeded_random(9);
    auto octets = make_seeded_random(9);
    Bytes filled(size);
    octets->fill(filled);
    Bytes expected;
    while (expected.size() < size) append_le<8>(expected, numbers->next());
    expected.resize(size);
    EXPECT_EQ(filled, expected) << size;
  }
}

TEST(Random, BelowReachesEveryValueAndNoOther) {
  for (const std::uint64_t bound : {1U, 2U, 3U, 7U, 8U, 100U}) {
    auto random = make_seeded_random(bound);
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 4000; ++i) seen.insert(random->below(bound));
    EXPECT_EQ(seen.size(), bound);
    EXPECT_EQ(*seen.rbegin(), bound - 1);
  }
}

/// All ones, then what it is given: the first value lies in the incomplete last run.
class Scripted final : public Random {
 public:
  explicit Scripted(std::vector<std::uint64_t> words) : words_(std::move(words)) {}
  void fill(MutableByteView out) override {
    ASSERT_EQ(out.size(), 8U);
    ASSERT_LT(drawn_, words_.size());
    write_le<8>(out, words_[drawn_++]);
  }
  std::size_t drawn() const { return drawn_; }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t drawn_ = 0;
};

TEST(Random, BelowDrawsAgainWhatWouldFavourSmallValues) {
  Scripted biased({UINT64_MAX, 5});
  EXPECT_EQ(biased.below(10), 5U);
  EXPECT_EQ(biased.drawn(), 2U);
  // Powers of two have no incomplete run.
  Scripted even({UINT64_MAX});
  EXPECT_EQ(even.below(16), 15U);
  EXPECT_EQ(even.drawn(), 1U);
}

TEST(SecureRandom, NeverRepeats) {
  auto random = make_secure_random();
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    Bytes bytes(16);
    random->fill(bytes);
    EXPECT_TRUE(seen.insert(hex_lower(bytes)).second);
  }
}

TEST(SecureRandom, FillsMoreThanItsPoolHolds) {
  auto random = make_secure_random();
  for (const std::size_t size : {0U, 1U, 511U, 512U, 513U, 5000U}) {
    Bytes bytes(size);
    random->fill(bytes);
    // 32 zeros in a row are not chance.
    const Bytes zeros(32);
    EXPECT_EQ(std::ranges::search(bytes, zeros).size(), 0U) << size;
  }
}

}  // namespace
}  // namespace ff
