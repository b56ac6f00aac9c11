#include "actors/application_server/mqtt_session/record.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"

namespace ff::application_server::mqtt_session {
namespace {

using storage::OutboxSequence;
using storage::Shard;

const SessionRecord full{
    .subscriptions = {{"devices/+/up",
                       mqtt::QoS::at_least_once,
                       7,
                       {{Shard{3}, OutboxSequence{300}}, {Shard{0}, OutboxSequence{1}}}},
                      {"#", mqtt::QoS::at_most_once, 0, {}}},
    .expiry = 3600,
    .expires_at = UtcTime{std::chrono::seconds{1}},
    .unreleased = {5, 6},
    .shared = {{"$share/g/#", mqtt::QoS::at_least_once, 0, {}}}};

TEST(MqttSessionRecord, TheBytesOnDiskDoNotChange) {
  const auto row = encode_session(full);
  EXPECT_EQ(hex_lower(row),
            "01"
            "0a1d0a0c646576696365732f2b2f7570100118072205080310ac02"
            "22021001"
            "0a030a0123"
            "10901c"
            "1880a8d6b907"
            "20052006"
            "2a0e0a0a2473686172652f672f231001");
  EXPECT_EQ(*decode_session(row), full);
}

TEST(MqttSessionRecord, AnEmptyRecordIsOne) {
  EXPECT_EQ(*decode_session(encode_session({})), SessionRecord{});
}

TEST(MqttSessionRecord, OtherBytesAreErrors) {
  for (const auto* bytes : {"", "00", "02", "010a05", "010affffffffff"})
    EXPECT_FALSE(decode_session(*parse_hex(bytes))) << bytes;
}

TEST(MqttSessionRecord, KeysNameApplicationAndClient) {
  const SessionKey key{ApplicationId("app-a"), std::string("a\0b", 3)};
  const auto row_key = session_row_key(key);
  EXPECT_EQ(hex_lower(row_key), "1c6170702d6100016100ff620001");
  EXPECT_EQ(*parse_session_row_key(row_key), key);
  const auto range = session_rows();
  EXPECT_TRUE(range.first <= row_key && row_key < range.last);
  EXPECT_FALSE(parse_session_row_key(*parse_hex("036170702d610001")));
  EXPECT_FALSE(parse_session_row_key({}));
}

TEST(MqttSessionRecord, ErasingASessionErasesItsCursors) {
  const SessionKey key{ApplicationId("app-a"), "c1"};
  const auto shards = *storage::ShardCount::make(2);
  storage::WriteBatch batch;
  put_cursor(batch, key, Shard{1}, OutboxSequence{9});
  erase_session(batch, key, shards);
  std::vector<std::string> changes;
  for (const auto& change : batch) {
    changes.push_back(std::string(storage::to_string(change.family)) + ' ' +
                      std::to_string(static_cast<int>(change.change)) + ' ' +
                      hex_lower(change.key));
  }
  // … | application | `mqtt/c1`
  EXPECT_EQ(changes, (std::vector<std::string>{"cursor 1 00016170702d6100016d7174742f63310001",
                                               "entity 2 1c6170702d61000163310001",
                                               "cursor 2 00006170702d6100016d7174742f63310001",
                                               "cursor 2 00016170702d6100016d7174742f63310001"}));
}

}  // namespace
}  // namespace ff::application_server::mqtt_session
