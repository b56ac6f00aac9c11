// Copies of a join-request that were not collected as copies: on a neighbouring channel, or late.
// [spec network-server §6.1, §6.10]
#include "actors/network_server/session/errors.hpp"
#include "protocol/roaming/uplink_token.hpp"
#include "test/actors/network_server/session/joining_rig.hpp"

namespace ff::network_server {
namespace {

using namespace test;  // The rig and what it is made of.
using std::chrono::milliseconds;
using std::chrono::seconds;

const JoinAnswer accept{Bytes(17, 0x20), {{8}, key, key, key, {}}, {}};

RxMetadata heard(const char* gateway, float rssi) {
  RxMetadata metadata;
  metadata.gateway.gateway_id = GatewayId(gateway);
  metadata.uplink_token = {1};
  metadata.channel_rssi_dbm = rssi;
  metadata.snr_db = 10;
  return metadata;
}

struct CopyRig : JoiningRig {
  Outcome heard_on(std::uint32_t frequency_hz, const char* gateway, float rssi) {
    auto frame = std::make_shared<UplinkFrame>();
    frame->phy_payload = Bytes(23, 0);
    frame->settings.data_rate = LoraDataRate{9, 125'000, CodingRate::cr4_5};
    frame->settings.frequency = Frequency::hz(frequency_hz);
    frame->received_at = now();
    return handle(JoinRequestReceived{frame, heard_as({heard(gateway, rssi)})});
  }
  JoinStage last_stage() { return std::get<JoinJudged>(session().decisions().back().value).stage; }
  /// What the gateways are asked for once the join server has answered.
  DownlinkFrame sent(const AskJoinServer& question) {
    handle(JoinAnswered{question.attempt, accept});
    const auto requests = all<SendTransmission>(handle(Wake{}));
    EXPECT_EQ(requests.size(), 1U);
    return *requests.at(0).frame;
  }
};

TEST(JoinCopy, IsNotAskedOfAgainAndItsGatewayMayAnswer) {
  CopyRig rig;
  const auto question = rig.questions(rig.heard_on(868'100'000, "loud", -50)).at(0);
  rig.passed += milliseconds{1500};
  const auto copy = rig.heard_on(868'100'000, "faint", -100);
  EXPECT_TRUE(rig.questions(copy).empty());
  EXPECT_TRUE(copy.effects.empty());
  EXPECT_EQ(rig.last_stage(), JoinStage::repeated);
  const auto frame = rig.sent(question);
  ASSERT_EQ(frame.request.paths.size(), 2U);
  EXPECT_EQ(frame.request.paths[0].gateway.gateway_id, GatewayId("loud"));
  EXPECT_EQ(frame.request.paths[1].gateway.gateway_id, GatewayId("faint"));
}

TEST(JoinCopy, TheLoudestWasHeardOnTheChannelOfTheDevice) {
  CopyRig rig;
  const auto question = rig.questions(rig.heard_on(868'300'000, "near", -90)).at(0);
  rig.heard_on(868'100'000, "near", -40);
  rig.heard_on(868'500'000, "near", -95);
  const auto frame = rig.sent(question);
  ASSERT_TRUE(frame.request.rx1);
  EXPECT_EQ(frame.request.rx1->frequency, Frequency::hz(868'100'000));
  EXPECT_EQ(frame.request.paths.size(), 1U);
}

TEST(JoinCopy, ChangesNothingWhenTheAnswerIsOnItsWay) {
  CopyRig rig;
  const auto question = rig.questions(rig.heard_on(868'300'000, "near", -90)).at(0);
  rig.sent(question);
  const auto before = rig.session().device();
  const auto copy = rig.heard_on(868'100'000, "near", -40);
  EXPECT_TRUE(rig.questions(copy).empty());
  EXPECT_EQ(rig.session().device(), before);
}

TEST(JoinCopy, ThatAnotherNetworkForwardedTooLateIsRefused) {
  CopyRig rig;
  rig.sent(rig.questions(rig.heard_on(868'300'000, "near", -90)).at(0));
  RxMetadata forwarded;
  forwarded.uplink_token = roaming::encode_uplink_token({.visited = NetId{0x42}, .exchange = 7});
  auto frame = std::make_shared<UplinkFrame>();
  frame->phy_payload = Bytes(23, 0);
  const auto told =
      all<RefuseForwarded>(rig.handle(JoinRequestReceived{frame, heard_as({forwarded})}));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_TRUE(told[0].error.is(duplicate_uplink));
}

TEST(JoinCopy, AfterSixSecondsItIsTheJoinServersToJudge) {
  CopyRig rig;
  const auto first = rig.questions(rig.heard_on(868'300'000, "near", -90)).at(0);
  rig.sent(first);
  rig.passed += seconds{6};
  EXPECT_EQ(rig.questions(rig.heard_on(868'300'000, "near", -90)).size(), 1U);
}

TEST(JoinAccept, HasAListOfChannelsOnlyWhereTheDeviceCanHearIt) {
  struct Row {
    const char* plan;
    std::uint8_t spreading_factor;
    bool fits;
  };
  // A join is sent at the data rate that the device begins with: 24 octets within 400 ms.
  constexpr Row rows[] = {{"AS_923", 10, true}, {"AS_923_DT", 10, false}, {"AS_923_DT", 9, true}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.plan);
    JoiningRig rig;
    rig.device.frequency_plan_id = row.plan;
    auto frame = std::make_shared<UplinkFrame>();
    frame->phy_payload = Bytes(23, 0);
    frame->settings.data_rate = LoraDataRate{row.spreading_factor, 125'000, CodingRate::cr4_5};
    frame->settings.frequency = Frequency::hz(923'200'000);
    frame->received_at = rig.now();
    const auto questions =
        rig.questions(rig.handle(JoinRequestReceived{frame, heard_as({heard("near", -60)})}));
    ASSERT_EQ(questions.size(), 1U);
    EXPECT_EQ(!questions[0].cf_list.empty(), row.fits);
  }
}

}  // namespace
}  // namespace ff::network_server
