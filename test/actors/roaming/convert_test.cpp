#include "actors/roaming/convert.hpp"

#include <gtest/gtest.h>

#include "actors/roaming/errors.hpp"
#include "test/actors/roaming/sample.hpp"

namespace ff::roaming {
namespace {

namespace bi = backend_interfaces;
using namespace test;
using std::chrono::seconds;

constexpr NetId visited{0xABCDEF};
const UtcTime now = *parse_rfc3339("2025-02-11T08:31:08Z");

Heard heard() {
  Heard out;
  out.token = {7, 7};
  out.frame = frame_of(data_uplink(1), heard_by("near", 9));
  out.rx_metadata = out.frame->rx_metadata;
  auto far = heard_by("far", -3);
  auto best = heard_by("best-but-busy", 12);
  best.downlink_path_constraint = DownlinkPathConstraint::prefer_other;
  auto silent = heard_by("silent", 14);
  silent.uplink_token.clear();
  out.rx_metadata.insert(out.rx_metadata.end(), {far, best, silent});
  out.dev_addr = dev_addr;
  return out;
}

TEST(UlMetaData, SaysWhatTheGatewaysHeard) {
  const auto ul = ul_meta_data(heard());
  ASSERT_TRUE(ul);
  EXPECT_EQ(ul->dev_addr, dev_addr);
  EXPECT_EQ(ul->data_rate, DataRateIndex{5});
  EXPECT_EQ(ul->rf_region, "EU868");
  EXPECT_EQ(ul->fns_ul_token, (Bytes{7, 7}));
  ASSERT_EQ(ul->gateways.size(), 4U);
  EXPECT_TRUE(ul->gateways[0].dl_allowed);
  EXPECT_FALSE(ul->gateways[3].dl_allowed);
  auto strange = heard();
  auto frame = *strange.frame;
  frame.band_id = "MOON";
  strange.frame = std::make_shared<const UplinkFrame>(frame);
  EXPECT_FALSE(ul_meta_data(strange));
}

TEST(UplinkOfAPartner, IsOneOfAGatewayWithOnePath) {
  const auto ul = *ul_meta_data(heard());
  const auto frame = uplink_of(data_uplink(1), ul, {visited, 5, now, {}});
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->band_id, "EU_863_870");
  EXPECT_TRUE(same_modulation(frame->settings.data_rate, LoraDataRate{7, 125'000}));
  EXPECT_EQ(frame->settings.frequency, Frequency::hz(868'100'000));
  ASSERT_EQ(frame->rx_metadata.size(), 4U);
  EXPECT_EQ(frame->rx_metadata[0].gateway.gateway_id, GatewayId("roaming-abcdef"));
  EXPECT_EQ(frame->rx_metadata[0].gateway.eui, GatewayEui{0x00800000A0000004});
  const auto token = decode_uplink_token(frame->rx_metadata[0].uplink_token);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->visited, visited);
  EXPECT_EQ(token->exchange, 5U);
  EXPECT_EQ(token->forwarder, (Bytes{7, 7}));
  EXPECT_TRUE(frame->rx_metadata[1].uplink_token.empty());
}

TEST(UplinkOfAPartner, IsReceivedWhenThePartnerSaysIfThatIsPlausible) {
  auto ul = *ul_meta_data(heard());
  const auto received = [&](UtcTime said) {
    ul.recv_time = said;
    return uplink_of(data_uplink(1), ul, {visited, 5, now, {}})->received_at;
  };
  EXPECT_EQ(received(now - std::chrono::milliseconds{300}), now - std::chrono::milliseconds{300});
  EXPECT_EQ(received(now - seconds{4}), now);
  EXPECT_EQ(received(now + seconds{1}), now);
}

TEST(UplinkOfAPartner, WithoutAGatewayThatMaySendHasNoPath) {
  auto ul = *ul_meta_data(heard());
  for (auto& gateway : ul.gateways) gateway.dl_allowed = false;
  const auto frame = uplink_of(data_uplink(1), ul, {visited, 5, now, {}});
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->rx_metadata[0].uplink_token.empty());
  ul.rf_region = "MOON868";
  EXPECT_FALSE(uplink_of(data_uplink(1), ul, {visited, 5, now, {}}));
}

bi::DlMetaData dl() {
  bi::DlMetaData out;
  out.dl_freq_1 = Frequency::hz(868'100'000);
  out.data_rate_1 = DataRateIndex{5};
  out.dl_freq_2 = Frequency::hz(869'525'000);
  out.data_rate_2 = DataRateIndex{0};
  out.rx_delay_1 = 0;
  return out;
}

TEST(DownlinkForOurGateways, GoesToTheBestOfThoseThatHeard) {
  const auto frame = downlink_of(heard(), data_downlink(), dl());
  ASSERT_TRUE(frame);
  const auto& request = frame->request;
  ASSERT_EQ(request.paths.size(), 3U);
  EXPECT_EQ(request.paths[0].gateway.gateway_id, GatewayId("near"));
  EXPECT_EQ(request.paths[1].gateway.gateway_id, GatewayId("far"));
  EXPECT_EQ(request.paths[2].gateway.gateway_id, GatewayId("best-but-busy"));
  EXPECT_EQ(request.rx1_delay, seconds{1}) << "0 means 1";
  ASSERT_TRUE(request.rx1 && request.rx2);
  EXPECT_TRUE(same_modulation(request.rx2->data_rate, LoraDataRate{12, 125'000}));
  EXPECT_TRUE(frame->device.device_id.empty());
}

TEST(DownlinkForOurGateways, OnlyAnswersUplinks) {
  auto other = dl();
  other.class_mode = bi::ClassMode::c;
  EXPECT_TRUE(downlink_of(heard(), data_downlink(), other).error().is(only_class_a));
  other = dl();
  other.data_rate_1 = DataRateIndex{15};
  EXPECT_TRUE(downlink_of(heard(), data_downlink(), other).error().is(unknown_radio));
}

TEST(DownlinkForOurGateways, IsForTheDeviceThatWasHeardAndOfAKindThatItWaitsFor) {
  const auto is_sent = [](const Heard& to, const Bytes& frame) {
    const auto out = downlink_of(to, frame, dl());
    EXPECT_TRUE(out || out.error().is(not_an_answer));
    return out.has_value();
  };
  auto confirmed = data_downlink();
  confirmed[0] = 0xA0;
  auto other = data_downlink();
  other[1] ^= 1;
  const Bytes join_accept(33, 0x20);
  EXPECT_TRUE(is_sent(heard(), data_downlink()));
  EXPECT_TRUE(is_sent(heard(), confirmed));
  EXPECT_FALSE(is_sent(heard(), other)) << "another device";
  EXPECT_FALSE(is_sent(heard(), data_uplink(2)));
  EXPECT_FALSE(is_sent(heard(), join_accept));
  EXPECT_FALSE(is_sent(heard(), {0xE0, 1, 2})) << "proprietary";
  EXPECT_FALSE(is_sent(heard(), {}));
  for (const auto& request : {join_request(), rejoin_request(phy::RejoinType::restore),
                              rejoin_request(phy::RejoinType::full_context)}) {
    Heard joining;
    joining.frame = frame_of(request, heard_by("near", 9));
    joining.rx_metadata = joining.frame->rx_metadata;
    EXPECT_TRUE(is_sent(joining, join_accept));
    EXPECT_TRUE(is_sent(joining, Bytes(17, 0x20)));
    EXPECT_FALSE(is_sent(joining, Bytes(18, 0x20)));
    EXPECT_FALSE(is_sent(joining, data_downlink()));
    EXPECT_FALSE(is_sent(joining, join_request()));
  }
}

TEST(DlMetaData, SaysWhatThePartnersGatewaysAreToSend) {
  const UplinkToken token{visited, 5, now, dev_eui, "EU_863_870", {7, 7}};
  DownlinkFrame frame;
  frame.phy_payload = data_downlink();
  frame.request.rx1 = RxWindow{LoraDataRate{7, 125'000}, Frequency::hz(868'100'000)};
  frame.request.rx1_delay = seconds{5};
  auto said = dl_meta_data(frame, token);
  ASSERT_TRUE(said);
  EXPECT_EQ(said->dev_addr, dev_addr);
  EXPECT_FALSE(said->dev_eui);
  EXPECT_EQ(said->data_rate_1, DataRateIndex{5});
  EXPECT_EQ(said->rx_delay_1, 5);
  EXPECT_EQ(said->fns_ul_token, (Bytes{7, 7}));
  EXPECT_FALSE(said->data_rate_2);
  frame.phy_payload = Bytes(17, 0x20);
  said = dl_meta_data(frame, token);
  ASSERT_TRUE(said);
  EXPECT_EQ(said->dev_eui, dev_eui);
  frame.request.device_class = DeviceClass::c;
  EXPECT_TRUE(dl_meta_data(frame, token).error().is(only_class_a));
}

TEST(RefusalOf, HasThePartnersWords) {
  struct Row {
    std::string_view name;
    Code code;
    bool is_join;
    bi::ResultCode expected;
  };
  const Row rows[] = {
      {"device_not_found", Code::not_found, true, bi::ResultCode::unknown_dev_eui},
      {"device_not_found", Code::not_found, false, bi::ResultCode::unknown_dev_addr},
      {"mic_mismatch", Code::invalid_argument, false, bi::ResultCode::mic_failed},
      {"duplicate_uplink", Code::already_exists, false, bi::ResultCode::frame_replayed},
      {"reuse_dev_nonce", Code::invalid_argument, true, bi::ResultCode::join_req_failed}};
  for (const auto& row : rows) {
    const Error error(ErrorDef{"pkg/networkserver", row.name, row.code, "text"});
    EXPECT_EQ(refusal_of(error, row.is_join).code, row.expected) << row.name;
  }
  EXPECT_EQ(refusal_of(Error(limit_reached), false).code, bi::ResultCode::deferred);
  EXPECT_EQ(refusal_of(Error(no_roaming_agreement), false).code,
            bi::ResultCode::no_roaming_agreement);
}

}  // namespace
}  // namespace ff::roaming
