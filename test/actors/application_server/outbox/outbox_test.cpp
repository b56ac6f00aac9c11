#include <gtest/gtest.h>

#include <caf/send.hpp>

#include "actors/application_server/outbox/actor.hpp"
#include "actors/application_server/outbox/probe.hpp"
#include "actors/application_server/outbox/record.hpp"
#include "actors/application_server/outbox/scans.hpp"
#include "protocol/base/hex.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::application_server {
namespace {

using storage::Family;
using storage::OutboxSequence;
using storage::Shard;

const ApplicationId app_a("app-a");
const ApplicationId app_b("app-b");

class Outbox : public test::ActorFixture {
 protected:
  void append(Shard shard, const ApplicationId& application, std::uint64_t sequence,
              UtcTime at = {}) {
    storage::WriteBatch batch;
    batch.put(Family::outbox, storage::outbox_key({shard, application, OutboxSequence{sequence}}),
              encode_message(
                  {UpKind::uplink, DeviceId("dev"), at, {static_cast<std::uint8_t>(sequence)}}));
    ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  }
  std::vector<std::uint64_t> sequences(Shard shard, const ApplicationId& application,
                                       std::uint64_t after = 0, std::size_t limit = 100) {
    std::vector<std::uint64_t> out;
    const auto read = read_messages(engine, {application, shard, OutboxSequence{after}, limit, {}});
    for (const auto& message : *read) out.push_back(message.sequence.value());
    return out;
  }
  const Shard zero{0};
  const Shard one{1};
};

TEST_F(Outbox, TheNewestSequencesOfAShardAreFound) {
  EXPECT_TRUE(newest_sequences(engine, zero)->empty());
  append(zero, app_a, 1);
  append(zero, app_a, 300);
  append(zero, app_b, 7);
  append(one, app_b, 9);
  EXPECT_EQ(*newest_sequences(engine, zero),
            (OutboxSequences{{app_a, OutboxSequence{300}}, {app_b, OutboxSequence{7}}}));
}

TEST_F(Outbox, MessagesAreReadBehindAPositionInBatches) {
  for (std::uint64_t i = 1; i <= 5; ++i) append(zero, app_a, i);
  append(zero, app_b, 1);
  EXPECT_EQ(sequences(zero, app_a, 2), (std::vector<std::uint64_t>{3, 4, 5}));
  EXPECT_EQ(sequences(zero, app_a, 0, 2), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_TRUE(sequences(zero, app_a, 5).empty());
}

TEST_F(Outbox, ARottenRowIsAHoleNotAnEnd) {
  append(zero, app_a, 1);
  storage::WriteBatch batch;
  batch.put(Family::outbox, storage::outbox_key({zero, app_a, OutboxSequence{2}}), Bytes{0xFF});
  ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  append(zero, app_a, 3);
  const auto read = read_messages(engine, {app_a, zero, OutboxSequence{0}, 10, {}});
  ASSERT_EQ(read->size(), 3U);
  EXPECT_EQ(read->at(1).message, nullptr);
}

TEST_F(Outbox, AConsumerWithoutCursorBeginsAtTheEnd) {
  const auto shards = *storage::ShardCount::make(2);
  append(zero, app_a, 4);
  append(one, app_a, 8);
  EXPECT_EQ(*find_newest(engine, shards, app_a),
            (std::vector{OutboxSequence{4}, OutboxSequence{8}}));
  EXPECT_EQ(*find_newest(engine, shards, app_b),
            (std::vector{OutboxSequence{0}, OutboxSequence{0}}));
  storage::WriteBatch batch;
  batch.put(Family::cursor, storage::cursor_key({one, app_a, "mqtt/x"}),
            encode_cursor(OutboxSequence{5}));
  ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  EXPECT_EQ(*load_cursors(engine, shards, app_a, "mqtt/x"),
            (std::vector{OutboxSequence{4}, OutboxSequence{5}}));
}

TEST_F(Outbox, ACursorBehindTheEndIsAtTheEnd) {
  const auto shards = *storage::ShardCount::make(2);
  append(zero, app_a, 4);
  storage::WriteBatch batch;
  for (const auto shard : {zero, one}) {
    batch.put(Family::cursor, storage::cursor_key({shard, app_a, "mqtt/x"}),
              encode_cursor(OutboxSequence{9}));
  }
  ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  EXPECT_EQ(*load_cursors(engine, shards, app_a, "mqtt/x"),
            (std::vector{OutboxSequence{4}, OutboxSequence{0}}));
}

TEST_F(Outbox, RowsOfARangeAreReadUpToALimit) {
  for (std::uint64_t i = 1; i <= 3; ++i) append(zero, app_a, i);
  append(zero, app_b, 1);
  const auto range = storage::prefix_range(storage::application_prefix(zero, app_a));
  const auto rows = scan_rows(engine, {Family::outbox, range, 2, {}});
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ(rows->at(1).first, storage::outbox_key({zero, app_a, OutboxSequence{2}}));
  EXPECT_EQ(scan_rows(engine, {Family::outbox, range, 9, {}})->size(), 3U);
}

TEST_F(Outbox, MessagesOfATimeAreFound) {
  const auto at = [](int hour) { return UtcTime{std::chrono::hours{hour}}; };
  for (std::uint64_t i = 5; i <= 20; ++i) append(zero, app_a, i, at(static_cast<int>(i)));
  storage::WriteBatch rotten;
  rotten.put(Family::outbox, storage::outbox_key({zero, app_a, OutboxSequence{12}}), Bytes{0xff});
  ASSERT_TRUE(engine.write(rotten, storage::Durability::sync));
  append(one, app_a, 1, at(100));
  const auto shards = *storage::ShardCount::make(4);
  const auto found = [&](UtcTime after, UtcTime before) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> out;
    const auto parts = find_time(engine, shards, {app_a, after, before, {}});
    for (const auto& part : *parts) out.emplace_back(part.done.value(), part.last.value());
    return out;
  };
  using Parts = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
  EXPECT_EQ(found({}, {}), (Parts{{4, 20}, {0, 1}, {0, 0}, {0, 0}}));
  EXPECT_EQ(found(at(7), at(9)), (Parts{{6, 8}, {0, 0}, {0, 0}, {0, 0}}));
  EXPECT_EQ(found(at(7), at(7)), (Parts{{6, 6}, {0, 0}, {0, 0}, {0, 0}}));
  EXPECT_EQ(found(at(21), {}), (Parts{{20, 20}, {0, 1}, {0, 0}, {0, 0}}));
  EXPECT_EQ(found({}, at(1)), (Parts{{4, 4}, {0, 0}, {0, 0}, {0, 0}}));
  // A hole is on one side or the other.
  EXPECT_LE(found(at(12), {})[0].first, 12U);
  EXPECT_GE(found(at(12), {})[0].first, 11U);
}

TEST_F(Outbox, TheNewestMessageStaysSoThatNumberingGoesOn) {
  const auto old = clock->now().utc - std::chrono::hours{30};
  for (std::uint64_t i = 1; i <= 3; ++i) append(zero, app_a, i, old);
  append(zero, app_b, 1, old);
  const auto step = trim(engine, {}, {clock->now().utc}, 100);
  ASSERT_TRUE(engine.write(step->records, storage::Durability::sync));
  EXPECT_TRUE(step->next.empty());
  EXPECT_EQ(*newest_sequences(engine, zero),
            (OutboxSequences{{app_a, OutboxSequence{3}}, {app_b, OutboxSequence{1}}}));
  EXPECT_EQ(sequences(zero, app_a), (std::vector<std::uint64_t>{3}));
}

TEST_F(Outbox, YoungMessagesStayHoweverManyTheyAre) {
  const auto now = clock->now().utc;
  for (std::uint64_t i = 1; i <= 50; ++i) append(zero, app_a, i, now);
  const auto step = trim(engine, {}, {now - std::chrono::hours{24}}, 100);
  EXPECT_TRUE(step->records.empty());
  EXPECT_EQ(step->early, 0U);
}

TEST_F(Outbox, MessagesThatAreTooManyAreRemovedAndCountedBesideOldOnes) {
  const auto now = clock->now().utc;
  append(zero, app_a, 1, now - std::chrono::hours{30});
  for (std::uint64_t i = 2; i <= 10; ++i) append(zero, app_a, i, now);
  for (std::uint64_t i = 1; i <= 4; ++i) append(zero, app_b, i, now);
  for (std::uint64_t i = 1; i <= 5; ++i) append(one, app_a, i, now);
  // However many rows a step looks at, each message is counted once.
  for (const std::size_t rows : {2U, 3U, 100U}) {
    SCOPED_TRACE(rows);
    storage::MemoryEngine copy;
    ASSERT_TRUE(engine.scan({Family::outbox, {}}, [&](ByteView key, ByteView value) {
      storage::WriteBatch row;
      row.put(Family::outbox, to_owned(key), to_owned(value));
      return bool(copy.write(row, storage::Durability::sync));
    }));
    std::uint64_t early = 0;
    Bytes from;
    do {
      const auto step = trim(copy, from, {now - std::chrono::hours{24}, 4}, rows);
      ASSERT_TRUE(step);
      ASSERT_TRUE(copy.write(step->records, storage::Durability::sync));
      early += step->early;
      from = step->next;
    } while (!from.empty());
    EXPECT_EQ(early, 6U);  // 2 to 6, and 1 of the other shard
    EXPECT_EQ(read_messages(copy, {app_a, zero, {}, 100, {}})->size(), 4U);
    EXPECT_EQ(read_messages(copy, {app_b, zero, {}, 100, {}})->size(), 4U);
    EXPECT_EQ(read_messages(copy, {app_a, one, {}, 100, {}})->front().sequence.value(), 2U);
  }
}

TEST_F(Outbox, WhatIsRemovedEarlyIsInTheMetrics) {
  for (std::uint64_t i = 1; i <= 9; ++i) append(zero, app_a, i, clock->now().utc);
  auto outbox = spawn_outbox(*system, {.store = &engine,
                                       .deps = deps,
                                       .shards = *storage::ShardCount::make(2),
                                       .messages_max = 3,
                                       .trim_interval = std::chrono::seconds{1},
                                       .trim_rows = 4,
                                       .own_thread = false});
  advance(std::chrono::milliseconds{1100});
  EXPECT_EQ(sequences(zero, app_a), (std::vector<std::uint64_t>{7, 8, 9}));
  EXPECT_EQ(OutboxProbe(*deps.metrics).removed_early.Value(), 6);
  caf::anon_send_exit(outbox, caf::exit_reason::user_shutdown);
  run();
}

TEST_F(Outbox, OldMessagesAreRemovedInBoundedSteps) {
  const auto now = clock->now().utc;
  for (std::uint64_t i = 1; i <= 5; ++i) append(zero, app_a, i, now - std::chrono::hours{30});
  append(zero, app_a, 6, now);
  append(zero, app_b, 1, now - std::chrono::hours{25});
  append(one, app_a, 1, now);
  auto outbox = spawn_outbox(*system, {.store = &engine,
                                       .deps = deps,
                                       .shards = *storage::ShardCount::make(2),
                                       .retention = std::chrono::hours{24},
                                       .trim_interval = std::chrono::seconds{1},
                                       .trim_rows = 2,
                                       .own_thread = false});
  advance(std::chrono::milliseconds{1100});
  EXPECT_EQ(sequences(zero, app_a), (std::vector<std::uint64_t>{6}));
  EXPECT_EQ(sequences(zero, app_b), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(sequences(one, app_a), (std::vector<std::uint64_t>{1}));
  caf::anon_send_exit(outbox, caf::exit_reason::user_shutdown);
  run();
}

TEST_F(Outbox, AnErasedApplicationLeavesNothingAndErasesNoEmptyRange) {
  const auto shards = *storage::ShardCount::make(2);
  EXPECT_TRUE(erase_application(engine, shards, app_a)->empty());
  append(zero, app_a, 1);
  append(zero, app_a, 2);
  append(zero, app_b, 1);
  storage::WriteBatch cursor;
  cursor.put(Family::cursor, storage::cursor_key({one, app_a, "hook"}),
             encode_cursor(OutboxSequence{3}));
  ASSERT_TRUE(engine.write(cursor, storage::Durability::sync));

  const auto records = erase_application(engine, shards, app_a);
  EXPECT_EQ(records->count(), 2U);
  ASSERT_TRUE(engine.write(*records, storage::Durability::sync));
  EXPECT_TRUE(sequences(zero, app_a).empty());
  EXPECT_EQ(sequences(zero, app_b), (std::vector<std::uint64_t>{1}));
  EXPECT_FALSE(*engine.get(Family::cursor, storage::cursor_key({one, app_a, "hook"})));
  EXPECT_TRUE(erase_application(engine, shards, app_a)->empty());
}

TEST(OutboxRecord, TheBytesOnDiskDoNotChange) {
  const OutboxMessage message{
      UpKind::join, DeviceId("dev"), UtcTime{std::chrono::seconds{1}}, {'{', '}'}};
  const auto row = encode_message(message);
  EXPECT_EQ(hex_lower(row), "01080212036465761880a8d6b90722027b7d");
  EXPECT_EQ(*decode_message(row), message);
  EXPECT_EQ(hex_lower(encode_cursor(OutboxSequence{258})), "010000000000000102");
}

}  // namespace
}  // namespace ff::application_server
