#include "protocol/gateway/api_v3/downstream.hpp"

#include "protocol/base/hex.hpp"
#include "test/protocol/gateway/golden_file.hpp"

namespace ff::gateway::api_v3 {
namespace {

using std::chrono::seconds;

TEST(EncodeGatewayDown, IsWhatProtobufWrites) {
  GatewayDownlink lora;
  lora.phy_payload = to_owned(as_bytes("`abc"));
  lora.data_rate = LoraDataRate{9, 125'000, CodingRate::cr4_5};
  lora.frequency = Frequency::hz(869'525'000);
  lora.eirp_dbm = 29.15F;
  lora.antenna_index = 1;
  lora.timestamp_us = 4'001'000'000;
  EXPECT_EQ(hex_lower(encode_gateway_down(lora, {"ns:downlink:1"}, 7)),
            hex_lower(golden("gateway_mqtt/down_lora")));
  GatewayDownlink fsk;
  fsk.phy_payload = to_owned(as_bytes("x"));
  fsk.data_rate = FskDataRate{50'000};
  fsk.frequency = Frequency::hz(868'800'000);
  fsk.invert_polarization = false;
  fsk.enable_crc = true;
  // Known, and not what a gateway is told that goes by GPS time.
  fsk.timestamp_us = 5;
  fsk.absolute_time = UtcTime{seconds{1'700'000'000} + std::chrono::milliseconds{250}};
  EXPECT_EQ(hex_lower(encode_gateway_down(fsk, {}, 65535)),
            hex_lower(golden("gateway_mqtt/down_fsk")));
}

TEST(TokenCorrelationId, ComesBackAsItWas) {
  for (const std::uint16_t token : {1, 9, 256, 65535})
    EXPECT_EQ(parse_token_correlation_id(token_correlation_id(token)), token);
  EXPECT_EQ(token_correlation_id(7), "gs:down:token:7");
  for (const auto* other :
       {"", "gs:down:token:", "gs:down:token:0", "gs:down:token:65536", "gs:down:token:-1",
        "gs:down:token:1 ", "gs:down:token:x", "7", "gs:down:7", "gs:uplink:01HF"})
    EXPECT_EQ(parse_token_correlation_id(other), std::nullopt) << other;
}

}  // namespace
}  // namespace ff::gateway::api_v3
