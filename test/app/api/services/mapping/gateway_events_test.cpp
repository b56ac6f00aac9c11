// The gateway server's events as the API shows them. [shared/api/events.tsv]
#include "app/api/services/mapping/gateway_events.hpp"

#include <google/protobuf/struct.pb.h>
#include <gtest/gtest.h>

#include "app/api/services/mapping/events.hpp"
#include "ttn/lorawan/v3/gateway.pb.h"
#include "ttn/lorawan/v3/messages.pb.h"

namespace ff::api {
namespace {

namespace pb = ttn::lorawan::v3;
using namespace gateway_server;

const UtcTime noon{std::chrono::seconds{1'700'000'000}};
const LoraDataRate sf7{7, 125'000, CodingRate::cr4_5};
const GatewayIdentifiers ids{GatewayId{"gtw-1"}, GatewayEui{1}};

template <class Message>
Message unpacked(const GatewayEventData& data) {
  const auto packed = std::get<events::ProtobufData>(to_event_data(data));
  Message message;
  EXPECT_EQ(packed.type, message.GetTypeName());
  EXPECT_TRUE(message.ParseFromString(packed.bytes));
  return message;
}

std::shared_ptr<const DownlinkFrame> downlink() {
  DownlinkFrame frame;
  frame.device = {ApplicationId{"app-1"}, DeviceId{"dev-1"}};
  frame.phy_payload = {0x60, 1, 2};
  frame.request.paths = {{ids, 0, {7, 8}}, {ids, 1, {}}};
  frame.request.rx1_delay = std::chrono::seconds{5};
  frame.request.rx1 = RxWindow{sf7, Frequency::hz(868'100'000)};
  frame.request.frequency_plan_id = "EU_863_870";
  frame.correlation_ids = {"ns:downlink:1"};
  return std::make_shared<const DownlinkFrame>(frame);
}

TEST(GatewayEventData, OfAnUplinkIsTheMessageOfItsGateway) {
  UplinkFrame frame;
  frame.phy_payload = {0x40, 1};
  frame.settings = {sf7, Frequency::hz(868'100'000), 77, {}};
  frame.crc_ok = true;
  frame.band_id = "EU_863_870";
  frame.received_at = noon;
  frame.correlation_ids = {"gs:uplink:1"};
  RxMetadata rx;
  rx.gateway = ids;
  rx.snr_db = 5.5F;
  frame.rx_metadata = {rx};
  const auto out = unpacked<pb::GatewayUplinkMessage>(std::make_shared<const UplinkFrame>(frame));
  EXPECT_EQ(out.band_id(), "EU_863_870");
  EXPECT_EQ(out.message().raw_payload(), std::string("\x40\x01"));
  EXPECT_EQ(out.message().settings().frequency(), 868'100'000U);
  EXPECT_EQ(out.message().settings().timestamp(), 77U);
  EXPECT_EQ(out.message().settings().data_rate().lora().spreading_factor(), 7U);
  EXPECT_EQ(out.message().rx_metadata(0).gateway_ids().gateway_id(), "gtw-1");
  EXPECT_FLOAT_EQ(out.message().rx_metadata(0).snr(), 5.5F);
  EXPECT_EQ(out.message().received_at().seconds(), 1'700'000'000);
  EXPECT_EQ(out.message().correlation_ids(0), "gs:uplink:1");
  EXPECT_TRUE(out.message().crc_status().value());
}

TEST(GatewayEventData, OfAnAttemptIsTheRequest) {
  const auto out = unpacked<pb::DownlinkMessage>(downlink());
  EXPECT_EQ(out.raw_payload(), std::string("\x60\x01\x02"));
  EXPECT_EQ(out.correlation_ids(0), "ns:downlink:1");
  const auto& request = out.request();
  EXPECT_EQ(request.class_(), pb::CLASS_A);
  EXPECT_EQ(request.rx1_delay(), pb::RX_DELAY_5);
  EXPECT_EQ(request.rx1_frequency(), 868'100'000U);
  EXPECT_EQ(request.rx1_data_rate().lora().spreading_factor(), 7U);
  EXPECT_FALSE(request.has_rx2_data_rate());
  EXPECT_EQ(request.priority(), pb::NORMAL);
  EXPECT_EQ(request.frequency_plan_id(), "EU_863_870");
  ASSERT_EQ(request.downlink_paths_size(), 2);
  EXPECT_EQ(request.downlink_paths(0).uplink_token(), std::string("\x07\x08"));
  EXPECT_EQ(request.downlink_paths(1).fixed().antenna_index(), 1U);
  EXPECT_EQ(request.downlink_paths(1).fixed().gateway_ids().gateway_id(), "gtw-1");
}

TEST(GatewayEventData, OfWhatWasSentIsTheTransmission) {
  gateway::GatewayDownlink transmission;
  transmission.data_rate = sf7;
  transmission.frequency = Frequency::hz(869'525'000);
  transmission.eirp_dbm = 27;
  transmission.antenna_index = 1;
  transmission.timestamp_us = 5'000'000;
  const auto out = unpacked<pb::DownlinkMessage>(
      std::make_shared<const SentDownlink>(SentDownlink{downlink(), transmission}));
  EXPECT_EQ(out.raw_payload(), std::string("\x60\x01\x02"));
  EXPECT_EQ(out.scheduled().frequency(), 869'525'000U);
  EXPECT_EQ(out.scheduled().timestamp(), 5'000'000U);
  EXPECT_FALSE(out.scheduled().has_time());
  EXPECT_FLOAT_EQ(out.scheduled().downlink().tx_power(), 27);
  EXPECT_EQ(out.scheduled().downlink().antenna_index(), 1U);
  EXPECT_TRUE(out.scheduled().downlink().invert_polarization());
}

TEST(GatewayEventData, OfAReportIsTheAcknowledgment) {
  TxAcknowledgment report;
  report.result = TxResult::collision_packet;
  report.correlation_ids = {"ns:downlink:1"};
  const auto known = unpacked<pb::TxAcknowledgment>(
      std::make_shared<const ReportedDownlink>(ReportedDownlink{report, downlink()}));
  EXPECT_EQ(known.result(), pb::TxAcknowledgment::COLLISION_PACKET);
  EXPECT_EQ(known.correlation_ids(0), "ns:downlink:1");
  EXPECT_EQ(known.downlink_message().raw_payload().size(), 3U);
  const auto unknown = unpacked<pb::TxAcknowledgment>(
      std::make_shared<const ReportedDownlink>(ReportedDownlink{report, nullptr}));
  EXPECT_FALSE(unknown.has_downlink_message());
  EXPECT_EQ(unpacked<google::protobuf::Value>(TxResult::too_late).string_value(), "TOO_LATE");
}

TEST(GatewayEventData, OfTheRestIsWhatTheTableSays) {
  EXPECT_EQ(unpacked<pb::GatewayIdentifiers>(ids).gateway_id(), "gtw-1");
  GatewayStatus status;
  status.ip = {"192.0.2.7"};
  EXPECT_EQ(unpacked<pb::GatewayStatus>(std::make_shared<const GatewayStatus>(status)).ip(0),
            "192.0.2.7");
  ConnectionStats stats;
  stats.uplink_count = 7;
  EXPECT_EQ(unpacked<pb::GatewayConnectionStats>(std::make_shared<const ConnectionStats>(stats))
                .uplink_count(),
            7U);
  constexpr ErrorDef broken{"pkg/test", "broken", Code::internal, "broken"};
  EXPECT_TRUE(std::get<Error>(to_event_data(Error(broken))).is(broken));
  EXPECT_EQ(to_event_data({}).index(), 0U);
}

TEST(GatewayEventData, IsMadeWhenSomebodyGetsTheEvent) {
  events::Hub hub;
  const auto publish = gateway_publisher(hub);
  const auto frame = downlink();
  publish({"gs.down.schedule.attempt", noon, ids, {"ns:downlink:1"}, {}}, frame);
  EXPECT_EQ(frame.use_count(), 2) << "shared, not copied";
  std::vector<events::EventPtr> got;
  hub.subscribe({{ids}, [&](const events::EventPtr& event) { got.push_back(event); }}, 1);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(frame.use_count(), 1);
  const auto shown = to_proto(*got[0]);
  EXPECT_EQ(shown.data().type_url(), "type.googleapis.com/ttn.lorawan.v3.DownlinkMessage");
  EXPECT_EQ(shown.identifiers(0).gateway_ids().gateway_id(), "gtw-1");
}

struct VisibilityCase {
  std::string_view event;
  std::vector<pb::Right> rights;
};

TEST(GatewayEventVisibility, IsThatOfTheTable) {
  const std::vector traffic{pb::RIGHT_GATEWAY_TRAFFIC_READ};
  const std::vector status{pb::RIGHT_GATEWAY_STATUS_READ};
  const std::vector link{pb::RIGHT_GATEWAY_LINK, pb::RIGHT_GATEWAY_STATUS_READ};
  const VisibilityCase cases[] = {
      {"gs.down.schedule.attempt", traffic},
      {"gs.down.schedule.fail", traffic},
      {"gs.down.send", traffic},
      {"gs.down.tx.fail", traffic},
      {"gs.down.tx.success", traffic},
      {"gs.gateway.connect", link},
      {"gs.gateway.connection.stats", link},
      {"gs.gateway.disconnect", link},
      {"gs.io.status.drop", status},
      {"gs.io.tx.ack.drop", traffic},
      {"gs.io.up.drop", traffic},
      {"gs.io.up.repeat", traffic},
      {"gs.status.drop", status},
      {"gs.status.receive", status},
      {"gs.txack.drop", status},
      {"gs.txack.forward", traffic},
      {"gs.txack.receive", traffic},
      {"gs.up.drop", traffic},
      {"gs.up.forward", traffic},
      {"gs.up.late", traffic},
      {"gs.up.receive", traffic},
  };
  for (const auto& row : cases)
    EXPECT_EQ(visibility({row.event, noon, ids, {}, {}}), row.rights) << row.event;
}

TEST(GatewayEventData, OfAForwardedMessageIsItsHost) {
  EXPECT_EQ(std::get<std::string>(to_event_data(UpstreamHost::packetbroker)), "packetbroker");
}

}  // namespace
}  // namespace ff::api
