#include "protocol/phy/f_cnt.hpp"

#include <gtest/gtest.h>

#include <random>

namespace ff::phy {
namespace {

struct Row {
  std::uint32_t last;
  std::uint16_t seen;
  bool supports_32_bit;
  std::uint32_t full;
};

TEST(Extend, FollowsTheRule) {
  // [spec network-server §3.4]
  const Row rows[] = {{0, 0, true, 0},
                      {0, 0, false, 0},
                      {0, 5, true, 5},
                      {5, 5, true, 5},
                      {5, 4, true, 0x10004},
                      {5, 4, false, 4},
                      {0xffff, 0, true, 0x10000},
                      {0x1ffff, 0xffff, true, 0x1ffff},
                      {0x1ffff, 0xfffe, true, 0x2fffe},
                      {0x2ffff, 3, false, 3},
                      {0xfffeffff, 0, true, 0xffff0000},
                      {0xffff0000, 0, true, 0xffff0000},
                      {0xffff0005, 4, true, 0xffff0004},
                      {0xffffffff, 0, true, 0xffff0000},
                      {0xffffffff, 0xffff, true, 0xffffffff}};
  for (const auto& row : rows) {
    EXPECT_EQ(extend(FCnt32{row.last}, FCnt16{row.seen}, row.supports_32_bit), FCnt32{row.full})
        << row.last << " " << row.seen;
  }
}

TEST(Extend, AlwaysKeepsTheLowHalf) {
  std::mt19937 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const FCnt32 last{static_cast<std::uint32_t>(random())};
    const FCnt16 seen{static_cast<std::uint16_t>(random())};
    EXPECT_EQ(low_half(extend(last, seen, true)), seen);
    EXPECT_EQ(extend(last, seen, false).value(), seen.value());
  }
}

TEST(Extend, IsTheNearestValueNotBelowTheLastOne) {
  std::mt19937 random(2);
  for (int i = 0; i < 100'000; ++i) {
    const FCnt32 last{static_cast<std::uint32_t>(random()) % 0xffff0000U};
    const FCnt16 seen{static_cast<std::uint16_t>(random())};
    const auto full = extend(last, seen, true);
    ASSERT_GE(full, last);
    ASSERT_LT(full.value() - last.value(), 0x10000U);
  }
}

TEST(Extend, RecoversEveryCounterLessThanOneRoundAhead) {
  std::mt19937 random(3);
  for (int i = 0; i < 100'000; ++i) {
    const std::uint32_t last = static_cast<std::uint32_t>(random()) % 0xfffe0000U;
    const FCnt32 next{last + static_cast<std::uint32_t>(random()) % 0x10000U};
    ASSERT_EQ(extend(FCnt32{last}, low_half(next), true), next);
  }
}

TEST(GapAllowed, BoundsVersionsBefore104Only) {
  for (const auto version :
       {MacVersion::v1_0, MacVersion::v1_0_1, MacVersion::v1_0_2, MacVersion::v1_0_3}) {
    EXPECT_TRUE(gap_allowed(version, FCnt32{10}, FCnt32{10 + 16384}));
    EXPECT_FALSE(gap_allowed(version, FCnt32{10}, FCnt32{10 + 16385}));
    EXPECT_TRUE(gap_allowed(version, FCnt32{20000}, FCnt32{1}));
  }
  for (const auto version : {MacVersion::v1_0_4, MacVersion::v1_1}) {
    EXPECT_TRUE(gap_allowed(version, FCnt32{0}, FCnt32{0xffffffff}));
  }
}

}  // namespace
}  // namespace ff::phy
