#include "actors/application_server/pipeline/held.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "storage/keys/entity_keys.hpp"

namespace ff::application_server {
namespace {

ApplicationUp uplink() {
  ApplicationUplink up{.session_key_id = {1},
                       .f_port = FPort{2},
                       .f_cnt = FCnt32{70'000},
                       .frm_payload = {1, 2, 3},
                       .settings = {.data_rate = FskDataRate{50'000},
                                    .frequency = Frequency::hz(868'800'000),
                                    .timestamp_us = 4,
                                    .time = UtcTime{std::chrono::seconds{5}}},
                       .received_at = UtcTime{std::chrono::seconds{6}},
                       .confirmed = true,
                       .consumed_airtime = std::chrono::milliseconds{7},
                       .packet_error_rate = 0.5F,
                       .net_id = NetId{0x13}};
  RxMetadata rx;
  rx.gateway = {GatewayId("roof"), GatewayEui{8}};
  rx.rssi_dbm = -97;
  rx.signal_rssi_dbm = 0.0F;
  rx.location = Location{51.4, 5.4, 31, 0, LocationSource::registry};
  rx.uplink_token = {9};
  rx.relay = RelayMetadata{DeviceId("relay"), 1};
  rx.hopping_width = 52;
  rx.frequency_drift = -31;
  rx.encrypted_fine_timestamp = {1, 2};
  rx.encrypted_fine_timestamp_key_id = "7";
  up.rx_metadata = {rx, {}};
  return {.ids = {{ApplicationId("app"), DeviceId("dev")}, DevEui{1}, JoinEui{2}, DevAddr{3}},
          .correlation_ids = {"gs:uplink:X"},
          .received_at = UtcTime{std::chrono::seconds{10}},
          .up = up};
}

TEST(Held, AnUplinkComesBackAsItWas) {
  EXPECT_EQ(*decode_held(encode_held(uplink())), HeldRow(uplink()));
  auto simulated = uplink();
  simulated.simulated = true;
  std::get<ApplicationUplink>(simulated.up).locations = {{"user", {1, 2, 3, 4, {}}}};
  std::get<ApplicationUplink>(simulated.up).version_ids = DeviceVersionIds{"b", "m", "h", "f", "x"};
  EXPECT_EQ(*decode_held(encode_held(simulated)), HeldRow(simulated));
  auto other = uplink();
  std::get<ApplicationUplink>(other.up).settings.data_rate = LoraDataRate{7, 125'000, {}};
  EXPECT_EQ(*decode_held(encode_held(other)), HeldRow(other));
  std::get<ApplicationUplink>(other.up).settings.data_rate = LrFhssDataRate{137'000, {}, 0};
  EXPECT_EQ(*decode_held(encode_held(other)), HeldRow(other));
}

TEST(Held, AReadyMessageComesBackAsItWas) {
  const ReadyUp ready{ApplicationId("app"),
                      {.kind = UpKind::join,
                       .device_id = DeviceId("dev"),
                       .received_at = UtcTime{std::chrono::seconds{1}},
                       .body = {'{', '}'}}};
  EXPECT_EQ(*decode_held(encode_held(ready)), HeldRow(ready));
  EXPECT_EQ(hex_lower(encode_held(ready)),
            "01"
            "1216"
            "0a03617070"
            "1002"
            "1a03646576"
            "2080a8d6b907"
            "2a027b7d");
}

TEST(Held, RowsLieInTheOrderOfTheirNumbersByShard) {
  const storage::Shard shard{7};
  EXPECT_LT(held_key(shard, 9), held_key(shard, 10));
  EXPECT_LT(held_key(shard, 1U << 31U), held_key(storage::Shard{8}, 0));
  EXPECT_EQ(*parse_held_key(held_key(shard, 12'345)), 12'345U);
  EXPECT_FALSE(parse_held_key(Bytes{1, 2}));
  EXPECT_FALSE(parse_held_key(storage::entity_key(storage::EntityKind::user, {"x"})));
}

TEST(Held, AnyOctetsAreARowOrAnError) {
  const auto row = encode_held(uplink());
  for (std::size_t size = 0; size < row.size(); ++size)
    ignore(decode_held(ByteView(row).first(size)), "any outcome is fine");
  EXPECT_FALSE(decode_held(Bytes{}));
  EXPECT_FALSE(decode_held(Bytes{1}));
}

}  // namespace
}  // namespace ff::application_server
