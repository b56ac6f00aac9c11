// Bands and frequency plans as the API tells everyone.
#include <set>

#include "test/app/api/services/api_fixture.hpp"
#include "ttn/lorawan/v3/configuration_services.grpc.pb.h"

namespace ff::api::test {
namespace {

namespace pb = ttn::lorawan::v3;

class ConfigurationTest : public ApiFixture {
 protected:
  ConfigurationTest() {
    deps.plans = std::make_shared<const region::FrequencyPlans>(region::FrequencyPlans::standard());
    token.clear();
  }

  /// Ids of the plans that a query gives.
  std::vector<std::string> plans(const std::string& query) {
    const auto answer = call("GET", "/configuration/frequency-plans" + query);
    EXPECT_EQ(answer.status, 200);
    std::vector<std::string> ids;
    for (std::size_t i = 0;; ++i) {
      auto id = answer.at("/frequency_plans/" + std::to_string(i) + "/id");
      if (id.empty()) return ids;
      ids.push_back(std::move(id));
    }
  }
};

TEST_F(ConfigurationTest, PlansAreListedAsTheyAreAskedFor) {
  const auto all = plans("");
  EXPECT_EQ(all.size(), deps.plans->all().size());
  struct Row {
    std::string query;
    std::function<bool(const region::FrequencyPlan&)> is_wanted;
  };
  const Row rows[] = {
      {"?base_frequency=868", [](const auto& plan) { return plan.base_frequency_mhz == 868; }},
      {"?band_id=AS_923", [](const auto& plan) { return plan.band_id == "AS_923"; }},
      {"?gateways_only=true", [](const auto& plan) { return plan.for_gateways; }},
      {"?base_frequency=915&gateways_only=true&band_id=AU_915_928",
       [](const auto& plan) { return plan.band_id == "AU_915_928" && plan.for_gateways; }},
      {"?band_id=NO_BAND", [](const auto&) { return false; }},
  };
  for (const auto& row : rows) {
    std::vector<std::string> expected;
    for (const auto& plan : deps.plans->all())
      if (row.is_wanted(plan)) expected.push_back(plan.id);
    EXPECT_EQ(plans(row.query), expected) << row.query;
    EXPECT_LT(expected.size(), all.size()) << row.query;
  }
}

TEST_F(ConfigurationTest, APlanIsNamedWithItsBand) {
  const auto answer = call("GET", "/configuration/frequency-plans?band_id=EU_863_870");
  EXPECT_EQ(answer.at("/frequency_plans/0/id"), "EU_863_870");
  EXPECT_EQ(answer.at("/frequency_plans/0/base_frequency"), "868");
  EXPECT_EQ(answer.at("/frequency_plans/0/band_id"), "EU_863_870");
  EXPECT_EQ(answer.at("/frequency_plans/0/base_id"), "") << "a plan of its own";
  EXPECT_EQ(answer.at("/frequency_plans/1/base_id"), "EU_863_870");
  EXPECT_NE(answer.at("/frequency_plans/0/name"), "");
}

TEST_F(ConfigurationTest, VersionsAreThoseOfTheBand) {
  const auto one = call("GET", "/configuration/phy-versions?band_id=AS_923_4");
  EXPECT_EQ(one.at("/version_info/0/band_id"), "AS_923_4");
  EXPECT_EQ(one.at("/version_info/0/phy_versions"),
            R"(["RP002_V1_0_3","RP002_V1_0_4","RP002_V1_0_5"])");
  EXPECT_EQ(one.at("/version_info/1"), "");
  const auto all = call("GET", "/configuration/phy-versions");
  const auto bands = region::band_ids();
  for (std::size_t i = 0; i < bands.size(); ++i)
    EXPECT_EQ(all.at("/version_info/" + std::to_string(i) + "/band_id"), bands[i]);
  const auto unknown = call("GET", "/configuration/phy-versions?band_id=EU868");
  EXPECT_EQ(unknown.error(), "pkg/band:band_not_found");
  EXPECT_EQ(unknown.at("/details/0/attributes/id"), "EU868");
  EXPECT_EQ(unknown.at("/details/0/attributes/version"), "PHY_UNKNOWN");
  EXPECT_EQ(unknown.status, 404);
}

TEST_F(ConfigurationTest, ABandIsDescribedInFull) {
  const auto answer = call("GET", "/configuration/bands/EU_863_870/RP002_V1_0_3");
  ASSERT_EQ(answer.status, 200) << boost::json::serialize(answer.body);
  const std::string band = "/descriptions/EU_863_870/band/RP002_V1_0_3";
  const std::pair<std::string, std::string> rows[] = {
      {"/id", "EU_863_870"},
      {"/max_uplink_channels", "16"},
      {"/uplink_channels/0", R"({"frequency":"868100000","max_data_rate":5})"},
      {"/uplink_channels/3", ""},
      {"/data_rates/0/rate/lora/spreading_factor", "12"},
      {"/data_rates/7/rate/fsk/bit_rate", "50000"},
      {"/freq_multiplier", "100"},
      {"/implements_cf_list", "true"},
      {"/cf_list_type", ""},
      {"/receive_delay_1", "1s"},
      {"/receive_delay_2", "2s"},
      {"/join_accept_delay_1", "5s"},
      {"/join_accept_delay_2", "6s"},
      {"/max_fcnt_gap", "16384"},
      {"/supports_dynamic_adr", "true"},
      {"/adr_ack_limit", "ADR_ACK_LIMIT_64"},
      {"/min_retransmit_timeout", "1s"},
      {"/max_retransmit_timeout", "3s"},
      {"/tx_offset", "[0,-2,-4,-6,-8,-10,-12,-14]"},
      {"/max_adr_data_rate_index", "5"},
      {"/default_max_eirp", "16"},
      {"/default_rx2_parameters", R"({"frequency":"869525000"})"},
      {"/beacon", R"({"data_rate_index":3,"coding_rate":"4/5","frequencies":["869525000"]})"},
      {"/ping_slot_frequencies", R"(["869525000"])"},
      {"/relay_forward_delay", "0.050s"},
      {"/relay_receive_delay", "18s"},
      {"/relay", ""},
      {"/boot_dwell_time", ""},
  };
  for (const auto& [field, value] : rows) EXPECT_EQ(answer.at(band + field), value) << field;
  EXPECT_EQ(answer.at("/descriptions/EU_863_870/band/RP002_V1_0_4"), "") << "not asked for";
}

TEST_F(ConfigurationTest, WhatOneBandOrRevisionHasAndOthersHaveNotIsThere) {
  struct Row {
    std::string band;
    std::string version;
    std::string field;
    std::string value;
  };
  const Row rows[] = {
      {"EU_863_870", "RP002_V1_0_4", "/relay/wor_channels/0",
       R"({"frequency":"865100000","ack_frequency":"865300000","data_rate_index":3})"},
      {"US_902_928", "RP002_V1_0_3", "/boot_dwell_time", R"({"uplinks":true,"downlinks":false})"},
      {"US_902_928", "RP002_V1_0_3", "/cf_list_type", "CHANNEL_MASKS"},
      {"US_902_928", "RP002_V1_0_3", "/max_uplink_channels", "72"},
      {"US_902_928", "RP002_V1_0_3", "/ping_slot_frequencies/7", "927500000"},
      {"AS_923", "RP002_V1_0_3", "/tx_param_setup_req_support", "true"},
      {"ISM_2400", "RP002_V1_0_3", "/freq_multiplier", "200"},
  };
  for (const auto& [band, version, field, value] : rows) {
    const auto answer = call("GET", "/configuration/bands/" + band + "/" + version);
    EXPECT_EQ(answer.at("/descriptions/" + band + "/band/" + version + field), value)
        << band << field;
  }
}

TEST_F(ConfigurationTest, EveryRevisionOfEveryBandIsListed) {
  start();
  pb::ListBandsResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(pb::Configuration::NewStub(server->in_process_channel())
                  ->ListBands(&context, {}, &response)
                  .ok());
  ASSERT_EQ(response.descriptions().size(), region::band_ids().size());
  for (const auto band_id : region::band_ids()) {
    const auto& revisions = response.descriptions().at(std::string(band_id)).band();
    EXPECT_EQ(revisions.size(), region::revisions(band_id).size()) << band_id;
    for (const auto& region : region::revisions(band_id)) {
      const auto name = pb::PHYVersion_Name(static_cast<pb::PHYVersion>(region.phy_version));
      const auto& band = revisions.at(name);
      EXPECT_EQ(band.id(), band_id);
      std::set<std::uint32_t> indices;  // some have two meanings, one in each direction
      for (const auto& entry : region.data_rates) indices.insert(entry.index.value());
      EXPECT_EQ(band.data_rates().size(), indices.size()) << band_id << name;
      EXPECT_EQ(static_cast<std::size_t>(band.uplink_channels_size()),
                region.default_uplink_channels.size());
      EXPECT_EQ(static_cast<std::size_t>(band.sub_bands_size()), region.sub_bands.size());
    }
  }
}

}  // namespace
}  // namespace ff::api::test
