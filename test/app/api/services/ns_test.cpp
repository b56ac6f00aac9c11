// What clients ask of the network itself.
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {
namespace {

class NsTest : public ApiFixture {
 protected:
  NsTest() {
    deps.plans = std::make_shared<const region::FrequencyPlans>(region::FrequencyPlans::standard());
    deps.make_random = [] { return make_secure_random(); };
    network->net_id = NetId{0x000013};
    network->addresses = DevAddrPlan(network->net_id);
    deps.network = network;
    token.clear();
  }

  std::shared_ptr<network_server::Config> network = std::make_shared<network_server::Config>();
};

TEST_F(NsTest, TheNetworkSaysWhoItIs) {
  EXPECT_EQ(call("GET", "/ns/net_id").at("/net_id"), "000013");
  EXPECT_EQ(call("GET", "/ns/dev_addr_prefixes").at("/dev_addr_prefixes/0"), "26000000/7");
}

TEST_F(NsTest, AddressesComeFromTheConfiguredPrefixes) {
  const DevAddrPrefix meters{DevAddr{0x260b8000}, 17};
  network->addresses =
      DevAddrPlan(network->net_id, {{DevAddr{0x260b0000}, 16}, {DevAddr{0x27000000}, 32}},
                  {{"meters", {meters}}});
  EXPECT_EQ(call("GET", "/ns/dev_addr_prefixes").at("/dev_addr_prefixes/1"), "27000000/32");
  for (int i = 0; i < 20; ++i) {
    const auto address = call("GET", "/ns/dev_addr").at("/dev_addr");
    EXPECT_TRUE(address.starts_with("260B") || address == "27000000") << address;
    EXPECT_FALSE(meters.contains(*parse_dev_addr(address))) << address;
  }
}

TEST_F(NsTest, DefaultSettingsAreThoseOfThePlan) {
  network->default_mac_settings.class_c_timeout = std::chrono::seconds{42};
  const auto answer = call("GET", "/ns/default_mac_settings/EU_863_870_TTN/RP001_V1_0_3_REV_A");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.at("/rx1_delay"), "1");
  EXPECT_EQ(answer.at("/desired_rx1_delay"), "5");
  EXPECT_EQ(answer.at("/rx2_frequency"), "869525000");
  EXPECT_EQ(answer.at("/rx2_data_rate_index"), "0");
  EXPECT_EQ(answer.at("/desired_rx2_data_rate_index"), "3");
  EXPECT_EQ(answer.at("/class_b_timeout"), "600s");
  EXPECT_EQ(answer.at("/class_c_timeout"), "42s");
  EXPECT_EQ(answer.at("/status_count_periodicity"), "200");
  EXPECT_EQ(answer.at("/factory_preset_frequencies/0"), "868100000");
}

TEST_F(NsTest, NoPlanAndNoBandOfTheVersionHaveTheirNames) {
  const auto no_plan = call("GET", "/ns/default_mac_settings/NO_PLAN/RP001_V1_0_3_REV_A");
  EXPECT_EQ(no_plan.status, 404);
  EXPECT_EQ(no_plan.error(), "pkg/frequencyplans:not_found");
  const auto no_band = call("GET", "/ns/default_mac_settings/AS_923_2/TS001_V1_0");
  EXPECT_EQ(no_band.status, 400) << no_band.body;
  EXPECT_EQ(no_band.error(), "pkg/networkserver/internal:no_band_version");
  EXPECT_EQ(no_band.at("/details/0/attributes/ver"), "PHY_V1_0");
  EXPECT_EQ(no_band.at("/details/0/attributes/id"), "AS_923_2");
}

}  // namespace
}  // namespace ff::api::test
