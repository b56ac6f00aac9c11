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

/// Battery and reception are the device's, not the session's.
TEST(PendingSession, WhatTheDeviceSaidOfItselfOutlivesTheOldOne) {
  SessionRig rig({ApplicationId("app"), DeviceId("dev")}, MacVersion::v1_0_3);
  const mac::DeviceStatus said{rig.now(), FCnt32{7}, 0.5F, false, 4};
  rig.device.pending_session = rig.device.session;
  rig.device.pending_mac_state = rig.device.mac_state;
  rig.device.pending_mac_state->pending_join_request =
      mac::JoinParameters{.dev_addr = address, .cf_list = {}};
  rig.device.mac_state->device_status = said;
  phy::DataFrame frame;
  frame.f_port = FPort{1};
  auto uplink = rig.matched(frame, 1, heard());
  uplink.pending_session = true;
  rig.handle(uplink);
  const auto& device = *rig.session().device();
  ASSERT_FALSE(device.pending_session);
  EXPECT_EQ(device.earlier_status, said);
  EXPECT_FALSE(device.mac_state->device_status) << "it is still to be asked in this session";
}

}  // namespace
}  // namespace ff::network_server
