#include "protocol/backend_interfaces/roaming.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "protocol/backend_interfaces/message.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/region/region.hpp"

namespace ff::backend_interfaces {
namespace {

constexpr DevEui dev_eui{0x0004A30B001C0530};
constexpr DevAddr dev_addr{0x26011234};

std::string golden(const std::string& name) {
  std::ifstream file(std::string(FF_GOLDEN_DIR) + "/backend_interfaces/" + name + ".json");
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

enum Sender { visited, home };

Header from(Sender sender, Version version, MessageType type) {
  Header out;
  out.version = version;
  out.transaction_id = 42;
  out.type = type;
  out.sender_id = sender == visited ? "000042" : "000013";
  out.receiver_id = sender == visited ? "000013" : "000042";
  if (version == Version::v1_1)
    (is_request(type) ? out.sender_ns_id : out.receiver_ns_id) = "EC656EFFFE000001";
  return out;
}

UlMetaData ul() {
  UlMetaData out;
  out.dev_addr = dev_addr;
  out.f_cnt_up = 7;
  out.data_rate = DataRateIndex{5};
  out.ul_freq = Frequency::hz(868'100'000);
  out.recv_time = parse_rfc3339("2025-02-11T08:31:07.412Z");
  out.rf_region = "EU868";
  out.fns_ul_token = {1, 2};
  GwInfo first;
  first.id = *parse_hex("00800000A0001234");
  first.rssi_dbm = -37.0F;
  first.snr_db = 9.25F;
  first.latitude = 52.375;
  first.longitude = -4.25;
  first.ul_token = {10};
  first.dl_allowed = true;
  out.gateways = {first, GwInfo{}};
  return out;
}
UlMetaData join_ul() {
  UlMetaData out;
  out.dev_eui = dev_eui;
  out.data_rate = DataRateIndex{0};
  out.ul_freq = Frequency::hz(868'500'000);
  out.rf_region = "EU868";
  return out;
}
DlMetaData dl() {
  DlMetaData out;
  out.dev_addr = dev_addr;
  out.dl_freq_1 = Frequency::hz(868'100'000);
  out.dl_freq_2 = Frequency::hz(869'525'000);
  out.rx_delay_1 = 5;
  out.data_rate_1 = DataRateIndex{5};
  out.data_rate_2 = DataRateIndex{0};
  out.fns_ul_token = {1, 2};
  out.high_priority = true;
  GwInfo gateway;
  gateway.id = *parse_hex("00800000A0001234");
  gateway.ul_token = {10};
  out.gateways = {gateway};
  return out;
}
DlMetaData join_dl() {
  DlMetaData out;
  out.dev_eui = dev_eui;
  out.dl_freq_1 = Frequency::hz(868'500'000);
  out.rx_delay_1 = 5;
  out.data_rate_1 = DataRateIndex{0};
  return out;
}
PrStartAns stateful() {
  PrStartAns out;
  out.lifetime = 600;
  out.dev_eui = dev_eui;
  out.f_nwk_s_int_key = Key{"", Bytes(16, 0x22)};
  out.f_cnt_up = 7;
  return out;
}
PrStartAns joined() {
  PrStartAns out;
  out.phy_payload = {0x20, 0xAA, 0xBB};
  out.lifetime = 0;
  out.dev_eui = dev_eui;
  out.nwk_s_key = Key{"label", Bytes(24, 0x33)};
  out.dl = join_dl();
  return out;
}

struct GoldenCase {
  std::string file;
  Message message;
};

std::vector<GoldenCase> golden_cases() {
  using enum MessageType;
  constexpr auto v1_0 = Version::v1_0;
  constexpr auto v1_1 = Version::v1_1;
  const auto data_up = *parse_hex("4034120126000700");
  const auto data_down = *parse_hex("6034120126000700");
  return {
      {"pr_start_req_data_1_0", {from(visited, v1_0, pr_start_req), PrStartReq{data_up, ul()}}},
      {"pr_start_req_join_1_1",
       {from(visited, v1_1, pr_start_req), PrStartReq{{0, 1, 2, 3}, join_ul()}}},
      {"pr_start_ans_stateful", {from(home, v1_1, pr_start_ans), stateful()}},
      {"pr_start_ans_join_1_0", {from(home, v1_0, pr_start_ans), joined()}},
      {"pr_stop_req", {from(home, v1_0, pr_stop_req), PrStopReq{{}, dev_addr, 60}}},
      {"xmit_data_req_up", {from(visited, v1_0, xmit_data_req), XmitDataReq{data_up, ul(), {}}}},
      {"xmit_data_req_down", {from(home, v1_0, xmit_data_req), XmitDataReq{data_down, {}, dl()}}},
      {"xmit_data_ans",
       {from(visited, v1_0, xmit_data_ans), XmitDataAns{{}, Frequency::hz(868'100'000), {}}}},
      {"xmit_data_ans_refused",
       {from(visited, v1_0, xmit_data_ans),
        XmitDataAns{{ResultCode::xmit_failed, "too late"}, {}, {}}}},
  };
}

TEST(RoamingMessages, AreTheGoldenFiles) {
  for (const auto& row : golden_cases()) {
    const auto text = golden(row.file);
    ASSERT_FALSE(text.empty()) << row.file;
    EXPECT_EQ(encode(row.message), text) << row.file;
    const auto decoded = decode(text);
    ASSERT_TRUE(decoded) << row.file << decoded.error().to_string();
    EXPECT_EQ(decoded->header, row.message.header) << row.file;
    ASSERT_TRUE(decoded->body) << row.file << decoded->body.error().to_string();
    EXPECT_EQ(*decoded->body, row.message.body) << row.file;
  }
}

std::string changed(std::string text, const std::string& from_text, const std::string& to) {
  const auto at = text.find(from_text);
  EXPECT_NE(at, std::string::npos) << from_text;
  return text.replace(at, from_text.size(), to);
}

TEST(RoamingMessages, AreRefusedByTheFieldThatIsWrong) {
  struct Row {
    std::string file;
    std::string from_text;
    std::string to;
  };
  const Row rows[] = {
      {"pr_start_req_data_1_0", "\"ULMetaData\"", "\"Other\""},
      {"pr_start_req_data_1_0", "\"ULMetaData\":{", "\"ULMetaData\":7,\"Other\":{"},
      {"pr_start_req_data_1_0", "\"PHYPayload\"", "\"Other\""},
      {"pr_start_req_data_1_0", "868.1", "-1"},
      {"pr_start_req_data_1_0", "868.1", "0.0000001"},
      {"pr_start_req_data_1_0", "868.1", "\"868.1\""},
      {"pr_start_req_data_1_0", "\"DataRate\":5", "\"DataRate\":16"},
      {"pr_start_req_data_1_0", "\"DataRate\":5,", ""},
      {"pr_start_req_data_1_0", "26011234", "2601"},
      {"pr_start_ans_stateful", "\"Result\"", "\"Other\""},
      {"pr_start_ans_stateful", std::string(32, '2'), "22"},
      {"pr_stop_req", "\"DevAddr\"", "\"Other\""},
      {"xmit_data_req_down", "\"DLMetaData\"", "\"Other\""},
      {"xmit_data_req_down", "\"ClassMode\":\"A\"", "\"ClassMode\":\"D\""},
      {"xmit_data_req_down", "\"RXDelay1\":5", "\"RXDelay1\":16"},
      {"xmit_data_ans", "868.1", "1e300"},
  };
  for (const auto& row : rows) {
    const auto decoded = decode(changed(golden(row.file), row.from_text, row.to));
    ASSERT_TRUE(decoded) << row.file << ' ' << row.from_text;
    EXPECT_FALSE(decoded->body) << row.file << ' ' << row.from_text;
  }
}

TEST(RoamingMessages, WhatAGatewaySaysOfItselfIsLeftOutWhenItIsStrange) {
  auto text = changed(golden("pr_start_req_data_1_0"), "\"00800000A0001234\"", "\"gateway-7\"");
  text = changed(text, "-37", "\"loud\"");
  const auto decoded = decode(text);
  ASSERT_TRUE(decoded && decoded->body);
  const auto& gateway = std::get<PrStartReq>(*decoded->body).ul.gateways.at(0);
  EXPECT_TRUE(gateway.id.empty());
  EXPECT_FALSE(gateway.rssi_dbm);
  EXPECT_TRUE(gateway.dl_allowed);
}

TEST(RoamingMessages, HaveNoMoreGatewaysThanTheirBound) {
  std::string many;
  for (std::size_t i = 0; i < gateways_max + 5; ++i) many += "{},";
  const auto decoded =
      decode(changed(golden("pr_start_req_data_1_0"), "\"GWInfo\":[", "\"GWInfo\":[" + many));
  ASSERT_TRUE(decoded && decoded->body);
  EXPECT_EQ(std::get<PrStartReq>(*decoded->body).ul.gateways.size(), gateways_max);
}

TEST(RfRegion, EveryCommonBandHasANameThatLeadsBack) {
  for (const auto band : region::band_ids()) {
    const auto name = rf_region_of(band);
    if (name.empty()) continue;
    EXPECT_EQ(band_of(name), band);
  }
  EXPECT_EQ(rf_region_of("EU_863_870"), "EU868");
  EXPECT_EQ(band_of("eu868"), "EU_863_870");
  EXPECT_EQ(band_of("US902"), "US_902_928");
  EXPECT_EQ(band_of("Australia915"), "AU_915_928");
  EXPECT_TRUE(band_of("").empty());
  EXPECT_TRUE(rf_region_of("").empty());
}

}  // namespace
}  // namespace ff::backend_interfaces
