// Answers of LoRa Cloud as a stranger may write them: every member that can be wrong, and every
// value at its limits. [spec integrations §5.2]
#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "protocol/lora_cloud/device_management.hpp"
#include "protocol/lora_cloud/geolocation.hpp"

namespace ff::lora_cloud {
namespace {

constexpr DevEui dev_eui{0x0123456789ABCDEF};

Result<DeviceAnswer> answer(const std::string& result) {
  return parse_device_answer(R"({"result":{"01-23-45-67-89-AB-CD-EF":{"result":)" + result + "}}}",
                             dev_eui);
}

struct Row {
  const char* result;
  const ErrorDef* error;  ///< Null: taken.
};

constexpr Row results[] = {
    {"{}", nullptr},
    {R"({"dnlink":null,"position_solution":null,"stream_records":null})", nullptr},
    {R"({"dnlink":{"port":0,"payload":""}})", nullptr},
    {R"({"dnlink":{"port":255,"payload":"00ff"}})", nullptr},
    {R"({"dnlink":{"payload":"00FF"}})", nullptr},
    {R"({"dnlink":{"port":256,"payload":"00"}})", &malformed_answer},
    {R"({"dnlink":{"port":-1,"payload":"00"}})", &malformed_answer},
    {R"({"dnlink":{"port":1e300,"payload":"00"}})", &malformed_answer},
    {R"({"dnlink":{"port":1}})", &malformed_answer},
    {R"({"dnlink":{"port":1,"payload":null}})", &malformed_answer},
    {R"({"dnlink":{"port":1,"payload":"0"}})", &malformed_answer},
    {R"({"dnlink":{"port":1,"payload":"0x"}})", &malformed_answer},
    {R"({"dnlink":{"port":1,"payload":[0]}})", &malformed_answer},
    {R"({"dnlink":"00"})", &malformed_answer},
    {R"({"stream_records":[]})", nullptr},
    {R"({"stream_records":[[0,"00"],[1,""]]})", nullptr},
    {R"({"stream_records":{}})", &invalid_stream_record},
    {R"({"stream_records":["00"]})", &invalid_stream_record},
    {R"({"stream_records":[[0]]})", &invalid_stream_record},
    {R"({"stream_records":[[0,"00",1]]})", &invalid_stream_record},
    {R"({"stream_records":[[0,5]]})", &invalid_stream_record},
    {R"({"stream_records":[[0,"0"]]})", &invalid_stream_record},
    {"null", &malformed_answer},
    {"[]", &malformed_answer},
    {"7", &malformed_answer},
};

TEST(Answers, AreTakenOrRefusedMemberByMember) {
  for (const auto& [result, error] : results) {
    const auto read = answer(result);
    ASSERT_EQ(read.has_value(), error == nullptr) << result;
    if (error != nullptr) {
      EXPECT_TRUE(read.error().is(*error)) << result << ' ' << read.error().to_string();
    }
  }
}

TEST(Answers, OfOtherDevicesAreNotOurs) {
  for (const char* name : {"01-23-45-67-89-AB-CD-EE", "0123456789ABCDE", "0123456789ABCDEF0", "",
                           "01:23:45:67:89:AB:CD:EF", "xx-23-45-67-89-AB-CD-EF"}) {
    const auto read = parse_device_answer(
        R"({"result":{")" + std::string(name) + R"(":{"result":{}}}})", dev_eui);
    ASSERT_FALSE(read) << name;
    EXPECT_TRUE(read.error().is(device_eui_missing)) << name;
  }
  for (const char* name : {"01-23-45-67-89-AB-CD-EF", "01-23-45-67-89-ab-cd-ef", "0123456789ABCDEF",
                           "0123456789abcdef", "0123-4567-89AB-CDEF"}) {
    EXPECT_TRUE(parse_device_answer(
        R"({"result":{"x":{},")" + std::string(name) + R"(":{"result":{}}}})", dev_eui))
        << name;
  }
}

TEST(Answers, AnEmptyErrorIsNone) {
  const auto with = [](const std::string& error) {
    return parse_device_answer(
        R"({"result":{"0123456789ABCDEF":{"error":)" + error + R"(,"result":{}}}})", dev_eui);
  };
  for (const char* none : {R"("")", "null"}) EXPECT_TRUE(with(none)) << none;
  const auto said = with(R"("device is unknown")");
  ASSERT_FALSE(said);
  EXPECT_TRUE(said.error().is(uplink_request_failed));
  ASSERT_NE(said.error().cause(), nullptr);
  EXPECT_NE(said.error().cause()->message().find("device is unknown"), std::string::npos);
}

struct Place {
  const char* llh;
  std::optional<Location> location;
};

TEST(Positions, ArePlacesOnEarthOrNone) {
  const auto gps = [](double latitude, double longitude, std::int32_t altitude) {
    return Location{latitude, longitude, altitude, 0, LocationSource::gps};
  };
  const Place places[] = {
      {"[0,0,0]", gps(0, 0, 0)},
      {"[90,180,1]", gps(90, 180, 1)},
      {"[-90,-180,-1]", gps(-90, -180, -1)},
      {"[90.000001,0,0]", std::nullopt},
      {"[-91,0,0]", std::nullopt},
      {"[0,180.5,0]", std::nullopt},
      {"[0,-181,0]", std::nullopt},
      {"[1,2]", std::nullopt},
      {"[1,2,3,4]", std::nullopt},
      {"[null,2,3]", std::nullopt},
      {"[1,\"2\",3]", std::nullopt},
      {"[1,2,null]", gps(1, 2, 0)},
      {"[1,2,12.9]", gps(1, 2, 12)},
      {"[1,2,-12.9]", gps(1, 2, -12)},
      {"[1,2,1e300]", gps(1, 2, 2'147'483'647)},
      {"[1,2,-1e300]", gps(1, 2, -2'147'483'647 - 1)},
      {"{}", std::nullopt},
      {"null", std::nullopt},
  };
  for (const auto& [llh, location] : places) {
    const auto read =
        answer(R"({"position_solution":{"algorithm_type":"gnss","llh":)" + std::string(llh) + "}}");
    ASSERT_TRUE(read) << llh;
    EXPECT_EQ(read->position, location) << llh;
    const auto solved =
        parse_solver_answer(Solver::gnss, R"({"result":{"llh":)" + std::string(llh) + "}}");
    ASSERT_TRUE(solved) << llh;
    EXPECT_EQ(solved->location, location) << llh;
  }
}

TEST(Positions, NameWhereTheyComeFrom) {
  const std::pair<const char*, LocationSource> algorithms[] = {
      {R"("gnss")", LocationSource::gps},       {R"("gnssng")", LocationSource::gps},
      {R"("wifi")", LocationSource::wifi_rssi}, {R"("other")", LocationSource::unknown},
      {"null", LocationSource::unknown},        {"7", LocationSource::unknown}};
  for (const auto& [algorithm, source] : algorithms) {
    const auto read = answer(R"({"position_solution":{"llh":[1,2,3],"algorithm_type":)" +
                             std::string(algorithm) + "}}");
    ASSERT_TRUE(read && read->position) << algorithm;
    EXPECT_EQ(read->position->source, source) << algorithm;
  }
}

struct Stream {
  const char* octets;
  std::vector<std::pair<RecordType, const char*>> scans;
};

TEST(Scans, AreRecordsOfTagLengthAndValue) {
  const Stream streams[] = {
      {"", {}},
      {"05", {}},
      {"0500", {{RecordType::gnss, ""}}},
      {"0502AABB", {{RecordType::gnss, "aabb"}}},
      {"0601AA", {{RecordType::gnss, "aa"}}},
      {"0701AA", {{RecordType::gnss, "aa"}}},
      {"0802AABB", {{RecordType::wifi, "01aabb"}}},
      {"0E050102030405", {{RecordType::wifi, "01"}}},
      {"0E070102030405AABB", {{RecordType::wifi, "01aabb"}}},
      {"0E0401020304", {}},
      {"0401AA", {}},
      {"FF01AA0501BB", {{RecordType::gnss, "bb"}}},
      {"0501AA0801BB", {{RecordType::gnss, "aa"}, {RecordType::wifi, "01bb"}}},
      {"0501AA05", {{RecordType::gnss, "aa"}}},
  };
  for (const auto& [octets, scans] : streams) {
    const auto read = scans_in(*parse_hex(octets));
    ASSERT_TRUE(read) << octets;
    ASSERT_EQ(read->size(), scans.size()) << octets;
    for (std::size_t i = 0; i < scans.size(); ++i) {
      EXPECT_EQ(read->at(i).type, scans[i].first) << octets;
      EXPECT_EQ(hex_lower(read->at(i).payload.value()), scans[i].second) << octets;
    }
  }
  for (const char* cut : {"0502AA", "05FFAA", "0501AA0803BBBB", "FF02AA"}) {
    const auto read = scans_in(*parse_hex(cut));
    ASSERT_FALSE(read) << cut;
    EXPECT_TRUE(read.error().is(tlv_record_too_small)) << cut;
  }
}

struct Wifi {
  const char* payload;
  std::vector<AccessPoint> points;
};

TEST(AccessPoints, AreWhatADecoderFoundInEitherForm) {
  const Wifi rows[] = {
      {"{}", {}},
      {"[]", {}},
      {"no JSON", {}},
      {R"({"access_points":{}})", {}},
      {R"({"access_points":[{"bssid":"01:02:0a:b0:ff:00","rssi":-40}]})", {{"1:2:a:b0:ff:0", -40}}},
      {R"({"access_points":[{"bssid":"01-02-0A-B0-FF-00","rssi":-40.9}]})",
       {{"1:2:a:b0:ff:0", -40}}},
      {R"({"access_points":[{"bssid":"01020AB0FF00","rssi":-40}]})", {{"1:2:a:b0:ff:0", -40}}},
      {R"({"access_points":[{"bssid":"01020AB0FF","rssi":-40},{"bssid":"01020AB0FF00"},7,
           {"rssi":-1},{"bssid":5,"rssi":-1},{"bssid":"a1a2a3a4a5a6","rssi":-50}]})",
       {{"a1:a2:a3:a4:a5:a6", -50}}},
      {R"({"wifi":[{"mac":"a1a2a3a4a5a6","rssi":-50}]})", {{"a1:a2:a3:a4:a5:a6", -50}}},
      {R"({"access_points":[],"wifi":[{"mac":"a1a2a3a4a5a6","rssi":-50}]})",
       {{"a1:a2:a3:a4:a5:a6", -50}}},
      {R"({"access_points":[{"bssid":"b1a2a3a4a5a6","rssi":-60}],)"
       R"("wifi":[{"mac":"a1a2a3a4a5a6","rssi":-50}]})",
       {{"b1:a2:a3:a4:a5:a6", -60}}},
      {R"({"wifi":[{"bssid":"a1a2a3a4a5a6","rssi":-50}]})", {}},
  };
  for (const auto& [payload, points] : rows) {
    const auto found = access_points_in(payload);
    ASSERT_EQ(found.size(), points.size()) << payload;
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].mac_address, points[i].mac_address) << payload;
      EXPECT_EQ(found[i].rssi_dbm, points[i].rssi_dbm) << payload;
    }
  }
}

TEST(GnssScans, AreHexUnderTheirName) {
  EXPECT_EQ(gnss_scan_in(R"({"nav":"00Ff"})"), (Bytes{0, 0xff}));
  for (const char* none : {"", "{}", R"({"nav":""})", R"({"nav":"0"})", R"({"nav":"xx"})",
                           R"({"nav":5})", R"({"nav":null})", R"([{"nav":"00"}])"})
    EXPECT_EQ(gnss_scan_in(none), std::nullopt) << none;
}

TEST(SolverAnswers, AreAPlaceAndItsErrors) {
  const auto solved = [](Solver solver, const std::string& body) {
    return parse_solver_answer(solver, body);
  };
  for (const char* none : {"", "x", "[]", "7", "null", "{"}) {
    const auto read = solved(Solver::wifi, none);
    ASSERT_FALSE(read) << none;
    EXPECT_TRUE(read.error().is(malformed_location)) << none;
  }
  for (const char* empty :
       {"{}", R"({"result":null})", R"({"result":{}})", R"({"result":[]})", R"({"errors":"x"})",
        R"({"result":{"latitude":91,"longitude":0}})", R"({"result":{"latitude":1}})"}) {
    const auto read = solved(Solver::wifi, empty);
    ASSERT_TRUE(read) << empty;
    EXPECT_EQ(read->location, std::nullopt) << empty;
    EXPECT_TRUE(read->errors.empty()) << empty;
  }
  const auto wifi = solved(
      Solver::wifi,
      R"({"result":{"latitude":1,"longitude":2,"altitude":3.7,"accuracy":4.2},"errors":["a","",7,"b"]})");
  ASSERT_TRUE(wifi);
  EXPECT_EQ(wifi->location, (Location{1, 2, 3, 4, LocationSource::wifi_rssi}));
  EXPECT_EQ(wifi->errors, (std::vector<std::string>{"a", "b"}));
  const std::pair<const char*, LocationSource> algorithms[] = {
      {"Rssi", LocationSource::lora_rssi},
      {"Tdoa", LocationSource::lora_tdoa},
      {"RssiTdoaCombined", LocationSource::lora_tdoa},
      {"tdoa", LocationSource::unknown},
      {"", LocationSource::unknown}};
  for (const auto& [algorithm, source] : algorithms) {
    const auto lora = solved(
        Solver::lora,
        R"({"result":{"locationEst":{"latitude":1,"longitude":2,"toleranceHoriz":30.9},"algorithmType":")" +
            std::string(algorithm) + "\"}}");
    ASSERT_TRUE(lora) << algorithm;
    EXPECT_EQ(lora->location, (Location{1, 2, 0, 30, source})) << algorithm;
  }
}

}  // namespace
}  // namespace ff::lora_cloud
