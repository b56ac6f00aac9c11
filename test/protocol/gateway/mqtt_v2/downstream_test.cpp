#include "protocol/gateway/mqtt_v2/downstream.hpp"

#include "protocol/base/hex.hpp"
#include "test/protocol/gateway/golden_file.hpp"

namespace ff::gateway::mqtt_v2 {
namespace {

GatewayDownlink lora() {
  GatewayDownlink downlink;
  downlink.phy_payload = *parse_hex("600403020180393001aa12345678");
  downlink.data_rate = LoraDataRate{9, 125'000, CodingRate::cr4_5};
  downlink.frequency = Frequency::hz(869'525'000);
  downlink.eirp_dbm = 29.15F;
  downlink.timestamp_us = 4'001'000'000;
  return downlink;
}

TEST(EncodeLegacyDownlink, IsWhatProtobufWrites) {
  const auto data = encode_downlink(lora());
  ASSERT_TRUE(data) << data.error().to_string();
  EXPECT_EQ(hex_lower(*data), hex_lower(golden("gateway_mqtt_v2/downlink_lora")));
  GatewayDownlink fsk;
  fsk.phy_payload = to_owned(as_bytes(" join-accept is opaque"));
  fsk.data_rate = FskDataRate{50'000};
  fsk.frequency = Frequency::hz(868'800'000);
  fsk.eirp_dbm = 1;
  fsk.timestamp_us = 5;
  const auto join = encode_downlink(fsk);
  ASSERT_TRUE(join) << join.error().to_string();
  EXPECT_EQ(hex_lower(*join), hex_lower(golden("gateway_mqtt_v2/downlink_fsk")));
}

TEST(EncodeLegacyDownlink, WhatTheseGatewaysCanNotDoIsNotSupported) {
  auto absolute = lora();
  absolute.absolute_time = UtcTime{std::chrono::seconds{1'700'000'000}};
  auto second_antenna = lora();
  second_antenna.antenna_index = 1;
  auto lr_fhss = lora();
  lr_fhss.data_rate = LrFhssDataRate{137'000, CodingRate::cr1_3, 0};
  for (const auto& downlink : {absolute, second_antenna, lr_fhss}) {
    const auto encoded = encode_downlink(downlink);
    ASSERT_FALSE(encoded);
    EXPECT_TRUE(encoded.error().is(not_supported));
  }
}

}  // namespace
}  // namespace ff::gateway::mqtt_v2
