// Over-the-air activation through network and join server, for both protocol generations.
#include "actors/support/euis_taken.hpp"
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

  /// Whether the device did not have the EUIs before.
  Result<bool> claim(const DeviceUid& device, bool erase = false) {
    Result<bool> out = false;
    caf::anon_send(context->shards.of(dev_eui),
                   IndexJoinEuis{device, join_eui, dev_eui, erase,
                                 [&](Result<bool> answer) { out = std::move(answer); }});
    run();
    return out;
  }
  template <class Message>
  void tell(const DeviceUid& device, Message message) {
    caf::anon_send(context->shards.of(device), to_session(device, std::move(message)));
    run();
  }

  const DeviceUid other{ApplicationId("their-app"), DeviceId("other")};
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

/// What the join-accept has told need not be told again, one NewChannelReq after the other.
TEST_P(JoinTest, TheSessionHasTheChannelsOfTheJoinAccept) {
  create_otaa_device();
  join(1);
  const auto accept = accepted(1).value();
  ASSERT_TRUE(accept.cf_list);
  uplink_in(accept, 1, 0);
  std::shared_ptr<const Device> device;
  caf::anon_send(context->shards.of(uid),
                 to_session(uid, GetDevice{[&](const auto& found) { device = found.value(); }}));
  run();
  ASSERT_TRUE(device && device->mac_state);
  const auto frequencies = [](const mac::MacParameters& parameters) {
    std::vector<Frequency> out;
    for (const auto& channel : parameters.channels) out.push_back(channel.uplink_frequency);
    return out;
  };
  EXPECT_EQ(frequencies(device->mac_state->current).size(), 8U);
  EXPECT_EQ(frequencies(device->mac_state->current), frequencies(device->mac_state->desired));
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
  auto claimed = claim(other);
  ASSERT_FALSE(claimed);
  EXPECT_TRUE(claimed.error().is(actors::end_device_euis_taken));
  EXPECT_NE(claimed.error().message().find("`dev-1` in application `test-app`"), std::string::npos);
  // Nor by being made past the claim, nor by being deleted.
  tell(other, ChangeDevice{.change = [&](const Device*) -> Result<Device> {
                             Device device;
                             device.ids = {other, dev_eui, join_eui, {}};
                             device.lorawan_version = mac_version;
                             device.lorawan_phy_version = phy_version;
                             device.frequency_plan_id = "EU_863_870_TTN";
                             device.supports_join = true;
                             return device;
                           },
                           .reply = [](const auto&) {}});
  tell(other, DeleteDevice{[](const auto&) {}});
  claimed = claim(uid);
  ASSERT_TRUE(claimed);
  EXPECT_FALSE(*claimed) << "it has them already";
  join(1);
  EXPECT_EQ(join_accepts().size(), 1U);
  ASSERT_FALSE(ups.empty());
  EXPECT_EQ(ups.back().ids.uid, uid);
  ASSERT_TRUE(claim(uid, true));
  EXPECT_TRUE(claim(other).value_or(false));
}

TEST_P(JoinTest, EuisAreFreeWhenTheirDeviceHasGoneOrJoinsNoMore) {
  const auto restart = [this] {
    shut_down();
    engine.crash();
    boot();
  };
  create_otaa_device();
  restart();
  EXPECT_FALSE(claim(other)) << "the index is stored";
  tell(uid, ChangeDevice{.change = [](const Device* current) -> Result<Device> {
                           auto device = *current;
                           device.supports_join = false;
                           return device;
                         },
                         .reply = [](const auto&) {}});
  EXPECT_TRUE(claim(other).value_or(false));
  ASSERT_TRUE(claim(other, true));
  // A claim that came before a change that does not join: it goes with the device.
  EXPECT_TRUE(claim(uid).value_or(false));
  tell(uid, DeleteDevice{[](const auto&) {}});
  restart();
  EXPECT_TRUE(claim(other).value_or(false));
}

INSTANTIATE_TEST_SUITE_P(
    Versions, JoinTest,
    ::testing::Values(Row{"v1_0_3", MacVersion::v1_0_3, PhyVersion::rp001_v1_0_3_rev_a},
                      Row{"v1_0_4", MacVersion::v1_0_4, PhyVersion::rp002_v1_0_4},
                      Row{"v1_1", MacVersion::v1_1, PhyVersion::rp001_v1_1_rev_b}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace ff::network_server
