#include <gtest/gtest.h>

#include "protocol/gateway/semtech_udp/pull_resp.hpp"
#include "protocol/gateway/semtech_udp/tx_ack.hpp"

namespace ff::gateway::semtech_udp {
namespace {

GatewayDownlink example() {
  GatewayDownlink downlink;
  downlink.phy_payload = {0x60, 0x04, 0x03, 0x02, 0x01, 0xa0, 0x01, 0x00, 0x01, 0x02, 0x03};
  downlink.data_rate = LoraDataRate{7, 125'000, CodingRate::cr4_5};
  downlink.frequency = Frequency::hz(868'100'000);
  downlink.eirp_dbm = 16.15F;
  downlink.timestamp_us = 3'517'348'611;
  return downlink;
}

TEST(PullResp, WritesALoraFrame) {
  EXPECT_EQ(
      pull_resp_json(example()),
      R"({"txpk":{"imme":false,"tmst":3517348611,"freq":868.1,"rfch":0,"powe":14,"modu":"LORA",)"
      R"("datr":"SF7BW125","codr":"4/5","ipol":true,"size":11,"ncrc":true,"data":"YAQDAgGgAQABAgM="}})");
}

TEST(PullResp, WritesAnFskFrame) {
  auto downlink = example();
  downlink.data_rate = FskDataRate{50'000};
  downlink.invert_polarization = false;
  downlink.enable_crc = true;
  EXPECT_EQ(
      pull_resp_json(downlink),
      R"({"txpk":{"imme":false,"tmst":3517348611,"freq":868.1,"rfch":0,"powe":14,"modu":"FSK",)"
      R"("datr":50000,"fdev":25000,"ipol":false,"size":11,"data":"YAQDAgGgAQABAgM="}})");
}

TEST(PullResp, SendsAbsoluteTimesAsGpsMilliseconds) {
  auto downlink = example();
  downlink.absolute_time =
      UtcTime{std::chrono::seconds{1'700'000'000} + std::chrono::milliseconds{250}};
  const auto json = pull_resp_json(downlink);
  EXPECT_NE(json.find(R"("imme":false,"tmms":1384035218250,)"), std::string::npos);
  EXPECT_EQ(json.find("tmst"), std::string::npos);
}

TEST(PullResp, SendsAtOnceOnlyWithoutAnyTime) {
  auto downlink = example();
  downlink.timestamp_us = 0;
  EXPECT_NE(pull_resp_json(downlink).find(R"("imme":false,"tmst":0,)"), std::string::npos);
  downlink.timestamp_us.reset();
  EXPECT_NE(pull_resp_json(downlink).find(R"({"imme":true,)"), std::string::npos);
}

struct PowerCase {
  float eirp_dbm;
  const char* expected;
};
constexpr PowerCase power_cases[] = {{16.15F, "14"}, {29.15F, "27"}, {14.0F, "11"}, {2.15F, "0"},
                                     {2.0F, "0"},    {-10.0F, "0"},  {0.0F, "0"},   {36.15F, "34"}};

TEST(PullResp, ConvertsEirpToWholeErpAndNeverWraps) {
  for (const auto& row : power_cases) {
    auto downlink = example();
    downlink.eirp_dbm = row.eirp_dbm;
    EXPECT_NE(pull_resp_json(downlink).find(std::string(R"("powe":)") + row.expected + ","),
              std::string::npos)
        << row.eirp_dbm;
  }
}

struct FrequencyCase {
  std::uint64_t hz;
  const char* expected;
};
constexpr FrequencyCase frequency_cases[] = {{868'100'000, "868.1"},
                                             {869'525'000, "869.525"},
                                             {923'000'000, "923"},
                                             {2'403'000'000, "2403"},
                                             {868'099'975, "868.099975"}};

TEST(PullResp, WritesFrequenciesExactly) {
  for (const auto& row : frequency_cases) {
    auto downlink = example();
    downlink.frequency = Frequency::hz(row.hz);
    EXPECT_NE(pull_resp_json(downlink).find(std::string(R"("freq":)") + row.expected + ","),
              std::string::npos)
        << row.hz;
  }
}

struct AckCase {
  const char* body;
  TxResult expected;
};
constexpr AckCase ack_cases[] = {
    {"", TxResult::success},
    {"{}", TxResult::success},
    {R"({"txpk_ack":{}})", TxResult::success},
    {R"({"txpk_ack":null})", TxResult::success},
    {R"({"txpk_ack":{"error":null}})", TxResult::success},
    {R"({"txpk_ack":{"error":"NONE"}})", TxResult::success},
    {R"({"txpk_ack":{"error":""}})", TxResult::success},
    {R"({"txpk_ack":{"warn":"TX_POWER","value":20}})", TxResult::success},
    {R"({"txpk_ack":{"error":"TOO_LATE"}})", TxResult::too_late},
    {R"({"txpk_ack":{"error":"TOO_EARLY"}})", TxResult::too_early},
    {R"({"txpk_ack":{"error":"COLLISION_PACKET"}})", TxResult::collision_packet},
    {R"({"txpk_ack":{"error":"COLLISION_BEACON"}})", TxResult::collision_beacon},
    {R"({"txpk_ack":{"error":"TX_FREQ"}})", TxResult::tx_freq},
    {R"({"txpk_ack":{"error":"TX_POWER"}})", TxResult::tx_power},
    {R"({"txpk_ack":{"error":"GPS_UNLOCKED"}})", TxResult::gps_unlocked},
    {R"({"txpk_ack":{"error":"SOMETHING"}})", TxResult::unknown_error},
};

TEST(TxAck, ReadsEveryResult) {
  for (const auto& row : ack_cases)
    EXPECT_EQ(parse_tx_ack(as_bytes(row.body)), row.expected) << row.body;
}

TEST(TxAck, RefusesWhatIsNotAnObject) {
  for (const auto* body :
       {"x", "[]", "{", R"({"txpk_ack":1})", R"({"txpk_ack":{"error":3}})", "{} {}"})
    EXPECT_FALSE(parse_tx_ack(as_bytes(body))) << body;
  EXPECT_FALSE(parse_tx_ack(Bytes(5000, ' ')));
}

TEST(TxAck, WordsAreReadBack) {
  for (int i = 0; i <= 8; ++i) {
    const auto result = static_cast<TxResult>(i);
    const auto body = std::string(R"({"txpk_ack":{"error":")") + tx_ack_word(result) + R"("}})";
    EXPECT_EQ(parse_tx_ack(as_bytes(body)), result);
  }
}

}  // namespace
}  // namespace ff::gateway::semtech_udp
