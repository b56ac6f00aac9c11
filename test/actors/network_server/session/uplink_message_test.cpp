// What the application is told of an uplink, and what stands in its queue's way. [spec
// network-server §3.18, §11.4.5]
#include "actors/network_server/session/errors.hpp"
#include "test/actors/network_server/session/rig.hpp"

namespace ff::network_server {
namespace {

using namespace test;  // The rig and what it is made of.
using std::chrono::seconds;

struct MessageRig : SessionRig {
  MessageRig() : SessionRig({ApplicationId("app"), DeviceId("dev")}, MacVersion::v1_0_3) {
    want_nothing();
  }
  Outcome uplink(std::uint32_t f_cnt) {
    phy::DataFrame frame;
    frame.f_port = FPort{1};
    frame.f_ctrl.adr = true;
    RxMetadata metadata;
    metadata.gateway.gateway_id = GatewayId("gateway");
    metadata.uplink_token = {1};
    return handle(matched(frame, f_cnt, metadata));
  }
};

TEST(UplinkMessage, SaysWhatShareOfItsLikesWasLost) {
  MessageRig rig;
  struct Row {
    std::uint32_t f_cnt;
    float lost;
  };
  // Of 1, 2, 4, 5: 3 is missing.
  constexpr Row rows[] = {{1, 0}, {2, 0}, {4, 0.25F}, {5, 0.2F}};
  for (const auto& row : rows) {
    const auto outcome = rig.uplink(row.f_cnt);
    ASSERT_EQ(outcome.ups.size(), 1U);
    EXPECT_FLOAT_EQ(std::get<ApplicationUplink>(outcome.ups[0].up).packet_error_rate, row.lost);
    rig.passed += seconds{60};
  }
}

TEST(QueuedDownlink, WhoseTimeHasPassedIsInNobodysWay) {
  MessageRig rig;
  ApplicationDownlink item;
  item.f_port = FPort{1};
  item.session_key_id = {1, 2};
  item.frm_payload = {1};
  auto& queue = rig.device.session->queued_application_downlinks;
  item.f_cnt = FCnt32{1};
  item.class_b_c.emplace().absolute_time = start - seconds{1};
  queue.push_back(item);
  item.f_cnt = FCnt32{2};
  item.class_b_c.reset();
  queue.push_back(item);

  rig.uplink(1);
  const auto outcome = rig.handle(Wake{});
  ASSERT_EQ(outcome.ups.size(), 1U);
  const auto& failed = std::get<DownlinkFailed>(outcome.ups[0].up);
  EXPECT_EQ(failed.downlink.f_cnt, FCnt32{1});
  EXPECT_TRUE(failed.error->is(downlink_expired));
  ASSERT_EQ(all<SendTransmission>(outcome).size(), 1U);
  EXPECT_EQ(rig.session().device()->session->last_n_f_cnt_down, FCnt32{2});
}

}  // namespace
}  // namespace ff::network_server
