// What is sent to LoRa Cloud, byte by byte, and what its answers mean. [spec integrations §5.2]
#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "protocol/lora_cloud/device_management.hpp"
#include "protocol/lora_cloud/geolocation.hpp"

namespace ff::lora_cloud {
namespace {

constexpr DevEui dev_eui{0x0123456789ABCDEF};

TEST(DeviceManagement, AnUplinkIsSentUnderItsDashedDevEui) {
  const DeviceRecord record{.type = RecordType::uplink,
                            .f_cnt = 7,
                            .port = 199,
                            .payload = Bytes{0xAB, 0x01},
                            .data_rate = 0,
                            .frequency = 868'100'000,
                            .timestamp = parse_rfc3339("2024-01-02T03:04:05.25Z")};
  EXPECT_EQ(device_management_request(dev_eui, record),
            R"({"01-23-45-67-89-AB-CD-EF":{"msgtype":"updf","fcnt":7,"port":199,"payload":"ab01",)"
            R"("dr":0,"freq":868100000,"timestamp":1704164645.25}})");
}

TEST(DeviceManagement, WhatIsNotThereIsNotSentAndAnEmptyPayloadIs) {
  EXPECT_EQ(device_management_request(dev_eui, {.type = RecordType::joining}),
            R"({"01-23-45-67-89-AB-CD-EF":{"msgtype":"joining"}})");
  EXPECT_EQ(device_management_request(dev_eui, {.type = RecordType::gnss, .payload = Bytes{}}),
            R"({"01-23-45-67-89-AB-CD-EF":{"msgtype":"gnss","payload":""}})");
}

TEST(DeviceManagement, AnAnswerHasADownlinkAPositionAndStreams) {
  const auto answer = parse_device_answer(
      R"({"result":{"01-23-45-67-89-AB-CD-EF":{"result":{"dnlink":{"port":150,"payload":"0A0B"},
      "stream_records":[[0,"0502AABB"],[4,""]],"position_solution":{"algorithm_type":"gnss",
      "llh":[51.5,-0.12,12.7],"accuracy":20.5},"file":null}}}})",
      dev_eui);
  ASSERT_TRUE(answer) << answer.error().to_string();
  EXPECT_EQ(answer->downlink, (DeviceDownlink{150, {0x0A, 0x0B}}));
  EXPECT_EQ(answer->position, (Location{51.5, -0.12, 12, 20, LocationSource::gps}));
  EXPECT_EQ(answer->stream_records, (std::vector<Bytes>{{5, 2, 0xAA, 0xBB}, {}}));
  EXPECT_EQ(answer->result.substr(0, 10), R"({"dnlink":)");
}

TEST(DeviceManagement, AnAnswerWithoutEnvelopeOrDashesIsTheSame) {
  const auto answer = parse_device_answer(
      R"({"0123456789abcdef":{"result":{"position_solution":{"algorithm_type":"wifi","llh":[1,2,3]}}}})",
      dev_eui);
  ASSERT_TRUE(answer) << answer.error().to_string();
  EXPECT_EQ(answer->position, (Location{1, 2, 3, 0, LocationSource::wifi_rssi}));
  EXPECT_EQ(answer->downlink, std::nullopt);
}

struct Refused {
  const char* name;
  const char* body;
  const ErrorDef* error;
};

TEST(DeviceManagement, WhatIsNoAnswerIsAnError) {
  const Refused rows[] = {
      {"nothing", "", &malformed_answer},
      {"no JSON", "<html>", &malformed_answer},
      {"a list", "[]", &malformed_answer},
      {"of another device", R"({"result":{"00-00-00-00-00-00-00-01":{}}})", &device_eui_missing},
      {"an error", R"({"result":{"01-23-45-67-89-AB-CD-EF":{"error":"no token"}}})",
       &uplink_request_failed},
      {"no result", R"({"result":{"01-23-45-67-89-AB-CD-EF":{}}})", &malformed_answer},
      {"a port that is none",
       R"({"01-23-45-67-89-AB-CD-EF":{"result":{"dnlink":{"port":256,"payload":""}}}})",
       &malformed_answer},
      {"a payload that is not hex",
       R"({"01-23-45-67-89-AB-CD-EF":{"result":{"dnlink":{"port":1,"payload":"x"}}}})",
       &malformed_answer},
      {"a stream without bytes",
       R"({"01-23-45-67-89-AB-CD-EF":{"result":{"stream_records":[[1]]}}})",
       &invalid_stream_record},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto answer = parse_device_answer(row.body, dev_eui);
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().is(*row.error)) << answer.error().to_string();
  }
}

TEST(DeviceManagement, ScansOfAStreamGoAsRecordsOfTheirOwn) {
  const auto stream = parse_hex(
      "0501AA"
      "0601BB"
      "0701CC"
      "0802D1D2"
      "0E06010203040"
      "5EE"
      "0301FF");
  const auto scans = scans_in(*stream);
  ASSERT_TRUE(scans);
  const std::vector<DeviceRecord> expected{
      {.type = RecordType::gnss, .payload = Bytes{0xAA}},
      {.type = RecordType::gnss, .payload = Bytes{0xBB}},
      {.type = RecordType::gnss, .payload = Bytes{0xCC}},
      {.type = RecordType::wifi, .payload = Bytes{0x01, 0xD1, 0xD2}},
      {.type = RecordType::wifi, .payload = Bytes{0x01, 0xEE}},
  };
  EXPECT_EQ(*scans, expected);
  EXPECT_TRUE(scans_in({})->empty());
  EXPECT_TRUE(scans_in(Bytes{0x0E, 2, 1, 2})->empty());
  EXPECT_TRUE(scans_in(Bytes{0x05, 2, 1}).error().is(tlv_record_too_small));
}

Reception reception(const char* gateway, double latitude) {
  return {gateway, 1, std::nullopt, -80.5, 7.25, {latitude, 4, 30, 0, LocationSource::unknown}};
}
const std::string hash_a = hashed_gateway("gtw-a");
const std::string hash_b = hashed_gateway("gtw-b");

TEST(Geolocation, GatewaysAreKnownByAHashOfTheirId) {
  EXPECT_EQ(hashed_gateway("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Geolocation, ASingleFrame) {
  auto second = reception("gtw-b", 52);
  second.fine_timestamp_ns = 123'456'789;
  EXPECT_EQ(single_frame_request({reception("gtw-a", 51.5), second}),
            R"({"gateways":[{"gatewayId":")" + hash_a +
                R"(","latitude":51.5,"longitude":4,"altitude":30},{"gatewayId":")" + hash_b +
                R"(","latitude":52,"longitude":4,"altitude":30}],"frame":[[")" + hash_a +
                R"(",1,null,-80.5,7.25],[")" + hash_b + R"(",1,123456789,-80.5,7.25]]})");
}

TEST(Geolocation, SeveralFramesNameEachGatewayOnce) {
  EXPECT_EQ(multi_frame_request({{reception("gtw-a", 51.5)}, {reception("gtw-a", 51.5)}, {}}),
            R"({"gateways":[{"gatewayId":")" + hash_a +
                R"(","latitude":51.5,"longitude":4,"altitude":30}],"frames":[[[")" + hash_a +
                R"(",1,null,-80.5,7.25]],[[")" + hash_a + R"(",1,null,-80.5,7.25]],[]]})");
}

TEST(Geolocation, GnssAndWifi) {
  EXPECT_EQ(gnss_request(Bytes{0x01, 0xFF}), R"({"payload":"01ff"})");
  EXPECT_EQ(wifi_request({reception("gtw-a", 51.5)}, {{"1:2:a:bb:cc:dd", -70}}),
            R"({"lorawan":[{"gatewayId":")" + hash_a +
                R"(","rssi":-80.5,"snr":7.25,"toa":0,"antennaId":1,"antennaLocation":)"
                R"({"latitude":51.5,"longitude":4,"altitude":30}}],"wifiAccessPoints":)"
                R"([{"macAddress":"1:2:a:bb:cc:dd","signalStrength":-70}]})");
}

TEST(Geolocation, WhatADecoderFoundIsFound) {
  EXPECT_EQ(gnss_scan_in(R"({"nav":"01Ff"})"), (Bytes{0x01, 0xFF}));
  EXPECT_EQ(gnss_scan_in(R"({"nav":"0g"})"), std::nullopt);
  EXPECT_EQ(gnss_scan_in(""), std::nullopt);
  const std::vector<AccessPoint> expected{{"1:2:a:bb:cc:dd", -70}};
  EXPECT_EQ(access_points_in(R"({"access_points":[{"bssid":"01:02:0A:bb:cc:dd","rssi":-70.9}]})"),
            expected);
  EXPECT_EQ(access_points_in(R"({"wifi":[{"mac":"01020abbccdd","rssi":-70},{"mac":"1"}]})"),
            expected);
  EXPECT_TRUE(access_points_in("7").empty());
}

struct Place {
  const char* name;
  Solver solver;
  const char* result;
  std::optional<Location> location;
};

TEST(Geolocation, AnswersTellAPlaceEachInItsWay) {
  const Place rows[] = {
      {"arrival", Solver::lora,
       R"({"algorithmType":"Tdoa","locationEst":{"latitude":1.5,"longitude":2,"toleranceHoriz":9}})",
       Location{1.5, 2, 0, 9, LocationSource::lora_tdoa}},
      {"strength", Solver::lora,
       R"({"algorithmType":"Rssi","locationEst":{"latitude":1.5,"longitude":2}})",
       Location{1.5, 2, 0, 0, LocationSource::lora_rssi}},
      {"both", Solver::lora,
       R"({"algorithmType":"RssiTdoaCombined","locationEst":{"latitude":1.5,"longitude":2}})",
       Location{1.5, 2, 0, 0, LocationSource::lora_tdoa}},
      {"satellites", Solver::gnss, R"({"llh":[1.5,2,3.9],"accuracy":4.9})",
       Location{1.5, 2, 3, 4, LocationSource::gps}},
      {"satellites without height", Solver::gnss, R"({"llh":[1.5,2]})", std::nullopt},
      {"access points", Solver::wifi,
       R"({"latitude":1.5,"longitude":2,"altitude":3,"accuracy":4,"algorithmType":"Wifi"})",
       Location{1.5, 2, 3, 4, LocationSource::wifi_rssi}},
      {"not on earth", Solver::wifi, R"({"latitude":91,"longitude":2})", std::nullopt},
      {"an altitude that does not fit", Solver::wifi,
       R"({"latitude":1,"longitude":2,"altitude":1e300})",
       Location{1, 2, 2147483647, 0, LocationSource::wifi_rssi}},
      {"nothing", Solver::lora, "null", std::nullopt},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto body = std::string(R"({"result":)") + row.result + R"(,"errors":[],"warnings":[]})";
    const auto answer = parse_solver_answer(row.solver, body);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->location, row.location);
    EXPECT_TRUE(answer->errors.empty());
  }
}

TEST(Geolocation, ErrorsAreKeptAndGarbageIsRefused) {
  EXPECT_EQ(parse_solver_answer(Solver::lora, R"({"errors":["a",7,"b"]})")->errors,
            (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(parse_solver_answer(Solver::lora, "oops").error().is(malformed_location));
  EXPECT_TRUE(parse_solver_answer(Solver::lora, "[]").error().is(malformed_location));
}

}  // namespace
}  // namespace ff::lora_cloud
