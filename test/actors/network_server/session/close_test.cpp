// What becomes of a device whose session is taken away.
#include <gtest/gtest.h>

#include "actors/network_server/session/errors.hpp"
#include "test/actors/network_server/session/rig.hpp"

namespace ff::network_server {
namespace {

using namespace test;  // The rig and what it is made of.

TEST(ClosedSession, FailsWhatIsQueuedAndIsNoLongerMatched) {
  SessionRig rig({ApplicationId("app"), DeviceId("dev")}, MacVersion::v1_0_3);
  rig.device.supports_join = true;
  for (std::uint32_t f_cnt = 1; f_cnt <= 2; ++f_cnt) {
    ApplicationDownlink item;
    item.f_port = FPort{1};
    item.f_cnt = FCnt32{f_cnt};
    item.session_key_id = {1, 2};
    rig.device.session->queued_application_downlinks.push_back(item);
  }
  const auto outcome =
      rig.handle(ChangeDevice{.change = [](const Device* current) -> Result<Device> {
                                auto next = *current;
                                next.session.reset();
                                next.mac_state.reset();
                                return next;
                              },
                              .reply = [](const auto&) {}});
  ASSERT_EQ(outcome.ups.size(), 2U);
  for (std::size_t i = 0; i < outcome.ups.size(); ++i) {
    const auto& failed = std::get<DownlinkFailed>(outcome.ups[i].up);
    ASSERT_TRUE(failed.error);
    EXPECT_EQ(failed.error->name(), unknown_session.name);
    EXPECT_EQ(failed.downlink.f_cnt, FCnt32{static_cast<std::uint32_t>(i + 1)});
  }
  bool unindexed = false;
  for (const auto& effect : outcome.effects) {
    const auto* update = std::get_if<UpdateIndex>(&effect);
    unindexed =
        unindexed || (update && update->entry.dev_addr == address && !update->entry.session);
  }
  EXPECT_TRUE(unindexed);
}

/// Nobody can acknowledge it any more.
TEST(ClosedSession, FailsWhatWasSentAndNotAcknowledged) {
  for (const bool is_reset : {false, true}) {
    SessionRig rig({ApplicationId("app"), DeviceId("dev")}, MacVersion::v1_0_3);
    rig.device.supports_join = true;
    ApplicationDownlink item;
    item.f_cnt = FCnt32{7};
    item.session_key_id = {1, 2};
    rig.device.mac_state->pending_application_downlink = item;
    const auto outcome =
        rig.handle(ChangeDevice{.change = [&](const Device* current) -> Result<Device> {
                                  auto next = *current;
                                  if (!is_reset) next.session.reset();
                                  next.mac_state.reset();
                                  return next;
                                },
                                .reply = [](const auto&) {}});
    ASSERT_EQ(outcome.ups.size(), 1U);
    EXPECT_EQ(std::get<DownlinkFailed>(outcome.ups[0].up).downlink.f_cnt, FCnt32{7});
  }
}

}  // namespace
}  // namespace ff::network_server
