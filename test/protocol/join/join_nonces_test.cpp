#include "protocol/join/join_nonces.hpp"

#include <gtest/gtest.h>

namespace ff::join {
namespace {

constexpr NonceRules counted{.mac_version = MacVersion::v1_0_4};
constexpr NonceRules counted_resetting{.mac_version = MacVersion::v1_1, .resets_join_nonces = true};
constexpr NonceRules random_rules{.mac_version = MacVersion::v1_0_3};
constexpr NonceRules random_resetting{.mac_version = MacVersion::v1_0_2,
                                      .resets_join_nonces = true};

std::vector<DevNonce> nonces(std::initializer_list<std::uint16_t> values) {
  std::vector<DevNonce> out;
  for (const auto value : values) out.emplace_back(value);
  return out;
}

struct CounterRow {
  const char* name;
  std::uint16_t last_dev_nonce;
  std::uint32_t last_join_nonce;
  std::uint16_t dev_nonce;
  bool fresh;
};

TEST(NextNonces, Since104OnlyGreaterOnesAreFresh) {
  const CounterRow rows[] = {{"first join with 0", 0, 0, 0, true},
                             {"first join with 1", 0, 0, 1, true},
                             {"first join far ahead", 0, 0, 65535, true},
                             {"0 again", 0, 1, 0, false},
                             {"1 after 0", 0, 1, 1, true},
                             {"equal", 7, 3, 7, false},
                             {"smaller", 7, 3, 6, false},
                             {"greater", 7, 3, 8, true},
                             {"0 after more", 7, 3, 0, false},
                             {"last one used up", 65535, 9, 65535, false}};
  for (const auto version : {MacVersion::v1_0_4, MacVersion::v1_1}) {
    for (const auto& row : rows) {
      const DevNonceHistory history{
          {}, DevNonce{row.last_dev_nonce}, JoinNonce{row.last_join_nonce}};
      const auto next = next_nonces(history, DevNonce{row.dev_nonce}, {.mac_version = version});
      ASSERT_EQ(next.has_value(), row.fresh) << row.name;
      if (!row.fresh) {
        EXPECT_TRUE(next.error().is(dev_nonce_too_small)) << row.name;
        continue;
      }
      EXPECT_EQ(next->last_dev_nonce, DevNonce{row.dev_nonce});
      EXPECT_EQ(next->last_join_nonce, JoinNonce{row.last_join_nonce + 1});
    }
  }
}

TEST(NextNonces, AResettingDeviceMayGoBackAndTheValueBecomesTheLast) {
  const DevNonceHistory history{{}, DevNonce{500}, JoinNonce{3}};
  const auto next = next_nonces(history, DevNonce{2}, counted_resetting);
  EXPECT_EQ(*next, (DevNonceHistory{nonces({2}), DevNonce{2}, JoinNonce{4}}));
}

TEST(NextNonces, ARandomOneIsNotFreshWhenTheDeviceCountsLater) {
  auto history = next_nonces({}, DevNonce{500}, random_rules).value();
  history = next_nonces(history, DevNonce{9}, counted).value();
  EXPECT_TRUE(next_nonces(history, DevNonce{500}, counted).error().is(reuse_dev_nonce));
  EXPECT_TRUE(next_nonces(history, DevNonce{9}, counted).error().is(dev_nonce_too_small));
  EXPECT_TRUE(next_nonces(history, DevNonce{501}, counted));
  EXPECT_TRUE(next_nonces(history, DevNonce{500}, counted_resetting));
}

TEST(NextNonces, ACountedOneIsNotFreshWhenTheDeviceCountsNoMore) {
  auto history = next_nonces({}, DevNonce{0}, counted).value();
  history = next_nonces(history, DevNonce{7}, counted).value();
  EXPECT_EQ(history.used_dev_nonces, nonces({0, 7}));
  for (const std::uint16_t used : {0, 7})
    EXPECT_TRUE(next_nonces(history, DevNonce{used}, random_rules).error().is(reuse_dev_nonce));
  // Of a record from before counted ones were listed, the last is known.
  history.used_dev_nonces.clear();
  EXPECT_TRUE(next_nonces(history, DevNonce{7}, random_rules).error().is(reuse_dev_nonce));
  EXPECT_TRUE(next_nonces(history, DevNonce{7}, random_resetting));
  const auto next = next_nonces(history, DevNonce{3}, random_rules).value();
  EXPECT_EQ(next.last_dev_nonce, DevNonce{7}) << "random ones do not move the counter";
}

TEST(NextNonces, Before104RecentOnesAreNotFresh) {
  DevNonceHistory history;
  for (std::uint16_t nonce = 100; nonce < 110; ++nonce) {
    history = next_nonces(history, DevNonce{nonce}, random_rules).value();
  }
  EXPECT_EQ(history.used_dev_nonces.size(), 10U);
  for (std::uint16_t nonce = 100; nonce < 110; ++nonce) {
    EXPECT_TRUE(next_nonces(history, DevNonce{nonce}, random_rules).error().is(reuse_dev_nonce));
  }
  history = next_nonces(history, DevNonce{7}, random_rules).value();
  EXPECT_EQ(history.used_dev_nonces, nonces({101, 102, 103, 104, 105, 106, 107, 108, 109, 7}));
  EXPECT_EQ(history.last_join_nonce, JoinNonce{11});
}

TEST(NextNonces, Before104AForgottenOneIsFreshAgain) {
  const DevNonceHistory history{nonces({1, 2}), DevNonce{0}, JoinNonce{9}};
  auto rules = random_rules;
  rules.dev_nonce_limit = 2;
  const auto next = next_nonces(history, DevNonce{3}, rules).value();
  EXPECT_TRUE(next_nonces(next, DevNonce{1}, rules));
}

TEST(NextNonces, AResettingDeviceMayRepeatAndIsRememberedOnce) {
  const DevNonceHistory history{nonces({1, 2, 3}), DevNonce{0}, JoinNonce{3}};
  EXPECT_EQ(next_nonces(history, DevNonce{2}, random_resetting)->used_dev_nonces,
            nonces({1, 3, 2}));
}

TEST(NextNonces, ALoweredLimitForgetsTheOldest) {
  const DevNonceHistory history{nonces({1, 2, 3, 4}), DevNonce{0}, JoinNonce{4}};
  auto rules = random_rules;
  rules.dev_nonce_limit = 2;
  EXPECT_EQ(next_nonces(history, DevNonce{9}, rules)->used_dev_nonces, nonces({4, 9}));
}

TEST(NextNonces, JoinNonceNeverRepeatsAndNeverExceeds24Bits) {
  DevNonceHistory history;
  history.last_join_nonce = JoinNonce{join_nonce_max - 1};
  const auto next = next_nonces(history, DevNonce{1}, counted);
  EXPECT_EQ(next->last_join_nonce, JoinNonce{join_nonce_max});
  EXPECT_TRUE(next_nonces(*next, DevNonce{2}, counted).error().is(join_nonce_too_high));
  EXPECT_TRUE(next_nonces(*next, DevNonce{2}, counted_resetting).error().is(join_nonce_too_high));
}

TEST(NextNonces, ANonceErrorComesBeforeAnExhaustedJoinNonce) {
  const DevNonceHistory history{{}, DevNonce{5}, JoinNonce{join_nonce_max}, {}};
  EXPECT_TRUE(next_nonces(history, DevNonce{5}, counted).error().is(dev_nonce_too_small));
}

phy::RejoinRequest rejoin(phy::RejoinType type, std::uint16_t count) {
  return {.type = type, .net_id = {}, .join_eui = {}, .dev_eui = {}, .rejoin_count = count};
}

TEST(NextNonces, ARejoinOfType1NeedsARisingCounterThatMayBeginWith0) {
  constexpr auto full = phy::RejoinType::full_context;
  const auto first = next_nonces({}, rejoin(full, 0)).value();
  EXPECT_EQ(first.last_rj_count_1, std::uint16_t{0});
  EXPECT_EQ(first.last_join_nonce, JoinNonce{1});
  EXPECT_TRUE(next_nonces(first, rejoin(full, 0)).error().is(rj_count_too_small));
  const auto second = next_nonces(first, rejoin(full, 7)).value();
  EXPECT_EQ(second.last_join_nonce, JoinNonce{2});
  EXPECT_TRUE(next_nonces(second, rejoin(full, 6)).error().is(rj_count_too_small));
}

TEST(NextNonces, RejoinsOfOtherTypesAndJoinsLeaveTheCounterOfType1) {
  DevNonceHistory history;
  history.last_rj_count_1 = 7;
  for (const auto type : {phy::RejoinType::restore, phy::RejoinType::rekey}) {
    history = next_nonces(history, rejoin(type, 0)).value();
    EXPECT_EQ(history.last_rj_count_1, std::uint16_t{7});
  }
  EXPECT_EQ(history.last_join_nonce, JoinNonce{2});
  EXPECT_EQ(next_nonces(history, DevNonce{9}, counted)->last_rj_count_1, std::uint16_t{7});
  history.last_join_nonce = JoinNonce{join_nonce_max};
  const auto exhausted = next_nonces(history, rejoin(phy::RejoinType::rekey, 1));
  EXPECT_TRUE(exhausted.error().is(join_nonce_too_high));
}

}  // namespace
}  // namespace ff::join
