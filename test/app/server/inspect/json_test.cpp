#include "app/server/inspect/json.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "actors/network_server/session/device.hpp"
#include "actors/network_server/session/errors.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/base/hex.hpp"

namespace ff::app {
namespace {

using namespace network_server;
using std::chrono::seconds;

const UtcTime now{seconds{1'700'000'000}};

TEST(DeviceJson, HoldsNoKey) {
  const Bytes secret = {0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed, 0xfa, 0xce,
                        0xca, 0xfe, 0xba, 0xbe, 0x0d, 0x15, 0xea, 0x5e};
  const auto key = Aes128Key::from(secret);
  Device device;
  device.ids.uid = {ApplicationId("app"), DeviceId("dev")};
  device.lorawan_version = MacVersion::v1_0_3;
  device.session = mac::Session{.dev_addr = DevAddr{0x260b1234}, .keys = {{1, 2}, key, key, key}};
  device.pending_session = device.session;
  device.mac_state = mac::MacState{};
  device.pending_mac_state = mac::MacState{};
  device.pending_mac_state->queued_join_accept =
      mac::QueuedJoinAccept{.payload = secret, .request = {}, .keys = {{1}, key, key, key}};
  const auto json = to_json(snapshot_of(&device));
  const auto text = boost::json::serialize(json);
  EXPECT_EQ(json.at("lorawan_version").as_string(), "MAC_V1_0_3");
  EXPECT_EQ(json.at("session").at("dev_addr").as_string(), "260B1234");
  EXPECT_TRUE(json.at("pending_mac_state").at("join_accept_waits").as_bool());
  for (const auto& shape : {hex_lower(secret), hex_upper(secret), base64_encode(secret)})
    EXPECT_EQ(text.find(shape), std::string::npos) << shape;
  EXPECT_EQ(text.find("key"), std::string::npos);
}

TEST(AddressJson, SaysWhyAFrameWasRefused) {
  UplinkFrame frame;
  frame.received_at = now;
  frame.settings.data_rate = LoraDataRate{7, 125'000, CodingRate::cr4_5};
  RxMetadata rx;
  rx.gateway.gateway_id = GatewayId("gw-1");
  frame.rx_metadata = {rx};
  AddressSnapshot address{.dev_addr = DevAddr{0x260b1234}, .sessions = {}};
  EXPECT_TRUE(to_json(address).at("refused").is_null());
  address.refused = AddressRefusal{.dev_addr = DevAddr{0x260b1234},
                                   .f_cnt = FCnt16{7},
                                   .sessions = 2,
                                   .times = 3,
                                   .first_at = now,
                                   .frame = std::make_shared<const UplinkFrame>(frame)};
  const auto device =
      std::make_shared<const DeviceUid>(DeviceUid{ApplicationId("app"), DeviceId("dev")});
  struct Case {
    MismatchDiagnosis diagnosis;
    const char* reason;
    const char* text;
  };
  const Case cases[] = {
      {{}, "address_unknown", "no session has the address 260B1234"},
      {{Mismatch::mic_mismatch, 2, {}, {}, {}},
       "mic_mismatch",
       "not of any of the 2 sessions on 260B1234"},
      {{Mismatch::counter_used, 2, device, FCnt32{7}, FCnt32{9}}, "counter_used", "(last: 9)"},
      {{Mismatch::matches_now, 2, device, FCnt32{7}, {}}, "matches_now", "fits app.dev now"},
  };
  for (const auto& row : cases) {
    SCOPED_TRACE(row.reason);
    address.diagnosis = row.diagnosis;
    const auto refused = to_json(address).at("refused");
    EXPECT_EQ(refused.at("reason").as_string(), row.reason);
    EXPECT_EQ(refused.at("gateway").as_string(), "gw-1");
    EXPECT_EQ(refused.at("data_rate").as_string(), "SF7BW125");
    const std::string text(refused.at("text").as_string());
    EXPECT_NE(text.find(row.text), std::string::npos) << text;
  }
}

TEST(GatewayJson, ShowsTheClockAndWhatIsPlanned) {
  gateway_server::ConnectionSnapshot gateway;
  const auto empty = to_json(gateway);
  EXPECT_TRUE(empty.at("clock_quality").at("drift_ppm").is_null());
  EXPECT_TRUE(empty.at("last_late_uplink").is_null());
  gateway.clock = {.samples = 12,
                   .jumps = 1,
                   .error = std::chrono::milliseconds{-3},
                   .error_max = std::chrono::milliseconds{40},
                   .drift_ppm = 1.5};
  gateway.late_uplinks = 2;
  gateway.last_late_uplink = gateway_server::LateUplink{now, seconds{90}};
  gateway.planned = {{now,
                      std::chrono::milliseconds{51},
                      Frequency::hz(868'100'000),
                      {Frequency::hz(868'000'000), Frequency::hz(868'600'000), 0.01},
                      DeviceUid{ApplicationId("app"), DeviceId("dev")}},
                     {now, seconds{1}, Frequency::hz(869'525'000), {}, {}}};
  const auto json = to_json(gateway);
  const auto& clock = json.at("clock_quality");
  EXPECT_EQ(clock.at("samples").as_uint64(), 12U);
  EXPECT_EQ(clock.at("jumps").as_uint64(), 1U);
  EXPECT_EQ(clock.at("error").as_string(), "-0.003s");
  EXPECT_EQ(clock.at("error_max").as_string(), "0.040s");
  EXPECT_DOUBLE_EQ(clock.at("drift_ppm").as_double(), 1.5);
  EXPECT_EQ(json.at("late_uplinks").as_uint64(), 2U);
  EXPECT_EQ(json.at("last_late_uplink").at("age").as_string(), "90s");
  const auto& planned = json.at("planned_emissions").as_array();
  EXPECT_EQ(planned[0].at("frequency_hz").as_uint64(), 868'100'000U);
  EXPECT_EQ(planned[0].at("device").as_string(), "app.dev");
  EXPECT_EQ(planned[0].at("sub_band").at("max_frequency_hz").as_uint64(), 868'600'000U);
  EXPECT_TRUE(planned[1].at("device").is_null());
}

TEST(JoinJson, NamesTheEuisThatNobodyHas) {
  const auto json = to_json(JoinRefusal{.join_eui = JoinEui{0x70b3d57ed0000000},
                                        .dev_eui = DevEui{0x0004a30b001c0530},
                                        .times = 3,
                                        .last_at = now,
                                        .gateway = GatewayId("gw-1")});
  EXPECT_EQ(json.at("text").as_string(),
            "join-request of 0004A30B001C0530 at 70B3D57ED0000000, heard by gw-1, dropped: no "
            "device has these EUIs");
  EXPECT_EQ(json.at("times").as_uint64(), 3U);
}

TEST(SupervisorJson, CountsShardsTogether) {
  actors::SupervisorSnapshot supervisor{"network_server", {}};
  for (int i = 0; i < 3; ++i) {
    supervisor.children.push_back({.name = "network_server_shard",
                                   .running = i != 1,
                                   .restarts = 2,
                                   .started_at = now + seconds{i},
                                   .last_failure_at = now + seconds{i == 1 ? 9 : 1},
                                   .last_failure = i == 1 ? "newest" : "older"});
  }
  const auto json = to_json(supervisor);
  EXPECT_EQ(json.at("restarts").as_uint64(), 6U);
  ASSERT_EQ(json.at("children").as_array().size(), 1U);
  const auto& group = json.at("children").at(0);
  EXPECT_EQ(group.at("children").as_uint64(), 3U);
  EXPECT_EQ(group.at("running").as_uint64(), 2U);
  EXPECT_EQ(group.at("last_failure").as_string(), "newest");
}

}  // namespace
}  // namespace ff::app
