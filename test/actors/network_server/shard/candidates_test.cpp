// Frames that more than one session may have sent: each that may have is asked.
#include <gtest/gtest.h>

#include "actors/network_server/shard/state.hpp"
#include "protocol/phy/seal.hpp"

namespace ff::network_server {
namespace {

constexpr DevAddr address{0x260b1234};
constexpr MonoTime now{std::chrono::seconds{5}};
const Aes128Key key = Aes128Key::from(Bytes(16, 1));

IndexedSession session(const char* device, std::uint32_t last) {
  return {.device =
              std::make_shared<const DeviceUid>(DeviceUid{ApplicationId("app"), DeviceId(device)}),
          .f_nwk_s_int_key = key,
          .last_f_cnt_up = FCnt32{last},
          .mac_version = MacVersion::v1_1};
}

TEST(Candidates, AllWithHalfOfTheMicGetTheFrame) {
  AddressIndex addresses;
  addresses.set(address, session("near", 199));
  addresses.set(address, session("far", 4));
  ShardState state({}, std::move(addresses), {}, now, *make_seeded_random(1));
  phy::DataFrame data;
  data.dev_addr = address;
  UplinkFrame frame;
  frame.phy_payload = phy::seal_frame(data, {key, key, key},
                                      {.mac_version = MacVersion::v1_1, .f_cnt = FCnt32{200}})
                          .value();
  ASSERT_EQ(state.on_uplink(std::make_shared<const UplinkFrame>(frame), now),
            UplinkOutcome::accepted);
  const auto events = state.close_windows(now + std::chrono::seconds{1});
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].device.device_id, DeviceId("far"));
  EXPECT_EQ(std::get<UplinkMatched>(*events[0].event).f_cnt, FCnt32{200});
  EXPECT_EQ(events[1].device.device_id, DeviceId("near"));
  EXPECT_EQ(std::get<UplinkMatched>(*events[1].event).f_cnt, FCnt32{200});
}

}  // namespace
}  // namespace ff::network_server
