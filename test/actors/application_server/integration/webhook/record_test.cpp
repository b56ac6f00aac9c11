#include "actors/application_server/integration/webhook/record.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"

namespace ff::application_server::webhook {
namespace {

using storage::OutboxSequence;
using storage::Shard;

const UtcTime one_second{std::chrono::seconds{1}};
const WebhookKey key{ApplicationId("app-a"), "hook-1"};

const Webhook webhook{.base_url = "https://x",
                      .headers = {{"A", "b"}, {"E", ""}},
                      .format = Format::protobuf,
                      .template_id = "tpl",
                      .template_fields = {{"f", "v"}},
                      .downlink_api_key = "K",
                      .paths = {{UpKind::uplink, "/up"}, {UpKind::join, ""}},
                      .field_mask = {"up.join_accept"},
                      .paused = true,
                      .created_at = one_second,
                      .updated_at = one_second};
const FailureNote note{"ns", "name", "text", Code::unavailable, {{"status_code", "500"}}};
const DeliveryRecord delivery{.health = {Health::State::unhealthy, 3, one_second, note},
                              .replay = Replay{2,
                                               DeviceId("dev-a"),
                                               one_second,
                                               one_second,
                                               {{Shard{1}, OutboxSequence{5}, OutboxSequence{9}}},
                                               one_second},
                              .replays = 2};
const DeadLetter letter{.shard = Shard{1},
                        .sequence = OutboxSequence{7},
                        .kind = UpKind::join,
                        .device_id = DeviceId("dev-a"),
                        .received_at = one_second,
                        .body = {0x7b, 0x7d},
                        .attempts = 7,
                        .failed_at = one_second,
                        .reason = note};

TEST(WebhookRecord, TheBytesOnDiskDoNotChange) {
  EXPECT_EQ(hex_lower(encode_webhook(webhook)),
            "01"
            "0a0968747470733a2f2f78"
            "12060a0141120162"
            "12030a0145"
            "1802"
            "220374706c"
            "2a060a0166120176"
            "32014b"
            "3a0708011203"
            "2f7570"
            "3a020802"
            "420e75702e6a6f696e5f616363657074"
            "4801"
            "5080a8d6b907"
            "5880a8d6b907");
  EXPECT_EQ(*decode_webhook(encode_webhook(webhook)), webhook);
  EXPECT_EQ(*decode_delivery(encode_delivery(delivery)), delivery);
  EXPECT_EQ(*decode_dead_letter(encode_dead_letter(letter)), letter);
}

TEST(WebhookRecord, EmptyRecordsAreRecords) {
  EXPECT_EQ(*decode_delivery(encode_delivery({})), DeliveryRecord{});
  EXPECT_TRUE(decode_webhook(encode_webhook({})));
}

TEST(WebhookRecord, OtherBytesAreErrors) {
  for (const auto* bytes : {"", "00", "02", "010a05", "010affffffffff"}) {
    EXPECT_FALSE(decode_webhook(*parse_hex(bytes))) << bytes;
    EXPECT_FALSE(decode_delivery(*parse_hex(bytes))) << bytes;
    EXPECT_FALSE(decode_dead_letter(*parse_hex(bytes))) << bytes;
  }
}

TEST(WebhookRecord, KeysNameApplicationAndWebhook) {
  const auto row = webhook_row_key(key);
  EXPECT_EQ(hex_lower(row), "136170702d610001686f6f6b2d310001");
  EXPECT_EQ(*parse_webhook_row_key(row), key);
  EXPECT_EQ(*parse_webhook_row_key(delivery_row_key(key)), key);
  EXPECT_TRUE(webhook_rows().first <= row && row < webhook_rows().last);
  EXPECT_FALSE(parse_webhook_row_key(dead_letter_key(key, 1)));
  EXPECT_FALSE(parse_webhook_row_key({}));
}

TEST(WebhookRecord, DeadLettersSortByNumber) {
  EXPECT_LT(dead_letter_key(key, 9), dead_letter_key(key, 10));
  EXPECT_EQ(*parse_dead_letter_key(dead_letter_key(key, 18446744073709551615ULL)),
            18446744073709551615ULL);
  EXPECT_FALSE(parse_dead_letter_key(webhook_row_key(key)));
  const auto range = dead_letter_rows(key);
  EXPECT_TRUE(range.first < dead_letter_key(key, 0) && dead_letter_key(key, 99) < range.last);
  EXPECT_FALSE(range.first <= dead_letter_key({key.application_id, "hook-10"}, 1) &&
               dead_letter_key({key.application_id, "hook-10"}, 1) < range.last);
}

TEST(WebhookRecord, AnErrorIsNotedWithItsAttributes) {
  static constexpr ErrorDef def{"ns", "name", Code::unavailable, "of {what}"};
  const auto noted = note_of(Error(def, {{"what", "it"}, {"count", 3}}));
  EXPECT_EQ(noted.message, "of it");
  EXPECT_EQ(noted.attributes, (std::map<std::string, std::string>{{"count", "3"}, {"what", "it"}}));
}

}  // namespace
}  // namespace ff::application_server::webhook
