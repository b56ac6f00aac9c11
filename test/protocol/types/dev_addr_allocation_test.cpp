#include "protocol/types/dev_addr_allocation.hpp"

#include <gtest/gtest.h>

#include <set>

#include "protocol/base/random.hpp"

namespace ff {
namespace {

std::uint64_t size_of(const std::vector<DevAddrPrefix>& prefixes) {
  std::uint64_t total = 0;
  for (const auto& prefix : prefixes) total += std::uint64_t{1} << (32 - prefix.length);
  return total;
}

bool any_contains(const std::vector<DevAddrPrefix>& prefixes, DevAddr address) {
  for (const auto& prefix : prefixes)
    if (prefix.contains(address)) return true;
  return false;
}

struct WithoutRow {
  std::vector<DevAddrPrefix> prefixes, taken, left;
};

TEST(Without, CutsExactlyTheTakenAddressesOut) {
  const auto p = [](std::uint32_t address, int length) {
    return DevAddrPrefix{DevAddr{address}, static_cast<std::uint8_t>(length)};
  };
  const WithoutRow rows[] = {
      {{p(0x26000000, 7)}, {}, {p(0x26000000, 7)}},
      {{p(0x26000000, 7)}, {p(0x48000000, 7)}, {p(0x26000000, 7)}},
      {{p(0x26000000, 7)}, {p(0x26000000, 7)}, {}},
      {{p(0x26000000, 7)}, {p(0, 0)}, {}},
      {{p(0x26000000, 8)}, {p(0x26000000, 9)}, {p(0x26800000, 9)}},
      {{p(0x26000000, 8)}, {p(0x26800000, 9)}, {p(0x26000000, 9)}},
      {{p(0x26000000, 8)}, {p(0x26400000, 10)}, {p(0x26000000, 10), p(0x26800000, 9)}},
      {{p(0x26000000, 30)},
       {p(0x26000001, 32), p(0x26000002, 32)},
       {p(0x26000000, 32), p(0x26000003, 32)}},
      {{p(0x26000000, 8), p(0x48000000, 8)}, {p(0x26000000, 7)}, {p(0x48000000, 8)}},
      {{p(0, 0)}, {p(0x80000000, 1)}, {p(0, 1)}},
      {{p(0x26000001, 32)}, {p(0x26000001, 32)}, {}},
  };
  for (const auto& row : rows) EXPECT_EQ(without(row.prefixes, row.taken), row.left);
}

TEST(Without, LeavesEveryOtherAddressOnce) {
  auto random = make_seeded_random(7);
  for (int round = 0; round < 200; ++round) {
    const DevAddrPrefix all{DevAddr{0x26000000}, 20};
    std::vector<DevAddrPrefix> taken;
    const auto count = random->below(6);
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto length = static_cast<std::uint8_t>(21 + random->below(12));
      const auto mask = ~std::uint32_t{0} << (32 - length);
      taken.push_back(
          {DevAddr{(0x26000000 | static_cast<std::uint32_t>(random->below(4096))) & mask}, length});
    }
    const auto left = without({all}, taken);
    std::uint64_t free = 0;
    for (std::uint32_t i = 0; i < 4096; ++i) {
      const DevAddr address{0x26000000 | i};
      const bool expected = !any_contains(taken, address);
      EXPECT_EQ(any_contains(left, address), expected) << to_string(address);
      free += expected ? 1 : 0;
    }
    EXPECT_EQ(size_of(left), free);  // no address in two pieces
  }
}

TEST(DrawDevAddr, ReachesEveryAddressOfAllPrefixes) {
  auto random = make_seeded_random(1);
  const std::vector<DevAddrPrefix> prefixes = {{DevAddr{0x26000010}, 30},
                                               {DevAddr{0x27000000}, 32}};
  std::set<std::uint32_t> seen;
  for (int i = 0; i < 500; ++i) seen.insert(draw_dev_addr(prefixes, *random).value());
  EXPECT_EQ(seen,
            (std::set<std::uint32_t>{0x26000010, 0x26000011, 0x26000012, 0x26000013, 0x27000000}));
}

/// `26012345/16` is `26010000/16`.
TEST(DrawDevAddr, TakesAPrefixForWhatItsLengthSays) {
  auto random = make_seeded_random(2);
  std::set<std::uint32_t> seen;
  for (int i = 0; i < 500; ++i)
    seen.insert(draw_dev_addr({{DevAddr{0x2601001F}, 28}}, *random).value());
  EXPECT_EQ(seen.size(), 16U);
  EXPECT_EQ(*seen.begin(), 0x26010010U);
  EXPECT_EQ(*seen.rbegin(), 0x2601001FU);
}

TEST(Without, TakesAPrefixForWhatItsLengthSays) {
  const DevAddrPrefix written{DevAddr{0x260100FF}, 24};
  const auto left = without({written}, {{DevAddr{0x26010080}, 25}});
  EXPECT_EQ(left, (std::vector<DevAddrPrefix>{{DevAddr{0x26010000}, 25}}));
  EXPECT_EQ(without({written}, {{DevAddr{0x260100AA}, 24}}), (std::vector<DevAddrPrefix>{}));
  std::uint64_t free = 0;
  for (const auto& piece : without({written}, {{DevAddr{0x26010042}, 32}})) {
    EXPECT_FALSE(piece.contains(DevAddr{0x26010042}));
    free += std::uint64_t{1} << (32 - piece.length);
  }
  EXPECT_EQ(free, 255U);
}

TEST(DevAddrPlan, WithoutConfigurationIsWhatTheNetIdImplies) {
  const DevAddrPlan plan(NetId{0x13});
  EXPECT_EQ(plan.network(), (std::vector<DevAddrPrefix>{{DevAddr{0x26000000}, 7}}));
  EXPECT_EQ(plan.common(), plan.network());
  EXPECT_EQ(plan.of("any"), plan.network());
}

TEST(DevAddrPlan, TenantsAddressesAreNobodyElses) {
  const DevAddrPrefix meters{DevAddr{0x26010000}, 16};
  const DevAddrPrefix roofs{DevAddr{0x26020000}, 16};
  const DevAddrPlan plan(NetId{0x13}, {{DevAddr{0x26000000}, 14}},
                         {{"meters", {meters}}, {"meters-test", {meters}}, {"roofs", {roofs}}});
  EXPECT_EQ(plan.of("meters"), std::vector{meters});
  EXPECT_EQ(plan.of("meters-test"), std::vector{meters});
  EXPECT_EQ(plan.of("roofs"), std::vector{roofs});
  EXPECT_EQ(plan.of("parking"), plan.common());
  EXPECT_EQ(plan.common(),
            (std::vector<DevAddrPrefix>{{DevAddr{0x26000000}, 16}, {DevAddr{0x26030000}, 16}}));
}

}  // namespace
}  // namespace ff
