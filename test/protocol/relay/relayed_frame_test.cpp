#include "protocol/relay/relayed_frame.hpp"

#include <gtest/gtest.h>

namespace ff::relay {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const UtcTime start{seconds{1'700'000'000}};
constexpr Duration airtime = milliseconds{200};
constexpr Duration correction = milliseconds{250};
const ForwardedUplink uplink{.data_rate = DataRateIndex{3},
                             .snr_db = -7,
                             .rssi_dbm = -110,
                             .wor_channel = 1,
                             .frequency = Frequency::hz(868'300'000),
                             .phy_payload = {0x40, 1, 2, 3}};
const DataRate rate = LoraDataRate{9, 125'000, CodingRate::cr4_5};

UplinkFrame carrier_frame() {
  UplinkFrame frame;
  frame.phy_payload = {0x40};
  frame.received_at = start;
  frame.settings.time = start - seconds{1};
  frame.band_id = "EU_863_870";
  frame.correlation_ids = {"gs:uplink:1"};
  return frame;
}
RxMetadata heard_at(Duration after) {
  RxMetadata metadata;
  metadata.gateway.gateway_id = GatewayId("gw-1");
  metadata.received_at = start + after;
  return metadata;
}

TEST(RelayedFrame, HasTheRelayAsItsReceiver) {
  const auto carrier = carrier_frame();
  const auto frame = relayed_frame(uplink, rate, {carrier, carrier.rx_metadata, airtime},
                                   {DeviceId("relay-1"), 1}, {9});
  EXPECT_EQ(frame.phy_payload, uplink.phy_payload);
  EXPECT_EQ(frame.settings.data_rate, rate);
  EXPECT_EQ(frame.settings.frequency, uplink.frequency);
  EXPECT_EQ(frame.settings.time, start - seconds{1} - correction);
  EXPECT_EQ(frame.received_at, start) << "the relay's windows count from its own uplink";
  EXPECT_EQ(frame.band_id, carrier.band_id);
  EXPECT_EQ(frame.correlation_ids, carrier.correlation_ids);
  ASSERT_EQ(frame.rx_metadata.size(), 1U);
  const auto& metadata = frame.rx_metadata[0];
  EXPECT_EQ(metadata.gateway.gateway_id.text(), "relay");
  EXPECT_EQ(metadata.relay, (RelayMetadata{DeviceId("relay-1"), 1}));
  EXPECT_EQ(metadata.rssi_dbm, -110);
  EXPECT_EQ(metadata.channel_rssi_dbm, -110);
  EXPECT_EQ(metadata.snr_db, -7);
  EXPECT_EQ(metadata.uplink_token, Bytes{9});
  EXPECT_EQ(metadata.received_at, start - correction);
  EXPECT_EQ(metadata.time, start - correction);
  EXPECT_FALSE(metadata.gps_time);
  EXPECT_TRUE(is_relayed(frame));
  EXPECT_FALSE(is_relayed(carrier));
}

TEST(RelayedFrame, ItsTimesAreTheEarliestGateways) {
  const auto carrier = carrier_frame();
  const std::vector<RxMetadata> metadata{heard_at(milliseconds{5}), heard_at(milliseconds{-20}),
                                         heard_at(milliseconds{-10})};
  const auto frame =
      relayed_frame(uplink, rate, {carrier, metadata, airtime}, {DeviceId("relay-1"), 0}, {});
  EXPECT_EQ(frame.rx_metadata[0].received_at, start - milliseconds{20} - correction);
  EXPECT_FALSE(frame.rx_metadata[0].time) << "that gateway has no clock";
}

TEST(RelayedFrame, ItsTimesAreRatherAGatewaysWithGps) {
  const auto carrier = carrier_frame();
  auto gps = heard_at(milliseconds{30});
  gps.gps_time = start + milliseconds{1};
  gps.time = start + milliseconds{2};
  const std::vector<RxMetadata> metadata{heard_at(milliseconds{-20}), gps};
  const auto frame =
      relayed_frame(uplink, rate, {carrier, metadata, airtime}, {DeviceId("relay-1"), 0}, {});
  EXPECT_EQ(frame.rx_metadata[0].gps_time, start + milliseconds{1} - correction);
  EXPECT_EQ(frame.rx_metadata[0].time, start + milliseconds{2} - correction);
  EXPECT_EQ(frame.rx_metadata[0].received_at, start + milliseconds{30} - correction);
}

}  // namespace
}  // namespace ff::relay
