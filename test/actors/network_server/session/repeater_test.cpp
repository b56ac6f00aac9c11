// A frequency plan that leaves room for repeaters: every limit that the network server keeps.
#include "actors/network_server/session/downlink_frame.hpp"
#include "actors/network_server/session/errors.hpp"
#include "test/actors/network_server/session/rig.hpp"

namespace ff::network_server {
namespace {

using region::DwellTime;
using test::SessionRig;

std::size_t window_room(const char* plan_id, int data_rate) {
  const auto& plan = *SessionRig::plans().find(plan_id);
  const mac::MacSettings none;
  const mac::DeviceProfile profile{
      .region = *region::find(plan.band_id, PhyVersion::rp001_v1_0_3_rev_a),
      .plan = plan,
      .settings = none,
      .network_defaults = none};
  const auto window = open_window(profile, DataRateIndex{static_cast<std::uint8_t>(data_rate)},
                                  Frequency::hz(868'100'000), DwellTime::off);
  return window ? window->max_mac_payload : 0;
}

TEST(Repeater, NarrowsTheWindowsThatHaveRoom) {
  for (const int fast : {4, 5, 6, 7}) {
    EXPECT_EQ(window_room("EU_863_870_TTN", fast), 250U) << fast;
    EXPECT_EQ(window_room("REPEATER", fast), 230U) << fast;
  }
  for (const int slow : {0, 1, 2}) EXPECT_EQ(window_room("REPEATER", slow), 59U) << slow;
  EXPECT_EQ(window_room("REPEATER", 3), 123U);
  EXPECT_EQ(window_room("REPEATER", 15), 0U);
}

TEST(Repeater, NarrowsWhatIsQueued) {
  struct Row {
    const char* plan;
    std::size_t size;
    bool is_taken;
  };
  for (const auto& [plan, size, is_taken] :
       {Row{"EU_863_870_TTN", 242, true}, Row{"EU_863_870_TTN", 243, false},
        Row{"REPEATER", 222, true}, Row{"REPEATER", 223, false}}) {
    SessionRig rig({ApplicationId("app"), DeviceId("dev")}, MacVersion::v1_0_3);
    rig.device.frequency_plan_id = plan;
    ApplicationDownlink item;
    item.f_cnt = FCnt32{1};
    item.f_port = FPort{1};
    item.session_key_id = rig.device.session->keys.session_key_id;
    item.frm_payload.resize(size);
    std::optional<Status> answer;
    PushDownlinks push;
    push.downlinks.push_back(item);
    push.reply = [&](const Status& status) { answer = status; };
    const auto outcome = rig.handle(push);
    for (const auto& effect : test::all<Answer>(outcome)) effect.run();
    ASSERT_TRUE(answer) << plan << size;
    EXPECT_EQ(answer->has_value(), is_taken) << plan << size;
    if (is_taken) continue;
    EXPECT_TRUE(answer->error().is(application_downlink_too_long));
  }
}

}  // namespace
}  // namespace ff::network_server
