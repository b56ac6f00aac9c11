#include "protocol/gateway/semtech_udp/push_data.hpp"

#include <gtest/gtest.h>

#include "protocol/base/base64.hpp"
#include "protocol/base/random.hpp"

namespace ff::gateway::semtech_udp {
namespace {

const GatewayIdentifiers gateway{GatewayId{"gtw-1"}, GatewayEui{0xb827ebfffe123456}};
const UtcTime received{std::chrono::seconds{1'700'000'000}};

Result<PushData> decode(std::string_view json) {
  PushDataDecoder decoder;
  return decoder.decode(as_bytes(json), {gateway, received, "192.0.2.7", "farfield/1"});
}

/// The only frame of `{"rxpk":[{…}]}`.
UplinkFrame frame_of(const std::string& fields) {
  const auto push = decode(R"({"rxpk":[{)" + fields + "}]}");
  EXPECT_TRUE(push) << fields;
  if (!push || push->uplinks.size() != 1) return {};
  return push->uplinks.front();
}

constexpr const char* example =
    R"({"rxpk":[{"tmst":3512348611,"chan":2,"rfch":0,"freq":868.1,"stat":1,)"
    R"("modu":"LORA","datr":"SF7BW125","codr":"4/5","lsnr":5.1,"rssi":-35,"size":13,)"
    R"("data":"QAQDAgEAAQACqrvM3Q=="}]})";

TEST(PushData, ReadsALoraFrame) {
  const auto push = decode(example);
  ASSERT_TRUE(push);
  ASSERT_EQ(push->uplinks.size(), 1U);
  EXPECT_FALSE(push->status);
  EXPECT_FALSE(push->status_ignored);
  const auto& frame = push->uplinks[0];
  EXPECT_EQ(frame.phy_payload, base64_decode("QAQDAgEAAQACqrvM3Q"));
  EXPECT_EQ(frame.settings.data_rate, DataRate(LoraDataRate{7, 125'000, CodingRate::cr4_5}));
  EXPECT_EQ(frame.settings.frequency, Frequency::hz(868'100'000));
  EXPECT_EQ(frame.settings.timestamp_us, 3'512'348'611U);
  EXPECT_EQ(frame.received_at, received);
  EXPECT_EQ(frame.crc_ok, true);
  ASSERT_EQ(frame.rx_metadata.size(), 1U);
  const auto& rx = frame.rx_metadata[0];
  EXPECT_EQ(rx.gateway, gateway);
  EXPECT_EQ(rx.timestamp_us, 3'512'348'611U);
  EXPECT_EQ(rx.channel_index, 2U);
  EXPECT_FLOAT_EQ(rx.rssi_dbm, -35);
  EXPECT_FLOAT_EQ(rx.channel_rssi_dbm, -35);
  EXPECT_FLOAT_EQ(rx.snr_db, 5.1F);
  EXPECT_EQ(rx.received_at, received);
  EXPECT_FALSE(rx.time);
  EXPECT_FALSE(rx.gps_time);
}

constexpr const char* lora =
    R"("freq":868.1,"modu":"LORA","datr":"SF7BW125","codr":"4/5","data":"AA==")";

TEST(PushData, RoundsFrequenciesToTheNearestHertz) {
  for (std::uint64_t hz = 863'000'000; hz <= 870'000'000; hz += 12'500) {
    const auto mhz =
        std::to_string(hz / 1'000'000) + "." + std::to_string(1'000'000 + hz % 1'000'000).substr(1);
    const auto frame = frame_of(R"("freq":)" + mhz +
                                R"(,"modu":"LORA","datr":"SF7BW125","codr":"4/5","data":"AA")");
    ASSERT_EQ(frame.settings.frequency.hz(), hz);
  }
}

struct ModulationCase {
  const char* fields;
  DataRate expected;
};
const ModulationCase modulation_cases[] = {
    {R"("modu":"LORA","datr":"SF12BW500","codr":"4/8")",
     LoraDataRate{12, 500'000, CodingRate::cr4_8}},
    {R"("modu":"LORA","datr":"SF9BW812","codr":"4/8LI")",
     LoraDataRate{9, 812'000, CodingRate::cr4_8_li}},
    {R"("modu":"LORA","datr":"SF9BW41.7")", LoraDataRate{9, 41'700, CodingRate::cr4_5}},
    {R"("modu":"FSK","datr":50000)", FskDataRate{50'000}},
    {R"("modu":"LR-FHSS","datr":"M0CW137","codr":"4/6")",
     LrFhssDataRate{137'000, CodingRate::cr2_3, 0}},
    {R"("modu":"LR-FHSS","datr":"M0CW336","codr":"2/6")",
     LrFhssDataRate{336'000, CodingRate::cr1_3, 0}},
    {R"("modu":"LR-FHSS","datr":"M1CW1523","codr":"4/8")",
     LrFhssDataRate{1'523'000, CodingRate::cr1_2, 1}},
};

TEST(PushData, ReadsEveryModulation) {
  for (const auto& row : modulation_cases) {
    EXPECT_EQ(
        frame_of(std::string(R"("freq":868.1,"data":"AA==",)") + row.fields).settings.data_rate,
        row.expected)
        << row.fields;
  }
}

TEST(PushData, ReadsTheThreeCrcStates) {
  EXPECT_EQ(frame_of(std::string(lora) + R"(,"stat":1)").crc_ok, true);
  EXPECT_EQ(frame_of(std::string(lora) + R"(,"stat":-1)").crc_ok, false);
  EXPECT_FALSE(frame_of(std::string(lora) + R"(,"stat":0)").crc_ok.has_value());
  EXPECT_FALSE(frame_of(lora).crc_ok.has_value());
}

TEST(PushData, TakesOnlyGpsMillisecondsForGpsTime) {
  const auto by_time = frame_of(std::string(lora) + R"(,"time":"2023-11-14T22:13:20.528002Z")");
  EXPECT_FALSE(by_time.rx_metadata[0].gps_time);
  EXPECT_EQ(by_time.rx_metadata[0].time, received + std::chrono::microseconds{528'002});
  EXPECT_EQ(by_time.settings.time, by_time.rx_metadata[0].time);

  const auto by_gps =
      frame_of(std::string(lora) + R"(,"tmms":1384035218250,"time":"2001-01-01T00:00:00Z")");
  EXPECT_EQ(by_gps.rx_metadata[0].gps_time, received + std::chrono::milliseconds{250});
  EXPECT_EQ(by_gps.settings.time, by_gps.rx_metadata[0].gps_time);

  EXPECT_FALSE(frame_of(std::string(lora) + R"(,"time":"yesterday")").settings.time);
}

TEST(PushData, ReadsOneMetadataPerAntenna) {
  const auto frame = frame_of(
      std::string(lora) +
      R"(,"tmst":7,"rssi":-1,"chan":9,"rsig":[{"ant":0,"chan":3,"rssic":-80,"rssis":-82,"rssisd":2,"lsnr":7.5,)"
      R"("ftime":123456789,"foff":-120,"etime":"AAAA"},{"ant":1,"rssic":-90.5,"lsnr":-3}])");
  ASSERT_EQ(frame.rx_metadata.size(), 2U);
  const auto& first = frame.rx_metadata[0];
  EXPECT_EQ(first.antenna_index, 0U);
  EXPECT_EQ(first.channel_index, 3U);
  EXPECT_FLOAT_EQ(first.rssi_dbm, -80);
  EXPECT_FLOAT_EQ(first.signal_rssi_dbm.value_or(0), -82);
  EXPECT_FLOAT_EQ(first.rssi_standard_deviation, 2);
  EXPECT_EQ(first.fine_timestamp_ns, 123'456'789U);
  EXPECT_EQ(first.frequency_offset_hz, -120);
  EXPECT_EQ(first.timestamp_us, 7U);
  const auto& second = frame.rx_metadata[1];
  EXPECT_EQ(second.antenna_index, 1U);
  EXPECT_EQ(second.channel_index, 9U);
  EXPECT_FLOAT_EQ(second.channel_rssi_dbm, -90.5);
  EXPECT_FALSE(second.signal_rssi_dbm);
}

TEST(PushData, ReadsWhatOnlyNewConcentratorsMeasure) {
  const auto of_antenna = frame_of(
      std::string(lora) +
      R"(,"hpw":52,"aesk":7,"rsig":[{"ant":0,"etime":"AQID","fdri":-31},{"ant":1,"etime":"?"}])");
  const auto& first = of_antenna.rx_metadata.at(0);
  EXPECT_EQ(first.hopping_width, 52U);
  EXPECT_EQ(first.frequency_drift, -31);
  EXPECT_EQ(first.encrypted_fine_timestamp, (Bytes{1, 2, 3}));
  EXPECT_EQ(first.encrypted_fine_timestamp_key_id, "7");
  const auto& second = of_antenna.rx_metadata.at(1);
  EXPECT_EQ(second.hopping_width, 52U);
  EXPECT_TRUE(second.encrypted_fine_timestamp.empty()) << "what can not be read is left out";
  EXPECT_TRUE(second.encrypted_fine_timestamp_key_id.empty());
  EXPECT_EQ(frame_of(std::string(lora) + R"(,"fdri":9)").rx_metadata.at(0).frequency_drift, 9);
}

TEST(PushData, KeepsTheBestOfSeveralBoards) {
  const auto copy = [](const char* rssi, const char* stat, const char* data) {
    return std::string(R"({"freq":868.1,"modu":"LORA","datr":"SF7BW125","codr":"4/5","rssi":)") +
           rssi + R"(,"stat":)" + stat + R"(,"data":")" + data + R"("})";
  };
  const auto push =
      decode(R"({"rxpk":[)" + copy("-80", "1", "AAEC") + "," + copy("-70", "1", "AAEC") + "," +
             copy("-10", "-1", "AAEC") + "," + copy("-90", "1", "AAED") + "]}");
  ASSERT_TRUE(push);
  ASSERT_EQ(push->uplinks.size(), 2U);
  EXPECT_FLOAT_EQ(push->uplinks[0].rx_metadata[0].rssi_dbm, -70);
  EXPECT_FLOAT_EQ(push->uplinks[1].rx_metadata[0].rssi_dbm, -90);
}

TEST(PushData, TreatsNullAsAbsentAndSkipsUnknownFields) {
  const auto frame =
      frame_of(std::string(lora) + R"(,"time":null,"tmms":null,"rsig":null,"chan":null,"jver":1,)"
                                   R"("extra":{"deep":[1,{"a":"b"}]},"rssi":-5)");
  EXPECT_FLOAT_EQ(frame.rx_metadata.at(0).rssi_dbm, -5);
  EXPECT_TRUE(decode(R"({"rxpk":null,"stat":null,"other":[1,2]})"));
  EXPECT_TRUE(decode("{}"));
}

struct BadBody {
  const char* name;
  std::string json;
  const ErrorDef* error;
};

std::string rxpk(const std::string& fields) {
  return R"({"rxpk":[{)" + fields + "}]}";
}

TEST(PushData, RefusesWhatIsMalformed) {
  const std::string rate = R"("modu":"LORA","datr":"SF7BW125","codr":"4/5",)";
  const BadBody bad_bodies[] = {
      {"empty", "", &invalid_payload},
      {"not JSON", "hello", &invalid_payload},
      {"array", "[]", &invalid_payload},
      {"truncated", std::string(example).substr(0, 150), &invalid_payload},
      {"garbage behind", std::string(example) + "x", &invalid_payload},
      {"second value", std::string(example) + "{}", &invalid_payload},
      {"rxpk not an array", R"({"rxpk":{}})", &invalid_payload},
      {"frame not an object", R"({"rxpk":[1]})", &invalid_payload},
      {"invalid UTF-8", std::string("{\"rxpk\":[],\"a\":\"\xff\"}"), &invalid_payload},
      {"bad base64", rxpk(rate + R"("freq":868.1,"data":"!!!!")"), &invalid_payload},
      {"no frequency", rxpk(rate + R"("data":"AA==")"), &invalid_payload},
      {"negative frequency", rxpk(rate + R"("freq":-1,"data":"AA==")"), &invalid_payload},
      {"huge frequency", rxpk(rate + R"("freq":1e300,"data":"AA==")"), &invalid_payload},
      {"text for a number", rxpk(rate + R"("freq":"868.1","data":"AA==")"), &invalid_payload},
      {"timestamp above 32 bits", rxpk(rate + R"("tmst":4294967296,"freq":868.1,"data":"AA")"),
       &invalid_payload},
      {"payload above 255 bytes",
       rxpk(rate + R"("freq":868.1,"data":")" + std::string(344, 'A') + '"'), &invalid_payload},
      {"no modulation", rxpk(R"("freq":868.1,"data":"AA==")"), &invalid_data_rate},
      {"unknown modulation", rxpk(R"("modu":"GMSK","datr":1,"freq":868.1,"data":"AA==")"),
       &invalid_data_rate},
      {"SF13", rxpk(R"("modu":"LORA","datr":"SF13BW125","freq":868.1,"data":"AA==")"),
       &invalid_data_rate},
      {"no bandwidth", rxpk(R"("modu":"LORA","datr":"SF7BW","freq":868.1,"data":"AA==")"),
       &invalid_data_rate},
      {"text behind", rxpk(R"("modu":"LORA","datr":"SF7BW125x","freq":868.1,"data":"AA")"),
       &invalid_data_rate},
      {"odd coding rate",
       rxpk(R"("modu":"LORA","datr":"SF7BW125","codr":"9/9","freq":868.1,"data":"AA==")"),
       &invalid_data_rate},
      {"FSK without rate", rxpk(R"("modu":"FSK","freq":868.1,"data":"AA==")"), &invalid_data_rate},
      {"good and malformed",
       R"({"rxpk":[{)" + rate + R"("freq":868.1,"data":"AA=="},{"freq":"868.1"}]})",
       &invalid_payload},
  };
  for (const auto& row : bad_bodies) {
    const auto push = decode(row.json);
    ASSERT_FALSE(push) << row.name;
    EXPECT_TRUE(push.error().is(*row.error)) << row.name << ": " << push.error().to_string();
  }
}

TEST(PushData, LeavesOutFramesThatNobodyCanTakeAndKeepsTheOthers) {
  const std::string good = "{" + std::string(lora) + "}";
  const std::string others[] = {
      R"({})",
      R"({"modu":"GMSK","datr":1,"freq":868.1,"data":"AA=="})",
      R"({"modu":"LORA","datr":"SF7BW125","codr":"OFF","stat":-1,"freq":868.1,"data":"AA=="})",
      R"({"modu":"LORA","datr":"SF7BW125","codr":"4/5","freq":0,"data":"AA=="})",
      R"({"modu":"LORA","datr":"SF7BW125","codr":"4/5","freq":868.1,"data":"!!"})",
  };
  for (const auto& other : others) {
    for (const auto& frames : {good + "," + other, other + "," + good}) {
      const auto push = decode(R"({"rxpk":[)" + frames + "]}");
      ASSERT_TRUE(push) << frames;
      EXPECT_EQ(push->uplinks.size(), 1U) << frames;
      EXPECT_EQ(push->frames_refused, 1U) << frames;
    }
  }
  const auto noise = decode(R"({"rxpk":[)" + others[2] + "]}");
  ASSERT_TRUE(noise) << "acknowledged: the forwarder is not to blame";
  EXPECT_TRUE(noise->uplinks.empty());
}

TEST(PushData, BoundsFramesAndAntennas) {
  std::string frames = "{" + std::string(lora) + "}";
  for (int i = 0; i < 256; ++i) frames += ",{" + std::string(lora) + "}";
  EXPECT_FALSE(decode(R"({"rxpk":[)" + frames + "]}"));
  std::string antennas = "{}";
  for (int i = 0; i < 16; ++i) antennas += ",{}";
  EXPECT_FALSE(decode(rxpk(std::string(lora) + R"(,"rsig":[)" + antennas + "]")));
}

TEST(PushData, ReadsTheStatus) {
  const auto push = decode(
      R"({"stat":{"time":"2023-11-14 22:13:20 GMT","boot":"2023-11-14 00:00:00 UTC","lati":46.24,"long":3.2523,)"
      R"("alti":145.4,"rxnb":2,"rxok":1,"rxfw":3,"ackr":99.5,"dwnb":4,"txnb":5,"temp":23.5,"lpps":1,"lmok":6,)"
      R"("lmst":7,"lmnw":8,"fpga":31,"dsp":"29","hal":"5.1.0","hver":{"fpga":33,"dsp0":1,"dsp1":2},"pfrm":"x"}})");
  ASSERT_TRUE(push);
  ASSERT_TRUE(push->status);
  const auto& status = *push->status;
  EXPECT_EQ(status.time, received);
  EXPECT_EQ(status.boot_time, received - std::chrono::seconds{22 * 3600 + 13 * 60 + 20});
  ASSERT_EQ(status.antenna_locations.size(), 1U);
  EXPECT_DOUBLE_EQ(status.antenna_locations[0].latitude, 46.24);
  EXPECT_DOUBLE_EQ(status.antenna_locations[0].longitude, 3.2523);
  EXPECT_EQ(status.antenna_locations[0].altitude_m, 145);
  EXPECT_EQ(status.antenna_locations[0].source, LocationSource::gps);
  EXPECT_EQ(status.ip, std::vector<std::string>{"192.0.2.7"});
  const std::map<std::string, std::string> versions = {
      {"dsp", "29"},  {"dsp0", "1"},    {"dsp1", "2"},
      {"fpga", "33"}, {"hal", "5.1.0"}, {"ttn-lw-gateway-server", "farfield/1"}};
  EXPECT_EQ(status.versions, versions);
  const std::map<std::string, float> metrics = {
      {"ackr", 99.5F}, {"lmnw", 8}, {"lmok", 6},     {"lmst", 7}, {"lpps", 1}, {"rxfw", 3},
      {"rxin", 2},     {"rxok", 1}, {"temp", 23.5F}, {"txin", 4}, {"txok", 5}};
  EXPECT_EQ(status.metrics, metrics);
}

struct LocationCase {
  const char* json;
  bool kept;
};
constexpr LocationCase location_cases[] = {
    {R"("lati":46.24,"long":3.25)", true},
    {R"("lati":0.0005,"long":-0.0005)", false},
    {R"("lati":10,"long":20.0005)", false},
    {R"("lati":10,"long":0)", true},
    {R"("lati":46.24)", false},
    {R"("lati":91,"long":3)", false},
    {R"("lati":1,"long":181)", false},
    {R"("lati":1,"long":1,"alti":1e30)", true},
};

TEST(PushData, IgnoresPlaceholderLocations) {
  for (const auto& row : location_cases) {
    const auto push = decode(std::string(R"({"stat":{)") + row.json + "}}");
    ASSERT_TRUE(push && push->status) << row.json;
    EXPECT_EQ(push->status->antenna_locations.size(), row.kept ? 1U : 0U) << row.json;
  }
}

TEST(PushData, DropsOnlyAStatusThatItCannotRead) {
  const std::string frames = std::string(example).substr(1, std::string(example).size() - 2);
  const char* statuses[] = {R"({"time":"2023-11-14T22:13:20Z"})",
                            R"({"time":"now"})",
                            R"({"boot":"x"})",
                            R"({"rxnb":"many"})",
                            "7",
                            "[]",
                            R"({"hver":3,"lati":1})"};
  for (const auto* status : statuses) {
    for (const auto& json : {"{" + frames + R"(,"stat":)" + status + "}",
                             std::string(R"({"stat":)") + status + "," + frames + "}"}) {
      const auto push = decode(json);
      ASSERT_TRUE(push) << json;
      EXPECT_EQ(push->uplinks.size(), 1U) << json;
      EXPECT_FALSE(push->status) << json;
      EXPECT_TRUE(push->status_ignored) << json;
    }
  }
}

TEST(PushData, ReadsStatusTimesWithOffsets) {
  const auto time_of = [](const char* text) {
    return decode(std::string(R"({"stat":{"time":")") + text + R"("}})")->status->time;
  };
  EXPECT_EQ(time_of("2023-11-14 23:13:20 +0100"), received);
  EXPECT_EQ(time_of("2023-11-14 23:13:20 +01"), received);
  EXPECT_EQ(time_of("2023-11-14 22:13:20 CET"), received);
}

TEST(PushData, DecoderIsReusable) {
  PushDataDecoder decoder;
  const PushDataContext context{gateway, received, "", "v"};
  EXPECT_FALSE(decoder.decode(as_bytes("{\"rxpk\":[{\"data\":\"long text that must not leak\"}]}"),
                              context));
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(decoder.decode(as_bytes(example), context)->uplinks.size(), 1U);
  auto moved = std::move(decoder);
  EXPECT_TRUE(moved.decode(as_bytes(example), context));
}

TEST(PushData, NeverCrashesOnMutations) {
  PushDataDecoder decoder;
  const PushDataContext context{gateway, received, "", "v"};
  auto random = make_seeded_random(11);
  for (int i = 0; i < 20'000; ++i) {
    auto bytes = to_owned(as_bytes(example));
    for (auto n = random->below(4); n > 0; --n)
      bytes[random->below(bytes.size())] = static_cast<std::uint8_t>(random->next());
    const auto push = decoder.decode(bytes, context);
    EXPECT_TRUE(push || !push.error().name().empty());
  }
}

}  // namespace
}  // namespace ff::gateway::semtech_udp
