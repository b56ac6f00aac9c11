// What the old session's frames do to a join that the device has not used yet. [spec network-server
// §3.7]
#include "test/actors/network_server/session/rejoining_rig.hpp"

namespace ff::network_server {
namespace {

using namespace test;  // The rig and what it is made of.
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(PendingSession, OutlivesALateCopyOfAnOldFrame) {
  RejoiningRig rig;
  ASSERT_TRUE(rig.send_accept());
  rig.passed += seconds{8};
  const auto outcome = rig.handle_uplink(7);
  EXPECT_EQ(std::get<UplinkJudged>(rig.session().decisions().back().value).verdict,
            UplinkVerdict::repeated_too_often);
  rig.passed += seconds{1};
  EXPECT_TRUE(rig.is_pending());
  EXPECT_TRUE(all<UpdateIndex>(outcome).empty());
}

TEST(PendingSession, OutlivesWhatComesWhileTheDeviceListensForTheJoinAccept) {
  RejoiningRig rig;
  rig.passed += milliseconds{100};
  const auto outcome = rig.handle_uplink(8);
  EXPECT_EQ(rig.session().device()->session->last_f_cnt_up, FCnt32{8});
  EXPECT_TRUE(rig.is_pending());
  for (const auto& update : all<UpdateIndex>(outcome)) EXPECT_FALSE(update.entry.pending);
  EXPECT_TRUE(rig.send_accept()) << "the device waits for it still";
  ASSERT_TRUE(rig.session().device()->pending_mac_state);
  EXPECT_TRUE(rig.session().device()->pending_mac_state->pending_join_request);
}

TEST(PendingSession, EndsWhenTheDeviceGoesOnInItsOldOne) {
  RejoiningRig rig;
  ASSERT_TRUE(rig.send_accept());
  rig.passed += seconds{7};
  const auto outcome = rig.handle_uplink(8);
  EXPECT_FALSE(rig.is_pending());
  const auto updates = all<UpdateIndex>(outcome);
  ASSERT_EQ(updates.size(), 1U);
  EXPECT_TRUE(updates[0].entry.pending);
  EXPECT_FALSE(updates[0].entry.session);
}

TEST(PendingSession, AJoinThatWasNotAnsweredInTimeStandsInNobodysWay) {
  RejoiningRig rig;
  rig.passed += seconds{7};
  rig.handle_uplink(8);
  EXPECT_FALSE(rig.is_pending());
  EXPECT_FALSE(rig.send_accept());
}

struct StatusRig : SessionRig {
  StatusRig() : SessionRig({ApplicationId("app"), DeviceId("dev")}, MacVersion::v1_0_3) {
    device.pending_session = device.session;
    device.pending_mac_state = device.mac_state;
    device.pending_mac_state->pending_join_request =
        mac::JoinParameters{.dev_addr = address, .cf_list = {}};
    device.mac_state->device_status = said;
  }
  void confirm() {
    phy::DataFrame frame;
    frame.f_port = FPort{1};
    auto uplink = matched(frame, 1, heard());
    uplink.pending_session = true;
    handle(uplink);
    ASSERT_FALSE(session().device()->pending_session);
  }
  const mac::DeviceStatus said{now(), FCnt32{7}, 0.5F, false, 4};
};

/// Battery and reception are the device's, not the session's: it is asked when their time is over,
/// or after so many frames of this session. [spec network-server §14]
TEST(PendingSession, WhatTheDeviceSaidOfItselfOutlivesTheOldOne) {
  StatusRig rig;
  rig.confirm();
  const auto& device = *rig.session().device();
  EXPECT_EQ(device.earlier_status, rig.said);
  auto expected = rig.said;
  expected.f_cnt_up = {};
  EXPECT_EQ(device.mac_state->device_status, expected);
}

/// Clients may say of a pending session when its device was asked, and no more.
TEST(PendingSession, ThatKnowsWhenTheDeviceWasAskedDoesNotHideWhatItSaid) {
  StatusRig rig;
  rig.device.pending_mac_state->device_status = mac::DeviceStatus{.f_cnt_up = FCnt32{3}};
  rig.confirm();
  auto expected = rig.said;
  expected.f_cnt_up = FCnt32{3};
  EXPECT_EQ(rig.session().device()->mac_state->device_status, expected);
}

TEST(PendingSession, OfADeviceThatHasNeverSaidAnythingKnowsNothing) {
  StatusRig rig;
  rig.device.mac_state->device_status.reset();
  rig.confirm();
  EXPECT_FALSE(rig.session().device()->mac_state->device_status);
}

}  // namespace
}  // namespace ff::network_server
