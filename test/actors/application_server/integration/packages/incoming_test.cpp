#include "actors/application_server/integration/packages/incoming.hpp"

#include <gtest/gtest.h>

#include "actors/application_server/integration/packages/errors.hpp"

namespace ff::application_server::packages {
namespace {

const ApplicationId app{"app"};

UtcTime at(std::string_view text) {
  return parse_rfc3339(text).value();
}

ApplicationUp uplink() {
  ApplicationUplink up;
  up.f_port = FPort{7};
  up.f_cnt = FCnt32{9};
  up.frm_payload = {1, 2};
  up.decoded_payload_json = R"({"nav":"00"})";
  up.settings.data_rate = LoraDataRate{9, 125'000, CodingRate::cr4_5};
  up.settings.frequency = Frequency::hz(868'100'000);
  up.received_at = at("2024-01-01T00:00:03Z");
  RxMetadata far;
  far.gateway.gateway_id = GatewayId("far");
  far.received_at = at("2024-01-01T00:00:02.5Z");
  RxMetadata near = far;
  near.gateway.gateway_id = GatewayId("near");
  near.antenna_index = 1;
  near.fine_timestamp_ns = 5;
  near.rssi_dbm = -80.5F;
  near.snr_db = 7.25F;
  near.received_at = at("2024-01-01T00:00:02Z");
  near.location = Location{51, 4, 30, 2, LocationSource::registry};
  up.rx_metadata = {far, near};
  return {.ids = {{app, DeviceId("dev")}, DevEui{1}, JoinEui{2}, DevAddr{3}},
          .correlation_ids = {"as:up:x"},
          .received_at = at("2024-01-01T00:00:04Z"),
          .up = std::move(up)};
}

TEST(IncomingMessage, AnUplinkOfTheOutboxIsRead) {
  const auto incoming = read_incoming(app, make_message(uplink()));
  ASSERT_TRUE(incoming) << incoming.error().to_string();
  const ReceivedUplink expected{
      .f_port = 7,
      .f_cnt = 9,
      .frm_payload = {1, 2},
      .decoded_payload = R"({"nav":"00"})",
      .frequency = 868'100'000,
      .data_rate_index = 3,
      .received_at = at("2024-01-01T00:00:02Z"),
      .receptions = {{"near", 1, 5, -80.5, 7.25, {51, 4, 30, 2, LocationSource::registry}}}};
  EXPECT_EQ(incoming->uplink, expected);
  EXPECT_EQ(incoming->ids, uplink().ids);
  EXPECT_EQ(incoming->correlation_ids, CorrelationIds{"as:up:x"});
  EXPECT_EQ(incoming->received_at, at("2024-01-01T00:00:04Z"));
}

TEST(IncomingMessage, TheGpsOfAGatewayKnowsTheTimeBest) {
  auto up = uplink();
  auto& metadata = std::get<ApplicationUplink>(up.up).rx_metadata;
  metadata[1].gps_time = at("2024-01-01T00:00:01.9Z");
  EXPECT_EQ(read_incoming(app, make_message(up))->uplink->received_at,
            at("2024-01-01T00:00:01.9Z"));
}

TEST(IncomingMessage, APayloadThatStaysEncryptedIsNotLookedAt) {
  auto up = uplink();
  std::get<ApplicationUplink>(up.up).app_s_key = KeyEnvelope{.kek_label = "x"};
  EXPECT_TRUE(read_incoming(app, make_message(up))->uplink->frm_payload.empty());
}

TEST(IncomingMessage, AJoinIsReadAndNothingElse) {
  auto up = uplink();
  up.up = ApplicationJoinAccept{};
  EXPECT_EQ(read_incoming(app, make_message(up))->uplink, std::nullopt);
  up.up = ServiceData{"x", "{}"};
  EXPECT_TRUE(read_incoming(app, make_message(up)).error().is(malformed_message));
  auto garbage = make_message(uplink());
  garbage.body = {'{'};
  EXPECT_TRUE(read_incoming(app, garbage).error().is(malformed_message));
}

}  // namespace
}  // namespace ff::application_server::packages
