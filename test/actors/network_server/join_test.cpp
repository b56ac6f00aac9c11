// Over-the-air activation through network and join server, for both protocol generations.
#include "actors/network_server/session/errors.hpp"
#include "test/actors/network_server/otaa_fixture.hpp"

namespace ff::network_server {
namespace {

struct Row {
  const char* name;
  MacVersion mac_version;
  PhyVersion phy_version;
};

class JoinTest : public OtaaFixture, public ::testing::WithParamInterface<Row> {
 protected:
  void SetUp() override {
    mac_version = GetParam().mac_version;
    phy_version = GetParam().phy_version;
    OtaaFixture::SetUp();
  }
};

TEST_P(JoinTest, OpensASessionThatTheFirstUplinkConfirms) {
  create_otaa_device();
  join(1);
  ASSERT_EQ(join_accepts().size(), 1U);
  const auto accept = accepted(1);
  ASSERT_TRUE(accept) << accept.error().to_string();
  ASSERT_FALSE(ups.empty());
  EXPECT_TRUE(std::holds_alternative<ApplicationJoinAccept>(ups.back().up));
  EXPECT_EQ(ups.back().ids.dev_addr, accept->dev_addr);
  uplink_in(*accept, 1, 0);
  EXPECT_EQ(uplink_counters(), std::vector<std::uint32_t>{0});
}

TEST_P(JoinTest, RefusesAUsedDevNonce) {
  create_otaa_device();
  join(5);
  advance(seconds{10});
  join(5);
  EXPECT_EQ(join_accepts().size(), 1U);
}

TEST_P(JoinTest, JoinsAgainAfterACrashWithoutRepeatingAnyNonce) {
  create_otaa_device();
  join(1);
  const auto first = accepted(1).value();
  uplink_in(first, 1, 0);
  shut_down();
  engine.crash();
  boot();
  // The join index is derived from the identity server's rows, which this fixture has not.
  caf::anon_send(context->shards.of(dev_eui), IndexJoinEuis{uid, join_eui, dev_eui, false});
  join(1);
  EXPECT_EQ(join_accepts().size(), 1U);
  advance(seconds{10});
  join(2);
  ASSERT_EQ(join_accepts().size(), 2U);
  const auto second = accepted(2).value();
  EXPECT_GT(second.join_nonce, first.join_nonce);
  // The old session goes on until the new one has been used.
  uplink_in(first, 1, 1);
  EXPECT_EQ(uplink_counters(), (std::vector<std::uint32_t>{0, 1}));
}

TEST_P(JoinTest, ADeviceThatNamesAnothersEuisGetsNothingOfIt) {
  create_otaa_device();
  const DeviceUid thief{ApplicationId("their-app"), DeviceId("thief")};
  Result<bool> claimed = true;
  const auto claim = [&](const DeviceUid& device, bool erase) {
    caf::anon_send(context->shards.of(dev_eui),
                   IndexJoinEuis{device, join_eui, dev_eui, erase,
                                 [&](Result<bool> answer) { claimed = std::move(answer); }});
    run();
  };
  claim(thief, false);
  ASSERT_FALSE(claimed);
  EXPECT_TRUE(claimed.error().is(end_device_euis_taken));
  EXPECT_NE(claimed.error().message().find("`dev-1` in application `test-app`"), std::string::npos);
  // Nor by being made past the claim, nor by being deleted.
  caf::anon_send(context->shards.of(thief),
                 to_session(thief, ChangeDevice{.change = [&](const Device*) -> Result<Device> {
                                                  Device device;
                                                  device.ids = {thief, dev_eui, join_eui, {}};
                                                  device.lorawan_version = mac_version;
                                                  device.lorawan_phy_version = phy_version;
                                                  device.frequency_plan_id = "EU_863_870_TTN";
                                                  device.supports_join = true;
                                                  return device;
                                                },
                                                .reply = [](const auto&) {}}));
  run();
  caf::anon_send(context->shards.of(thief), to_session(thief, DeleteDevice{[](const auto&) {}}));
  run();
  claim(uid, false);
  ASSERT_TRUE(claimed);
  EXPECT_FALSE(*claimed) << "it has them already";
  join(1);
  EXPECT_EQ(join_accepts().size(), 1U);
  ASSERT_FALSE(ups.empty());
  EXPECT_EQ(ups.back().ids.uid, uid);
  claim(uid, true);
  claim(thief, false);
  ASSERT_TRUE(claimed);
  EXPECT_TRUE(*claimed);
}

INSTANTIATE_TEST_SUITE_P(
    Versions, JoinTest,
    ::testing::Values(Row{"v1_0_3", MacVersion::v1_0_3, PhyVersion::rp001_v1_0_3_rev_a},
                      Row{"v1_0_4", MacVersion::v1_0_4, PhyVersion::rp002_v1_0_4},
                      Row{"v1_1", MacVersion::v1_1, PhyVersion::rp001_v1_1_rev_b}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace ff::network_server
