#include "actors/network_server/session/queue_rows.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "protocol/base/random.hpp"
#include "storage/codec/envelope.hpp"
#include "test/actors/network_server/session/stored_queue.hpp"

namespace ff::network_server {
namespace {

using test::StoredQueue;

const storage::DeviceKey device_key{storage::Shard{1}, {ApplicationId("app"), DeviceId("dev")}};

ApplicationDownlink item(std::uint32_t f_cnt) {
  return {.session_key_id = {1}, .f_port = FPort{2}, .f_cnt = FCnt32{f_cnt}, .frm_payload = {7}};
}

/// With both sessions, without items.
Device no_items() {
  Device device;
  device.session.emplace();
  device.pending_session.emplace();
  return device;
}

Queues read(const StoredQueue& stored, Device device = no_items()) {
  EXPECT_TRUE(add_queue_rows(stored.rows(), device));
  return queues_of(&device);
}

std::size_t put(const Queues& before, const Queues& after, StoredQueue& stored) {
  storage::WriteBatch batch;
  put_queue_changes(device_key, before, after, batch);
  stored.apply(batch);
  return batch.count();
}

// ON-DISK
TEST(QueueRows, HaveTheirGoldenBytes) {
  StoredQueue stored;
  put({}, {{item(300)}, {item(5)}}, stored);
  const auto rows = stored.rows();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(hex_lower(rows[0].first), "000161707000016465760001000000000000012d");
  EXPECT_EQ(hex_lower(rows[0].second), "010a0101100218ac02220107");
  EXPECT_EQ(hex_lower(rows[1].first), "0001617070000164657600010000000100000006");
}

TEST(QueueRows, AStepWritesWhatItAddsOrTakesAlone) {
  StoredQueue stored;
  Queues before;
  for (std::uint32_t i = 0; i < 1000; ++i) before.current.push_back(item(i));
  EXPECT_EQ(put({}, before, stored), 1000U);
  auto after = before;
  EXPECT_EQ(put(before, after, stored), 0U);
  after.current.pop_front();
  EXPECT_EQ(put(before, after, stored), 1U);
  before = after;
  after.current.push_back(item(1000));
  after.current.pop_front();
  EXPECT_EQ(put(before, after, stored), 2U);
  EXPECT_EQ(read(stored).current, after.current);
}

TEST(QueueRows, APromotedSessionTakesItsItemsAlong) {
  StoredQueue stored;
  const Queues before{{item(9), item(10)}, {item(1)}};
  put({}, before, stored);
  const Queues after{before.pending, {}};
  put(before, after, stored);
  const auto now_is = read(stored);
  EXPECT_EQ(now_is.current, after.current);
  EXPECT_TRUE(now_is.pending.empty());
  EXPECT_EQ(stored.rows().size(), 1U);
}

/// Queues that are replaced number their items as those before them.
TEST(QueueRows, AnItemInThePlaceOfAnotherIsWritten) {
  StoredQueue stored;
  const Queues before{{item(1), item(2)}, {}};
  put({}, before, stored);
  auto other = item(1);
  other.frm_payload = {8, 8};
  const Queues after{{other}, {}};
  put(before, after, stored);
  EXPECT_EQ(read(stored).current, after.current);
}

// Property: whatever changes, the rows say it.
TEST(QueueRows, AreTheQueues) {
  const auto random = make_seeded_random(3);
  const auto below = [&](std::uint64_t bound) { return random->below(bound); };
  StoredQueue stored;
  Queues before;
  std::uint32_t f_cnt = 0;
  for (int step = 0; step < 3000; ++step) {
    auto after = before;
    auto& queue = below(2) == 0 ? after.current : after.pending;
    for (auto i = below(4); i > 0; --i) queue.push_back(item(++f_cnt));
    for (auto i = below(4); i > 0 && !queue.empty(); --i) queue.pop_front();
    if (below(20) == 0) after = {after.pending, {}};
    if (below(20) == 0) queue.clear();
    put(before, after, stored);
    const auto now_is = read(stored);
    ASSERT_EQ(now_is.current, after.current);
    ASSERT_EQ(now_is.pending, after.pending);
    ASSERT_EQ(stored.rows().size(), after.current.size() + after.pending.size());
    before = below(2) == 0 ? after : now_is;  // as after a restart
  }
}

TEST(QueueRows, DamagedRowsAreErrorsAndTheMarkOfAWaitingDeviceIsNone) {
  auto device = no_items();
  EXPECT_TRUE(add_queue_rows({{storage::waiting_device_key(device_key), {}}}, device));
  EXPECT_TRUE(queues_of(&device).current.empty());
  const auto key = storage::downlink_queue_key({device_key, storage::QueuePosition{4}});
  EXPECT_FALSE(add_queue_rows({{{1, 2}, {}}}, device));
  EXPECT_FALSE(add_queue_rows({{key, {}}}, device));
  EXPECT_FALSE(add_queue_rows({{key, storage::seal(1, Bytes{0xff})}}, device));
  EXPECT_FALSE(add_queue_rows({{key, storage::seal(2, {})}}, device));
}

TEST(QueueRows, OfASessionThatIsNotThereAreLeftOut) {
  StoredQueue stored;
  put({}, {{item(1)}, {item(2)}}, stored);
  Device device;
  device.session.emplace();
  const auto queues = read(stored, device);
  EXPECT_EQ(queues.current.size(), 1U);
  EXPECT_TRUE(queues.pending.empty());
}

}  // namespace
}  // namespace ff::network_server
