// The chapter's examples, compact, as the writer must produce them byte for byte. [spec
// message-formats]
#include "protocol/application_json/writer.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "protocol/application_json/text.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/base/hex.hpp"

namespace ff::application_json {
namespace {

UtcTime at(std::string_view text) {
  return *parse_rfc3339(text);
}

DeviceIdentifiers cold_room(std::uint32_t dev_addr) {
  return {.uid = {ApplicationId("food-safety"), DeviceId("cold-room-07")},
          .dev_eui = DevEui{0xA81758FFFE0412BC},
          .join_eui = JoinEui{0xA81758FFFE000001},
          .dev_addr = DevAddr{dev_addr}};
}

const std::string ids_text =
    R"({"device_id":"cold-room-07","application_ids":{"application_id":"food-safety"},)"
    R"("dev_eui":"A81758FFFE0412BC","join_eui":"A81758FFFE000001","dev_addr":"260B91A7"})";

ApplicationUp up(ApplicationUpPayload payload) {
  return {.ids = cold_room(0x260B91A7),
          .correlation_ids = {"as:downlink:01J9W8A0B2C4D6E8F0G2H4J6K8"},
          .received_at = at("2025-02-11T10:02:11.700045901Z"),
          .up = std::move(payload)};
}

std::string enveloped(std::string_view member) {
  return R"({"end_device_ids":)" + ids_text +
         R"(,"correlation_ids":["as:downlink:01J9W8A0B2C4D6E8F0G2H4J6K8"],)"
         R"("received_at":"2025-02-11T10:02:11.700045901Z",)" +
         std::string(member) + "}";
}

ApplicationDownlink downlink() {
  return {.f_port = FPort{15},
          .frm_payload = *base64_decode("NwE="),
          .confirmed = true,
          .priority = TxPriority::normal,
          .correlation_ids = {"as:downlink:01J9W8A0B2C4D6E8F0G2H4J6K8"},
          .confirmed_retry = ConfirmedRetry{4, 3}};
}

const std::string downlink_text =
    R"({"f_port":15,"frm_payload":"NwE=","confirmed":true,"priority":"NORMAL",)"
    R"("correlation_ids":["as:downlink:01J9W8A0B2C4D6E8F0G2H4J6K8"],"confirmed_retry":{"attempt":4,"max_attempts":3}})";

ApplicationUplink uplink() {
  RxMetadata rx{.gateway = {GatewayId("roof-north"), GatewayEui{0x647FDAFFFE01A2B3}},
                .timestamp_us = 2913355771,
                .time = at("2025-02-11T08:31:07.189Z"),
                .gps_time = at("2025-02-11T08:31:07.189Z"),
                .rssi_dbm = -97,
                .channel_rssi_dbm = -97,
                .snr_db = 8.75F,
                .frequency_offset_hz = -412,
                .channel_index = 4,
                .location = Location{51.44083, 5.47791, 31, 0, LocationSource::registry},
                .uplink_token = *base64_decode("ChgKFgoKcm9vZi1ub3J0aBIIZH/a//4BorM="),
                .received_at = at("2025-02-11T08:31:07.203114870Z")};
  return {.session_key_id = *base64_decode("AZT1m0kRvO3xYl0Jp2c8Xw=="),
          .f_port = FPort{2},
          .f_cnt = FCnt32{1841},
          .frm_payload = *base64_decode("AQDrAg4B"),
          .decoded_payload_json = R"({"battery":3.58})",
          .decoded_payload_warnings = {"humidity sensor not fitted"},
          .rx_metadata = {rx},
          .settings = {.data_rate = LoraDataRate{9, 125000, CodingRate::cr4_5},
                       .frequency = Frequency::hz(867300000),
                       .timestamp_us = 2913355771,
                       .time = at("2025-02-11T08:31:07.189Z")},
          .received_at = at("2025-02-11T08:31:07.205933402Z"),
          .confirmed = true,
          .consumed_airtime = std::chrono::microseconds{185344},
          .packet_error_rate = 0.0125F,
          .net_id = NetId{0x13}};
}

TEST(Writer, AnUplinkIsTheChaptersExample) {
  EXPECT_EQ(
      to_json(up(uplink())),
      enveloped(
          R"("uplink_message":{"session_key_id":"AZT1m0kRvO3xYl0Jp2c8Xw==","f_port":2,"f_cnt":1841,"frm_payload":"AQDrAg4B",)"
          R"("decoded_payload":{"battery":3.58},"decoded_payload_warnings":["humidity sensor not fitted"],)"
          R"("rx_metadata":[{"gateway_ids":{"gateway_id":"roof-north","eui":"647FDAFFFE01A2B3"},"time":"2025-02-11T08:31:07.189Z",)"
          R"("timestamp":2913355771,"rssi":-97,"channel_rssi":-97,"snr":8.75,"frequency_offset":"-412",)"
          R"("location":{"latitude":51.44083,"longitude":5.47791,"altitude":31,"source":"SOURCE_REGISTRY"},)"
          R"("uplink_token":"ChgKFgoKcm9vZi1ub3J0aBIIZH/a//4BorM=","channel_index":4,"gps_time":"2025-02-11T08:31:07.189Z",)"
          R"("received_at":"2025-02-11T08:31:07.203114870Z"}],)"
          R"("settings":{"data_rate":{"lora":{"bandwidth":125000,"spreading_factor":9,"coding_rate":"4/5"}},)"
          R"("frequency":"867300000","timestamp":2913355771,"time":"2025-02-11T08:31:07.189Z"},)"
          R"("received_at":"2025-02-11T08:31:07.205933402Z","confirmed":true,"consumed_airtime":"0.185344s",)"
          R"("packet_error_rate":0.0125,"network_ids":{"net_id":"000013"}})"));
}

TEST(Writer, MetadataHasWhatOnlyNewConcentratorsMeasure) {
  ApplicationUplink measured{.settings = {.data_rate = FskDataRate{50000}}};
  measured.rx_metadata = {{.gateway = {GatewayId("roof"), {}},
                           .encrypted_fine_timestamp = {1, 2, 3},
                           .encrypted_fine_timestamp_key_id = "7",
                           .hopping_width = 52,
                           .frequency_drift = -31}};
  EXPECT_NE(to_json(up(measured))
                .find(R"("encrypted_fine_timestamp":"AQID","encrypted_fine_timestamp_key_id":"7",)"
                      R"("hopping_width":52,"frequency_drift":-31}])"),
            std::string::npos)
      << to_json(up(measured));
}

TEST(Writer, ARelayIsNamedInItsMetadata) {
  ApplicationUplink relayed{.settings = {.data_rate = FskDataRate{50000}}};
  relayed.rx_metadata = {
      {.gateway = {GatewayId("relay"), {}}, .relay = RelayMetadata{DeviceId("relay-1"), 1}}};
  EXPECT_NE(
      to_json(up(relayed))
          .find(R"("relay":{"device_id":"relay-1","wor_channel":"RELAY_WOR_CHANNEL_SECONDARY"}}])"),
      std::string::npos);
  relayed.rx_metadata[0].relay->wor_channel = 0;
  EXPECT_NE(to_json(up(relayed)).find(R"("relay":{"device_id":"relay-1"}}])"), std::string::npos);
}

TEST(Writer, ZeroesAreLeftOutOfAnUplink) {
  const ApplicationUplink empty{.settings = {.data_rate = FskDataRate{50000}}};
  EXPECT_EQ(to_json(up(empty)),
            enveloped(R"("uplink_message":{"settings":{"data_rate":{"fsk":{"bit_rate":50000}}},)"
                      R"("network_ids":{"net_id":"000000"}})"));
}

TEST(Writer, AnEncryptedUplinkCarriesItsKey) {
  ApplicationUplink skipped{
      .settings = {.data_rate = LrFhssDataRate{137000, CodingRate::cr2_3, 0}},
      .app_s_key = KeyEnvelope{{}, "customer-kek-1", *base64_decode("p0m1AA==")},
      .last_a_f_cnt_down = FCnt32{12}};
  EXPECT_EQ(
      to_json(up(skipped)),
      enveloped(
          R"("uplink_message":{"settings":{"data_rate":{"lrfhss":{"operating_channel_width":137000,"coding_rate":"2/3"}}},)"
          R"("app_s_key":{"kek_label":"customer-kek-1","encrypted_key":"p0m1AA=="},"last_a_f_cnt_down":12,)"
          R"("network_ids":{"net_id":"000000"}})"));
  skipped.app_s_key =
      KeyEnvelope{Aes128Key::from(*parse_hex("00112233445566778899aabbccddeeff")), {}, {}};
  EXPECT_NE(to_json(up(skipped)).find(R"("app_s_key":{"key":"00112233445566778899AABBCCDDEEFF"})"),
            std::string::npos);
}

TEST(Writer, AJoinAcceptIsTheChaptersExample) {
  const ApplicationJoinAccept accept{.session_key_id = *base64_decode("AZT1wXKqf7WmJ0o3m8Xh1A=="),
                                     .received_at = at("2025-02-11T09:12:39.551870213Z")};
  EXPECT_EQ(to_json(up(accept)),
            enveloped(R"("join_accept":{"session_key_id":"AZT1wXKqf7WmJ0o3m8Xh1A==",)"
                      R"("received_at":"2025-02-11T09:12:39.551870213Z"})"));
}

TEST(Writer, EveryDownlinkMessageHasItsName) {
  const std::vector<std::pair<ApplicationUpPayload, std::string>> table = {
      {DownlinkQueued{downlink()}, R"("downlink_queued":)" + downlink_text},
      {DownlinkSent{downlink()}, R"("downlink_sent":)" + downlink_text},
      {DownlinkAcked{downlink()}, R"("downlink_ack":)" + downlink_text},
      {DownlinkNacked{downlink()}, R"("downlink_nack":)" + downlink_text},
      {DownlinkFailed{downlink(), {}}, R"("downlink_failed":{"downlink":)" + downlink_text + "}"},
      {DownlinkQueueInvalidated{
           {downlink()}, FCnt32{22}, *base64_decode("AZT2b1+3Qy6tS9cVn0wL4g==")},
       R"("downlink_queue_invalidated":{"downlinks":[)" + downlink_text +
           R"(],"last_f_cnt_down":22,"session_key_id":"AZT2b1+3Qy6tS9cVn0wL4g=="})"},
      {LocationSolved{"lora-cloud", {48.85661, 2.35222, 35, 42, LocationSource::lora_tdoa}},
       R"("location_solved":{"service":"lora-cloud","location":{"latitude":48.85661,"longitude":2.35222,"altitude":35,)"
       R"("accuracy":42,"source":"SOURCE_LORA_TDOA_GEOLOCATION"}})"},
      {ServiceData{"storage", R"({"a":1})"},
       R"("service_data":{"service":"storage","data":{"a":1}})"},
  };
  for (const auto& [payload, text] : table) EXPECT_EQ(to_json(up(payload)), enveloped(text));
}

TEST(Writer, AFailureNamesItsErrorAndCause) {
  static constexpr ErrorDef outer{"pkg/applicationserver", "max_retries_reached", Code::aborted,
                                  "maximum number of retries ({max_retries}) reached"};
  static constexpr ErrorDef inner{"pkg/x", "y", Code::not_found, "quoted \"z\"\n"};
  const auto error = Error(outer, {{"max_retries", 3}}).caused_by(Error(inner));
  EXPECT_EQ(
      to_json(up(DownlinkFailed{downlink(), error})),
      enveloped(
          R"("downlink_failed":{"downlink":)" + downlink_text +
          R"(,"error":{"namespace":"pkg/applicationserver","name":"max_retries_reached",)"
          R"("message_format":"maximum number of retries ({max_retries}) reached","attributes":{"max_retries":3},)"
          R"("cause":{"namespace":"pkg/x","name":"y","message_format":"quoted \"z\"\n","code":5},"code":10}})"));
}

TEST(Writer, ClassBAndSimulatedAreWritten) {
  ApplicationDownlink fixed;
  fixed.class_b_c = ClassBC{{{{GatewayId("roof-north"), {}}, 1, 2}}, at("2025-02-11T10:00:00Z")};
  auto message = up(DownlinkQueued{fixed});
  message.simulated = true;
  EXPECT_EQ(
      to_json(message),
      enveloped(
          R"("downlink_queued":{"class_b_c":{"gateways":[{"gateway_ids":{"gateway_id":"roof-north"},"antenna_index":1,)"
          R"("group_index":2}],"absolute_time":"2025-02-11T10:00:00Z"}},"simulated":true)"));
}

TEST(Writer, NumbersAreShortestSinglePrecision) {
  const std::vector<std::pair<float, std::string>> table = {
      {0.1F, "0.1"},
      {-97.0F, "-97"},
      {3.4028235e38F, "3.4028235e+38"},
      {1e-7F, "1e-7"},
      {16777216.0F, "16777216"},
      {std::numeric_limits<float>::infinity(), "\"Infinity\""}};
  for (const auto& [value, text] : table) {
    std::string out;
    append_number(out, value);
    EXPECT_EQ(out, text);
  }
}

TEST(Writer, AnEmptyListIsAnEmptyObject) {
  EXPECT_EQ(to_json(std::vector<ApplicationDownlink>{}), "{}");
  EXPECT_EQ(to_json(std::vector{downlink()}), R"({"downlinks":[)" + downlink_text + "]}");
}

}  // namespace
}  // namespace ff::application_json
