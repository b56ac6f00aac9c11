// The first frame of a new session: what is taken over, and what the application hears.
#include "actors/network_server/session/errors.hpp"
#include "test/actors/network_server/session/rejoining_rig.hpp"

namespace ff::network_server {
namespace {

using namespace test;  // The rig and what it is made of.
using std::chrono::seconds;

template <class Payload>
const Payload* told(const ApplicationUp& up) {
  return std::get_if<Payload>(&up.up);
}

ApplicationDownlink confirmed_item(std::uint32_t f_cnt) {
  return {.session_key_id = {1, 2},
          .f_port = FPort{7},
          .f_cnt = FCnt32{f_cnt},
          .frm_payload = {1},
          .confirmed = true};
}

/// The process has ended, or the gateway server was silent, between the join-accept and its answer:
/// the device has joined nevertheless.
TEST(Promotion, NeedsNoAnswerOfAGatewayForTheJoinAccept) {
  RejoiningRig rig;
  ASSERT_EQ(all<SendTransmission>(rig.handle(Wake{})).size(), 1U);
  rig.passed += seconds{7};
  const auto outcome = rig.handle_first_uplink();
  const auto& device = *rig.session().device();
  EXPECT_FALSE(device.pending_session);
  ASSERT_TRUE(device.session);
  EXPECT_EQ(device.session->keys.session_key_id, SessionKeyId{8});
  EXPECT_FALSE(device.mac_state->queued_join_accept);
  ASSERT_GE(outcome.ups.size(), 2U);
  ASSERT_TRUE(told<ApplicationJoinAccept>(outcome.ups[0])) << "before the uplink";
  EXPECT_EQ(told<ApplicationJoinAccept>(outcome.ups[0])->session_key_id, SessionKeyId{8});
  EXPECT_TRUE(told<ApplicationUplink>(outcome.ups[1]));
}

TEST(Promotion, TheJoinAcceptIsToldOnce) {
  RejoiningRig rig;
  ASSERT_TRUE(rig.send_accept());
  rig.passed += seconds{7};
  const auto outcome = rig.handle_first_uplink();
  ASSERT_FALSE(outcome.ups.empty());
  for (const auto& up : outcome.ups) EXPECT_FALSE(told<ApplicationJoinAccept>(up));
}

/// No answer of the device can come any more.
TEST(Promotion, AConfirmedDownlinkOfTheOldSessionHasFailed) {
  RejoiningRig rig;
  ASSERT_TRUE(rig.send_accept());
  auto device = *rig.session().device();
  device.mac_state->pending_application_downlink = confirmed_item(3);
  rig.handle(ChangeDevice{.change = [&](const Device*) -> Result<Device> { return device; },
                          .reply = [](const auto&) {}});
  rig.passed += seconds{7};
  const auto outcome = rig.handle_first_uplink();
  const auto failed = std::ranges::find_if(
      outcome.ups, [](const auto& up) { return told<DownlinkFailed>(up) != nullptr; });
  ASSERT_NE(failed, outcome.ups.end());
  EXPECT_TRUE(told<DownlinkFailed>(*failed)->error->is(unknown_session));
  EXPECT_EQ(told<DownlinkFailed>(*failed)->downlink.f_cnt, FCnt32{3});
}

/// What gateways say of a frame of the old session is told, and changes nothing in the new one.
TEST(Promotion, LateAnswersOfGatewaysAreOfTheOldSession) {
  for (const bool taken : {true, false}) {
    RejoiningRig rig;
    ASSERT_TRUE(rig.send_accept());
    rig.passed += seconds{7};
    auto item = confirmed_item(5);
    rig.handle(PushDownlinks{{item}, false, [](const auto&) {}});
    phy::DataFrame frame;
    frame.f_port = FPort{1};
    frame.m_type = phy::MType::confirmed_up;
    // Of the old session, while the device listens no more: it is answered in the old one.
    auto event = rig.matched(frame, 8, heard());
    event.frame = [&] {
      auto copy = *event.frame;
      copy.received_at = rig.now();
      return std::make_shared<const UplinkFrame>(std::move(copy));
    }();
    auto device = *rig.session().device();
    rig.handle(event);
    const auto sent = all<SendTransmission>(rig.handle(Wake{}));
    ASSERT_EQ(sent.size(), 1U);
    // A new session has been opened meanwhile.
    device.session = device.pending_session;
    device.mac_state = device.pending_mac_state;
    device.pending_session.reset();
    device.pending_mac_state.reset();
    rig.handle(ChangeDevice{.change = [&](const Device*) -> Result<Device> { return device; },
                            .reply = [](const auto&) {}});
    constexpr ErrorDef busy{"pkg/gatewayserver", "conflict", Code::already_exists, "busy"};
    const auto outcome = rig.handle(
        DownlinkScheduled{sent[0].attempt, taken ? Result<ScheduledDownlink>(ScheduledDownlink{})
                                                 : Result<ScheduledDownlink>(fail(busy))});
    for (const auto& up : outcome.ups) EXPECT_FALSE(told<DownlinkQueueInvalidated>(up));
    const auto& now_is = *rig.session().device();
    EXPECT_TRUE(now_is.mac_state->recent_downlinks.empty()) << taken;
    EXPECT_FALSE(now_is.mac_state->pending_application_downlink) << taken;
  }
}

TEST(Promotion, APendingSessionThatIsGivenIsIndexed) {
  JoiningRig rig;
  const auto pending = mac::Session{.dev_addr = DevAddr{0x260b0001}, .keys = {{9}, key, key, key}};
  const auto set = [&](std::optional<mac::Session> session) {
    return rig.handle(ChangeDevice{.change = [&, session](const Device* current) -> Result<Device> {
                                     auto device = *current;
                                     device.pending_session = session;
                                     device.pending_mac_state.reset();
                                     if (session) device.pending_mac_state = rig.initial();
                                     return device;
                                   },
                                   .reply = [](const auto&) {}});
  };
  auto updates = all<UpdateIndex>(set(pending));
  ASSERT_EQ(updates.size(), 1U);
  EXPECT_TRUE(updates[0].entry.pending);
  EXPECT_TRUE(updates[0].entry.session);
  EXPECT_EQ(updates[0].entry.dev_addr, pending.dev_addr);
  auto other = pending;
  other.dev_addr = DevAddr{0x260b0002};
  updates = all<UpdateIndex>(set(other));
  ASSERT_EQ(updates.size(), 2U);
  EXPECT_FALSE(updates[0].entry.session) << "the one before is gone";
  EXPECT_EQ(updates[1].entry.dev_addr, other.dev_addr);
  updates = all<UpdateIndex>(set(std::nullopt));
  ASSERT_EQ(updates.size(), 1U);
  EXPECT_FALSE(updates[0].entry.session);
}

}  // namespace
}  // namespace ff::network_server
