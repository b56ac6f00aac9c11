#include "actors/roaming/ledger.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "storage/engine/memory_engine.hpp"

namespace ff::roaming {
namespace {

constexpr NetId net_id{0x13};
constexpr Account up{net_id, Role::forwarded, Way::up};
constexpr Account down{net_id, Role::accepted, Way::down};
/// Midnight, UTC.
const UtcTime start = *parse_rfc3339("2025-02-11T00:00:00Z");

std::vector<config::RoamingPartner> partners() {
  config::RoamingPartner out;
  out.net_id = net_id;
  out.forward.limits = {.uplinks_per_minute = 2, .uplinks_per_day = 3};
  out.accept.limits = {.downlinks_per_minute = 1};
  return {out};
}

TEST(Ledger, AMinutesLimitHoldsUntilTheMinuteIsOver) {
  Ledger ledger(partners());
  const auto time = start + std::chrono::seconds{20};
  EXPECT_FALSE(ledger.refusal(up, time));
  EXPECT_FALSE(ledger.refusal(up, time));
  EXPECT_EQ(ledger.refusal(up, time), std::chrono::seconds{40});
  EXPECT_FALSE(ledger.refusal(down, time)) << "each account has its own";
  EXPECT_EQ(ledger.refusal(down, time), std::chrono::seconds{40});
  EXPECT_FALSE(ledger.refusal(up, start + std::chrono::seconds{60}));
}

TEST(Ledger, ADaysLimitHoldsUntilMidnight) {
  Ledger ledger(partners());
  for (int minute = 0; minute < 3; ++minute)
    EXPECT_FALSE(ledger.refusal(up, start + std::chrono::minutes{minute}));
  const auto noon = start + std::chrono::hours{12};
  EXPECT_EQ(ledger.refusal(up, noon), std::chrono::hours{12});
  EXPECT_FALSE(ledger.refusal(up, start + std::chrono::hours{24}));
}

/// Whoever sends frames in the name of a partner's devices must not use up its day.
TEST(Ledger, WhatIsNotCarriedCountsAgainstTheMinuteAlone) {
  Ledger ledger(partners());
  storage::WriteBatch batch;
  UtcTime at = start;
  for (int minute = 0; minute < 60; ++minute) {
    at = start + std::chrono::minutes{minute};
    for (int i = 0; i < 2; ++i) {
      EXPECT_FALSE(ledger.refusal(up, at));
      ledger.give_back(up, at);
    }
    EXPECT_TRUE(ledger.refusal(up, at)) << "the minute's limit";
  }
  for (int i = 0; i < 3; ++i) {
    at += std::chrono::minutes{1};
    EXPECT_FALSE(ledger.refusal(up, at));
    ledger.rate(up, {20, Duration{0}}, at, batch);
    ledger.give_back(up, at);
  }
  at += std::chrono::minutes{1};
  EXPECT_TRUE(ledger.refusal(up, at)) << "what was carried is not given back";
  // Of yesterday.
  const auto tomorrow = start + std::chrono::hours{24};
  EXPECT_FALSE(ledger.refusal(up, tomorrow));
  ledger.give_back(down, tomorrow);
  ledger.give_back(up, tomorrow - std::chrono::hours{1});
  EXPECT_FALSE(ledger.refusal(up, tomorrow));
}

TEST(Ledger, WithoutALimitThereIsNone) {
  Ledger ledger(partners());
  const Account unlimited{net_id, Role::accepted, Way::up};
  for (int i = 0; i < 10'000; ++i) ASSERT_FALSE(ledger.refusal(unlimited, start));
}

TEST(Ledger, RecordsAreByDayAndOutliveARestart) {
  storage::MemoryEngine engine;
  Ledger ledger(partners());
  const auto carry = [&](UtcTime at) {
    ASSERT_FALSE(ledger.refusal(up, at));
    storage::WriteBatch batch;
    ledger.rate(up, {20, std::chrono::milliseconds{50}}, at, batch);
    ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  };
  carry(start - std::chrono::hours{1});
  carry(start);
  carry(start + std::chrono::hours{1});
  const std::vector<RatedRecord> expected{
      {up, start - std::chrono::hours{24}, {1, 20, std::chrono::milliseconds{50}, 0}},
      {up, start, {2, 40, std::chrono::milliseconds{100}, 0}}};
  EXPECT_EQ(ledger.records(), expected);

  Ledger again(partners());
  ASSERT_TRUE(again.load(engine, start + std::chrono::hours{2}));
  EXPECT_EQ(again.records(), expected);
  EXPECT_FALSE(again.refusal(up, start + std::chrono::hours{2})) << "two of three were used";
  EXPECT_TRUE(again.refusal(up, start + std::chrono::hours{3}));
}

TEST(Ledger, OldDaysAreNotKept) {
  Ledger ledger(partners());
  storage::WriteBatch batch;
  ledger.rate(up, {20, Duration{0}}, start, batch);
  ledger.rate(up, {20, Duration{0}}, start + (days_kept + 1) * std::chrono::hours{24}, batch);
  EXPECT_EQ(ledger.records().size(), 1U);
}

std::size_t stored_rows(const storage::Reader& store) {
  std::size_t out = 0;
  const storage::Scan scan{.family = storage::Family::series, .range = {}};
  EXPECT_TRUE(store.scan(scan, [&](ByteView, ByteView) { return ++out > 0; }));
  return out;
}

TEST(Ledger, OldDaysAreDeletedAlsoOfThoseThatAreNoPartnersAnyMore) {
  storage::MemoryEngine engine;
  const Account gone{NetId{0x99}, Role::accepted, Way::up};
  const auto carry = [&](Ledger& ledger, const Account& account, UtcTime at) {
    storage::WriteBatch batch;
    ledger.rate(account, {20, Duration{0}}, at, batch);
    ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  };
  Ledger before(partners());
  carry(before, gone, start);
  carry(before, up, start);
  carry(before, gone, start + std::chrono::hours{24});
  EXPECT_EQ(stored_rows(engine), 3U);

  const auto later = start + (days_kept + 1) * std::chrono::hours{24};
  Ledger ledger(partners());
  ASSERT_TRUE(ledger.load(engine, later));
  ASSERT_EQ(ledger.records().size(), 1U) << "the last bill of a network that is gone";
  EXPECT_EQ(ledger.records()[0].account, gone);
  carry(ledger, up, later);
  EXPECT_EQ(stored_rows(engine), 2U);
  EXPECT_EQ(ledger.records().size(), 2U);
}

TEST(Ledger, RefusalsAreStoredWithoutACarriedFrame) {
  storage::MemoryEngine engine;
  Ledger ledger(partners());
  for (int i = 0; i < 4; ++i) static_cast<void>(ledger.refusal(up, start));
  EXPECT_TRUE(ledger.has_unstored());
  storage::WriteBatch batch;
  ledger.store_refusals(batch);
  EXPECT_FALSE(ledger.has_unstored());
  ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  Ledger again(partners());
  ASSERT_TRUE(again.load(engine, start));
  ASSERT_EQ(again.records().size(), 1U);
  EXPECT_EQ(again.records()[0].tally.refused, 2U);
}

TEST(Ledger, ASeriesIsReadAsItIsWritten) {
  for (const auto& account : {up, down}) EXPECT_EQ(parse_series(series_of(account)), account);
  for (const auto* other : {"", "roaming/", "roaming/000013", "roaming/000013/forwarded/upwards",
                            "traffic/000013/forwarded/up"})
    EXPECT_FALSE(parse_series(other)) << other;
}

TEST(TallyRecord, IsTheGoldenBytes) {
  const Tally tally{3, 60, std::chrono::milliseconds{150}, 2};
  const auto row = encode_tally(tally);
  EXPECT_EQ(hex_lower(row), "010803103c1880c6868f012002");
  const auto decoded = decode_tally(row);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, tally);
  EXPECT_FALSE(decode_tally({}));
  EXPECT_FALSE(decode_tally(Bytes{1, 0x08}));
  EXPECT_EQ(series_of(up), "roaming/000013/forwarded/up");
}

}  // namespace
}  // namespace ff::roaming
