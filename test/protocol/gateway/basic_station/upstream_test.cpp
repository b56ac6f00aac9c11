#include "protocol/gateway/basic_station/upstream.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "protocol/base/random.hpp"
#include "protocol/phy/frame_view.hpp"

namespace ff::gateway::basic_station {
namespace {

using namespace std::chrono_literals;

const GatewayIdentifiers gateway_ids{GatewayId{"gtw-1"}, GatewayEui{0xb827ebfffe123456}};
const UtcTime received_at = *parse_rfc3339("2023-11-14T22:13:21.5Z");

const region::Region& eu() {
  return *region::find_latest("EU_863_870");
}

Result<StationMessage> decode(std::string_view text) {
  return decode_station_message(as_bytes(text), {gateway_ids, eu(), received_at});
}
HeardFrame heard(std::string_view text) {
  auto message = decode(text);
  if (!message) throw std::runtime_error(message.error().to_string());
  return std::get<HeardFrame>(std::move(*message));
}

constexpr const char* upinfo =
    R"("RefTime":0,"DR":5,"Freq":868100000,"upinfo":{"rctx":0,"xtime":53198770627242300,"gpstime":0,"fts":-1,)"
    R"("rssi":-90,"snr":7.5,"rxtime":1700000001.1}})";

std::string updf(std::string_view fields) {
  return R"({"msgtype":"updf",)" + std::string(fields) + "," + upinfo;
}

// [spec gateway-server §4.6]
const std::string example = updf(
    R"("MHdr":64,"DevAddr":-1476395008,"FCtrl":128,"FCnt":7,"FOpts":"","FPort":1,"FRMPayload":"a1b2","MIC":-77)");

TEST(StationUplink, IsPutTogetherAgain) {
  const auto message = heard(example);
  const auto& frame = message.frame;
  EXPECT_EQ(hex_lower(frame.phy_payload), "40000000a880070001a1b2b3ffffff");
  EXPECT_EQ(frame.settings.data_rate, (DataRate{LoraDataRate{7, 125'000, CodingRate::cr4_5}}));
  EXPECT_EQ(frame.settings.frequency, Frequency::hz(868'100'000));
  EXPECT_EQ(frame.received_at, received_at);
  EXPECT_EQ(message.xtime.value(), 53198770627242300);
  EXPECT_EQ(message.xtime.value() >> 48, 189);
  EXPECT_EQ(message.ref_time, std::nullopt);
  ASSERT_EQ(frame.rx_metadata.size(), 1U);
  const auto& rx = frame.rx_metadata[0];
  EXPECT_EQ(rx.gateway, gateway_ids);
  EXPECT_EQ(rx.antenna_index, 0U);
  EXPECT_EQ(rx.timestamp_us, static_cast<std::uint32_t>(53198770627242300));
  EXPECT_EQ(frame.settings.timestamp_us, rx.timestamp_us);
  EXPECT_EQ(rx.rssi_dbm, -90);
  EXPECT_EQ(rx.channel_rssi_dbm, -90);
  EXPECT_EQ(rx.snr_db, 7.5F);
  EXPECT_EQ(to_rfc3339(*rx.time), "2023-11-14T22:13:21.100Z");
  EXPECT_EQ(rx.gps_time, std::nullopt);
  EXPECT_EQ(rx.fine_timestamp_ns, std::nullopt);
}

TEST(StationUplink, KeepsWhatTheMicCovers) {
  const auto phy = [](std::string_view fields) {
    return hex_lower(heard(updf(fields)).frame.phy_payload);
  };
  // FPort 0 without payload; no FPort; RFU bits of MHdr; FOpts.
  EXPECT_EQ(
      phy(R"("MHdr":64,"DevAddr":1,"FCtrl":0,"FCnt":0,"FOpts":"","FPort":0,"FRMPayload":"","MIC":1)"),
      "4001000000000000"
      "00"
      "01000000");
  EXPECT_EQ(
      phy(R"("MHdr":64,"DevAddr":1,"FCtrl":0,"FCnt":0,"FOpts":"","FPort":-1,"FRMPayload":"","MIC":1)"),
      "4001000000000000"
      "01000000");
  EXPECT_EQ(
      phy(R"("MHdr":92,"DevAddr":2818572288,"FCtrl":2,"FCnt":65535,"FOpts":"0D0e","FPort":-1,"FRMPayload":"","MIC":4294967219)"),
      "5c000000a802ffff0d0eb3ffffff");
}

TEST(StationUplink, NamesOfFieldsCompareWithoutCase) {
  EXPECT_EQ(
      heard(
          updf(
              R"("mhdr":64,"devaddr":1,"fctrl":0,"Fcnt":7,"fopts":"","fport":-1,"frmpayload":"","mic":1)"))
          .frame.phy_payload.size(),
      12U);
}

TEST(StationUplink, AntennaAndClocksAreRead) {
  const auto message = heard(
      R"({"msgtype":"updf","MHdr":64,"DevAddr":1,"FCtrl":0,"FCnt":7,"FOpts":"","FPort":-1,"FRMPayload":"","MIC":1,)"
      R"("RefTime":1700000001.25,"DR":7,"Freq":868800000,"upinfo":{"rctx":1,"xtime":4503599627370497,)"
      R"("gpstime":1384034399000000,"fts":123456789,"rssi":-30.5,"snr":0,"rxtime":0}})");
  const auto& rx = message.frame.rx_metadata[0];
  EXPECT_EQ(message.frame.settings.data_rate, (DataRate{FskDataRate{50'000}}));
  EXPECT_EQ(rx.antenna_index, 1U);
  EXPECT_EQ(rx.timestamp_us, 1U);
  EXPECT_EQ(to_rfc3339(*rx.gps_time), "2023-11-14T21:59:41Z");
  EXPECT_EQ(rx.time, rx.gps_time);
  EXPECT_EQ(rx.fine_timestamp_ns, 123456789U);
  EXPECT_EQ(to_rfc3339(*message.ref_time), "2023-11-14T22:13:21.250Z");
}

TEST(StationUplink, JoinRequests) {
  const auto message =
      heard(std::string(
                R"({"msgtype":"jreq","MHdr":0,"JoinEui":"01-02-03-04-05-06-07-08","DevEui":"::1",)"
                R"("DevNonce":258,"MIC":-2,)") +
            upinfo);
  EXPECT_EQ(hex_lower(message.frame.phy_payload),
            "00"
            "0807060504030201"
            "0100000000000000"
            "0201"
            "feffffff");
  EXPECT_TRUE(phy::decode_frame(message.frame.phy_payload));
}

TEST(StationUplink, ProprietaryFramesPassAsTheyAre) {
  EXPECT_EQ(hex_lower(heard(std::string(R"({"msgtype":"propdf","FRMPayload":"e00102",)") + upinfo)
                          .frame.phy_payload),
            "e00102");
}

TEST(StationUplink, WhatCanNotBeIsDroppedWithAReason) {
  struct Row {
    const char* name;
    std::string text;
    const ErrorDef& error;
  };
  const auto change = [](std::string_view from, std::string_view to) {
    auto text = example;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  const Row rows[] = {
      {"cut", example.substr(0, example.size() - 1), invalid_json},
      {"no object", "[1]", invalid_json},
      {"number as text", change("\"FCnt\":7", "\"FCnt\":\"7\""), uplink_data_frame},
      {"counter of 17 bits", change("\"FCnt\":7", "\"FCnt\":65536"), uplink_data_frame},
      {"no address", change("\"DevAddr\":-1476395008,", ""), uplink_data_frame},
      {"address of 33 bits", change("-1476395008", "4294967296"), uplink_data_frame},
      {"negative address of 33 bits", change("-1476395008", "-2147483649"), uplink_data_frame},
      {"no MIC", change(",\"MIC\":-77", ""), uplink_data_frame},
      {"odd hex", change("a1b2", "a1b"), uplink_data_frame},
      {"FOpts that FCtrl does not announce", change("\"FOpts\":\"\"", "\"FOpts\":\"02\""),
       uplink_data_frame},
      {"payload without a port", change("\"FPort\":1", "\"FPort\":-1"), uplink_data_frame},
      {"port of 9 bits", change("\"FPort\":1", "\"FPort\":256"), uplink_data_frame},
      {"upinfo is text", change("\"upinfo\":{", "\"upinfo\":1,\"x\":{"), uplink_data_frame},
      {"no xtime", change("\"xtime\":53198770627242300", "\"xtime\":0"), uplink_message},
      {"negative antenna", change("\"rctx\":0", "\"rctx\":-1"), uplink_message},
      {"no frequency", change("868100000", "0"), uplink_message},
      {"too long", change("a1b2", std::string(2 * 243, 'a')), uplink_message},
      {"unknown data rate", change("\"DR\":5", "\"DR\":15"), unknown_data_rate},
      {"negative data rate", change("\"DR\":5", "\"DR\":-1"), unknown_data_rate},
      {"join without EUI",
       std::string(R"({"msgtype":"jreq","MHdr":0,"DevEui":"::1","DevNonce":1,"MIC":1,)") + upinfo,
       join_request_message},
      {"join with a broken EUI",
       std::string(
           R"({"msgtype":"jreq","MHdr":0,"JoinEui":"x","DevEui":"::1","DevNonce":1,"MIC":1,)") +
           upinfo,
       join_request_message},
      {"empty proprietary", std::string(R"({"msgtype":"propdf","FRMPayload":"",)") + upinfo,
       uplink_message},
      {"type is a number", R"({"msgtype":1})", uplink_message},
      {"report without diid", R"({"msgtype":"dntxed"})", uplink_message},
      {"report with a long diid", R"({"msgtype":"dntxed","diid":65536})", uplink_message},
      {"time as text", R"({"msgtype":"timesync","txtime":"1"})", uplink_message},
  };
  for (const auto& row : rows) {
    const auto message = decode(row.text);
    ASSERT_FALSE(message) << row.name;
    EXPECT_TRUE(message.error().is(row.error)) << row.name << ": " << message.error().to_string();
  }
}

TEST(StationUplink, DownlinkDataRatesAreNoUplinks) {
  const auto message = decode_station_message(
      as_bytes(
          R"({"msgtype":"propdf","FRMPayload":"e0","DR":8,"Freq":923300000,"upinfo":{"xtime":1}})"),
      {gateway_ids, *region::find_latest("US_902_928"), received_at});
  ASSERT_FALSE(message);
  EXPECT_TRUE(message.error().is(unknown_data_rate));
}

TEST(StationUplink, Sf6AndSf5HaveNoNumber) {
  for (const auto& [band, index] :
       {std::pair{"EU_863_870", 12}, {"EU_863_870", 13}, {"US_902_928", 7}}) {
    const auto text = R"({"msgtype":"propdf","FRMPayload":"e0","DR":)" + std::to_string(index) +
                      R"(,"Freq":868100000,"upinfo":{"xtime":1}})";
    const auto message = decode_station_message(
        as_bytes(text), {gateway_ids, *region::find_latest(band), received_at});
    ASSERT_FALSE(message) << band << index;
    EXPECT_TRUE(message.error().is(unknown_data_rate));
  }
}

TEST(StationVersion, IsAStatus) {
  const auto message = decode(
      R"_({"msgtype":"version","station":"2.0.6(linux/std)","firmware":null,"package":"1.2","model":"linux","protocol":2,)_"
      R"("features":"rmtsh gps prod"})");
  const auto& version = std::get<Version>(*message);
  EXPECT_TRUE(version.is_production);
  EXPECT_TRUE(version.has_gps);
  EXPECT_EQ(version.status.time, received_at);
  const std::map<std::string, std::string> expected = {
      {"station", "2.0.6(linux/std)"},
      {"package", "1.2"},
      {"platform", "linux - Firmware  - Protocol 2"}};
  EXPECT_EQ(version.status.versions, expected);
}

TEST(StationVersion, FeaturesMayBeAList) {
  const auto features = [](const char* list) {
    return std::get<Version>(
        *decode(std::string(R"({"msgtype":"version","features":)") + list + "}"));
  };
  EXPECT_TRUE(features(R"(["rmtsh",1,"prod"])").is_production);
  EXPECT_FALSE(features(R"(["rmtsh"])").is_production);
  EXPECT_FALSE(features("[]").has_gps);
  EXPECT_FALSE(features("\"\"").has_gps);
  EXPECT_FALSE(features("\"production\"").is_production);
  EXPECT_FALSE(decode(R"({"msgtype":"version","features":1})"));
}

TEST(StationVersion, LongTextsAreCut) {
  const auto text = std::string(255, 'x') + "\xc3\xa9";
  const auto message = decode(R"({"msgtype":"version","station":")" + text + R"("})");
  EXPECT_EQ(std::get<Version>(*message).status.versions.at("station"), std::string(255, 'x'));
}

TEST(StationReport, IsRead) {
  const auto message = decode(
      R"({"msgtype":"dntxed","diid":1,"DevEui":"00-00-00-00-00-00-00-01","rctx":0,"xtime":53198770632242300,)"
      R"("txtime":1700000006.1,"gpstime":1384034399000000})");
  const auto& report = std::get<Transmitted>(*message);
  EXPECT_EQ(report.diid, 1);
  EXPECT_EQ(report.xtime, XTime{53198770632242300});
  EXPECT_EQ(to_rfc3339(*report.gps_time), "2023-11-14T21:59:41Z");
  EXPECT_EQ(
      std::get<Transmitted>(*decode(R"({"msgtype":"dntxed","diid":65535,"gpstime":-1})")).gps_time,
      std::nullopt);
}

TEST(StationTimeSync, IsRead) {
  EXPECT_EQ(
      std::get<TimeSyncRequest>(*decode(R"({"msgtype":"timesync","txtime":123456789012})")).txtime,
      123456789012);
}

TEST(StationMessage, OthersMeanNothing) {
  for (const auto* text : {"{}", R"({"msgtype":null})", R"({"msgtype":"rmtsh"})",
                           R"({"msgtype":"status","x":[1,{"y":2}]})"}) {
    const auto message = decode(text);
    ASSERT_TRUE(message) << text;
    EXPECT_TRUE(std::holds_alternative<OtherMessage>(*message)) << text;
  }
}

/// A frame taken apart as a station does it.
std::string take_apart(ByteView phy, const phy::DataFrameView& frame) {
  const auto number = [](std::uint32_t bits) {
    return std::to_string(static_cast<std::int32_t>(bits));
  };
  return updf(
      "\"MHdr\":" + std::to_string(phy[0]) + ",\"DevAddr\":" + number(frame.dev_addr.value()) +
      ",\"FCtrl\":" + std::to_string(phy[5]) + ",\"FCnt\":" + std::to_string(frame.f_cnt.value()) +
      ",\"FOpts\":\"" + hex_lower(frame.f_opts) +
      "\",\"FPort\":" + (frame.f_port ? std::to_string(frame.f_port->value()) : "-1") +
      ",\"FRMPayload\":\"" + hex_lower(frame.frm_payload) +
      "\",\"MIC\":" + number(static_cast<std::uint32_t>(read_le<4>(phy.last(4)))));
}

TEST(StationUplink, AnyDataFrameComesThroughUnchanged) {
  const auto random = make_seeded_random(3);
  int frames = 0;
  for (int i = 0; i < 20'000; ++i) {
    Bytes phy(12 + random->below(60));
    random->fill(phy);
    phy[0] = static_cast<std::uint8_t>((random->below(2) == 0 ? 0x40 : 0x80) | (phy[0] & 0x1c));
    const auto decoded = phy::decode_frame(phy);
    if (!decoded) continue;
    ++frames;
    const auto& body = std::get<phy::DataFrameView>(decoded->body);
    EXPECT_EQ(heard(take_apart(phy, body)).frame.phy_payload, phy) << hex_lower(phy);
  }
  EXPECT_GT(frames, 5'000);
}

}  // namespace
}  // namespace ff::gateway::basic_station
