#include "actors/application_server/integration/pubsub/record.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"

namespace ff::application_server::pubsub {
namespace {

const UtcTime one_second{std::chrono::seconds{1}};
const PubSubKey key{ApplicationId("app-a"), "pubsub-1"};

const PubSub mqtt{.format = Format::json,
                  .provider = Provider::mqtt,
                  .mqtt = {.server_url = "mqtt://x",
                           .client_id = "c",
                           .username = "u",
                           .password = "p",
                           .subscribe_qos = 1,
                           .publish_qos = 2,
                           .use_tls = true,
                           .tls_ca = "A",
                           .tls_client_cert = "C",
                           .tls_client_key = "K",
                           .headers = {{"H", "v"}}},
                  .base_topic = "base",
                  .downlink_push = "push",
                  .downlink_replace = "",
                  .topics = {{UpKind::uplink, "up"}, {UpKind::join, ""}},
                  .created_at = one_second,
                  .updated_at = one_second};
const PubSub nats{.format = Format::protobuf,
                  .provider = Provider::nats,
                  .nats_server_url = "nats://x",
                  .topics = {{UpKind::uplink, "up"}}};

TEST(PubSubRecord, TheBytesOnDiskDoNotChange) {
  EXPECT_EQ(hex_lower(encode_pubsub(mqtt)),
            "01"
            "0801"
            "1002"
            "222a"
            "0a086d7174743a2f2f78"
            "120163"
            "1a0175"
            "220170"
            "2801"
            "3002"
            "3801"
            "420141"
            "4a0143"
            "52014b"
            "5a060a0148120176"
            "2a0462617365"
            "320470757368"
            "3a00"
            "42060801120275"
            "70"
            "42020802"
            "4880a8d6b907"
            "5080a8d6b907");
}

TEST(PubSubRecord, ComesBackAsItWas) {
  for (const auto& one : {mqtt, nats}) EXPECT_EQ(*decode_pubsub(encode_pubsub(one)), one);
  EXPECT_FALSE(decode_pubsub({}));
  auto cut = encode_pubsub(mqtt);
  cut.resize(cut.size() / 2);
  EXPECT_FALSE(decode_pubsub(cut));
}

TEST(PubSubRecord, KeysAreFoundByTheirRange) {
  const auto row = pubsub_row_key(key);
  const auto range = pubsub_rows();
  EXPECT_TRUE(range.first <= row && row < range.last);
  EXPECT_EQ(*parse_pubsub_row_key(row), key);
  EXPECT_FALSE(parse_pubsub_row_key({}));
  EXPECT_EQ(consumer_of(key).name, "pubsub/pubsub-1");
}

}  // namespace
}  // namespace ff::application_server::pubsub
