#include "actors/application_server/integration/walk.hpp"

#include <gtest/gtest.h>

#include "actors/application_server/integration/cursors.hpp"
#include "actors/application_server/outbox/messages.hpp"

namespace ff::application_server::integration {
namespace {

using storage::OutboxSequence;
using storage::Shard;

const ApplicationId app{"app-a"};
const Shard zero{0};
const Shard one{1};

UpPublished up(Shard shard, std::uint64_t sequence, bool readable = true) {
  return {app, shard, OutboxSequence{sequence},
          readable ? std::make_shared<const OutboxMessage>() : nullptr};
}

TEST(Walk, ReadsWhatIsBehindOneShardAfterTheOther) {
  Walk walk({OutboxSequence{3}, OutboxSequence{0}});
  EXPECT_FALSE(walk.begin_reading());
  walk.note(zero, OutboxSequence{5});
  walk.note(one, OutboxSequence{1});
  const auto first = walk.begin_reading();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->shard, zero);
  EXPECT_EQ(first->after, OutboxSequence{3});
  EXPECT_FALSE(walk.begin_reading());
  EXPECT_EQ(walk.read({up(zero, 4), up(zero, 5)}), 0U);
  while (walk.front() != nullptr) {
    walk.pass(*walk.front());
    walk.pop();
  }
  EXPECT_EQ(walk.begin_reading()->shard, one);
  walk.read_failed();
  EXPECT_EQ(walk.begin_reading()->shard, one);
}

TEST(Walk, TakesALiveMessageOnlyIfItIsTheVeryNext) {
  Walk walk({OutboxSequence{3}});
  EXPECT_TRUE(walk.is_next(up(zero, 4)));
  EXPECT_FALSE(walk.is_next(up(zero, 5)));
  EXPECT_FALSE(walk.is_next(up(Shard{7}, 1)));
  walk.note(zero, OutboxSequence{5});
  walk.begin_reading();
  EXPECT_FALSE(walk.is_next(up(zero, 4)));
}

TEST(Walk, ItsCursorStopsBeforeWhatIsNotSettled) {
  Walk walk({OutboxSequence{0}});
  for (std::uint64_t i = 1; i <= 3; ++i) walk.send(up(zero, i), SendToken{i});
  walk.settle(zero, SendToken{2});
  EXPECT_TRUE(walk.dirty().empty());
  EXPECT_FALSE(walk.is_done());
  walk.settle(zero, SendToken{1});
  EXPECT_EQ(walk.feed(zero).cursor(), 2U);
  EXPECT_EQ(walk.dirty(), std::vector{zero});
  walk.written(zero);
  walk.settle(zero, SendToken{3});
  walk.settle(Shard{9}, SendToken{3});
  EXPECT_TRUE(walk.is_done());
}

TEST(Walk, CountsWhatIsGoneAndWhatCanNotBeRead) {
  Walk walk({OutboxSequence{0}});
  walk.note(zero, OutboxSequence{9});
  walk.begin_reading();
  EXPECT_EQ(walk.read({up(zero, 4), up(zero, 5, false)}), 4U);
}

TEST(Cursors, AreOneRowAShardAndGoTogether) {
  storage::WriteBatch batch;
  const Consumer consumer{app, "pubsub/x"};
  put_cursors(batch, consumer, {OutboxSequence{1}, OutboxSequence{2}});
  std::size_t rows = 0;
  for (const auto& change : batch) {
    EXPECT_EQ(*decode_cursor(change.value), OutboxSequence{++rows});
    EXPECT_EQ(change.family, storage::Family::cursor);
  }
  EXPECT_EQ(rows, 2U);
  storage::WriteBatch erased;
  erase_cursors(erased, consumer, *storage::ShardCount::make(2));
  std::size_t gone = 0;
  for (const auto& change : erased) gone += change.change == storage::Change::erase ? 1U : 0U;
  EXPECT_EQ(gone, 2U);
}

}  // namespace
}  // namespace ff::application_server::integration
