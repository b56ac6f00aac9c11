// Every band and revision against test/golden/region/<BAND>.json: all values of the file that a
// Region can hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "protocol/region/region.hpp"
#include "test/protocol/region/golden.hpp"

namespace ff::region {
namespace {

namespace json = boost::json;
using golden::unsigned_of;

const std::map<std::string, PhyVersion> versions = {
    {"TS001_V1_0", PhyVersion::ts001_v1_0},
    {"TS001_V1_0_1", PhyVersion::ts001_v1_0_1},
    {"RP001_V1_0_2", PhyVersion::rp001_v1_0_2},
    {"RP001_V1_0_2_REV_B", PhyVersion::rp001_v1_0_2_rev_b},
    {"RP001_V1_0_3_REV_A", PhyVersion::rp001_v1_0_3_rev_a},
    {"RP001_V1_1_REV_A", PhyVersion::rp001_v1_1_rev_a},
    {"RP001_V1_1_REV_B", PhyVersion::rp001_v1_1_rev_b},
    {"RP002_V1_0_0", PhyVersion::rp002_v1_0_0},
    {"RP002_V1_0_1", PhyVersion::rp002_v1_0_1},
    {"RP002_V1_0_2", PhyVersion::rp002_v1_0_2},
    {"RP002_V1_0_3", PhyVersion::rp002_v1_0_3},
    {"RP002_V1_0_4", PhyVersion::rp002_v1_0_4},
    {"RP002_V1_0_5", PhyVersion::rp002_v1_0_5},
};

DwellTime dwell_of(const json::value& state) {
  if (state.is_null()) return DwellTime::unknown;
  return state.as_bool() ? DwellTime::on : DwellTime::off;
}

DataRate modulation_of(const json::value& row) {
  const auto& modulation = row.at("modulation").as_string();
  if (modulation == "FSK") {
    return FskDataRate{static_cast<std::uint32_t>(unsigned_of(row.at("bit_rate_bps")))};
  }
  const CodingRate coding_rate = parse_coding_rate(row.at("coding_rate").as_string());
  if (modulation == "LR_FHSS") {
    return LrFhssDataRate{
        static_cast<std::uint32_t>(unsigned_of(row.at("operating_channel_width_hz"))), coding_rate,
        static_cast<std::uint8_t>(unsigned_of(row.at("modulation_type")))};
  }
  return LoraDataRate{static_cast<std::uint8_t>(unsigned_of(row.at("spreading_factor"))),
                      static_cast<std::uint32_t>(unsigned_of(row.at("bandwidth_hz"))), coding_rate};
}

void expect_data_rates(const Region& region, const json::value& profile) {
  const auto& rows = profile.at("data_rates").as_array();
  ASSERT_EQ(region.data_rates.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SCOPED_TRACE("row " + std::to_string(i));
    const DataRateEntry& entry = region.data_rates[i];
    EXPECT_EQ(entry.index.value(), unsigned_of(rows[i].at("index")));
    const auto& direction = rows[i].at("direction").as_string();
    EXPECT_EQ(entry.direction, direction == "uplink"     ? Direction::uplink
                               : direction == "downlink" ? Direction::downlink
                                                         : Direction::both);
    EXPECT_EQ(entry.data_rate, modulation_of(rows[i]));
    const auto& sizes = rows[i].at("max_mac_payload");
    EXPECT_EQ(entry.max_mac_payload.dwell_off, unsigned_of(sizes.at("dwell_off")));
    EXPECT_EQ(entry.max_mac_payload.dwell_on, unsigned_of(sizes.at("dwell_on")));
    EXPECT_EQ(entry.max_mac_payload.dwell_off_repeater,
              unsigned_of(sizes.at("dwell_off_repeater")));
    EXPECT_EQ(entry.max_mac_payload.dwell_on_repeater, unsigned_of(sizes.at("dwell_on_repeater")));
  }
}

void expect_channels(std::span<const Channel> channels, const json::value& rows) {
  ASSERT_EQ(channels.size(), rows.as_array().size());
  for (std::size_t i = 0; i < channels.size(); ++i) {
    SCOPED_TRACE("channel " + std::to_string(i));
    const auto& row = rows.as_array()[i];
    EXPECT_EQ(unsigned_of(row.at("index")), i);
    EXPECT_EQ(channels[i].frequency.hz(), unsigned_of(row.at("frequency_hz")));
    EXPECT_EQ(channels[i].min_data_rate.value(), unsigned_of(row.at("min_data_rate")));
    EXPECT_EQ(channels[i].max_data_rate.value(), unsigned_of(row.at("max_data_rate")));
  }
}

void expect_plan(const Region& region, const json::value& profile) {
  const auto& channels = profile.at("channels");
  const bool dynamic = channels.at("plan_kind").as_string() == "dynamic";
  EXPECT_EQ(region.plan_kind, dynamic ? PlanKind::dynamic : PlanKind::fixed);
  EXPECT_EQ(region.max_uplink_channels, unsigned_of(channels.at("max_uplink")));
  EXPECT_EQ(region.max_downlink_channels, unsigned_of(channels.at("max_downlink")));
  expect_channels(region.default_uplink_channels, channels.at("default_uplink"));
  expect_channels(region.default_downlink_channels, channels.at("default_downlink"));
  EXPECT_EQ(region.frequency_step_hz, unsigned_of(profile.at("frequency_step_hz")));
  EXPECT_EQ(region.strict_coding_rate, profile.at("strict_coding_rate").as_bool());
}

void expect_cf_list(const Region& region, const json::value& rule) {
  const CfListRule& cf_list = region.cf_list;
  if (!rule.at("implemented").as_bool()) {
    EXPECT_EQ(cf_list.type, CfListType::none);
  } else if (rule.at("type").as_string() == "FREQUENCIES") {
    EXPECT_EQ(cf_list.type, CfListType::frequencies);
    EXPECT_EQ(cf_list.first_channel_index, unsigned_of(rule.at("first_channel_index")));
    EXPECT_EQ(cf_list.channel_count, unsigned_of(rule.at("channel_count")));
    EXPECT_EQ(cf_list.min_data_rate.value(), unsigned_of(rule.at("min_data_rate")));
    EXPECT_EQ(cf_list.max_data_rate.value(), unsigned_of(rule.at("max_data_rate")));
  } else {
    EXPECT_EQ(cf_list.type, CfListType::channel_masks);
    EXPECT_EQ(cf_list.mask_count, unsigned_of(rule.at("mask_count")));
  }
}

void expect_power_and_commands(const Region& region, const json::value& profile) {
  EXPECT_EQ(region.dynamic_adr_supported, profile.at("adr").at("dynamic_supported").as_bool());
  const auto& adr = profile.at("adr").as_object();
  EXPECT_EQ(region.adr_max_data_rate.value(), unsigned_of(adr.at("max_data_rate")));
  const json::value* beyond = adr.if_contains("beyond_max");
  ASSERT_EQ(region.fast_data_rates.size(), beyond == nullptr ? 0 : beyond->as_array().size());
  for (std::size_t i = 0; i < region.fast_data_rates.size(); ++i)
    EXPECT_EQ(region.fast_data_rates[i].value(), unsigned_of(beyond->as_array()[i]));
  const auto& power = profile.at("tx_power");
  EXPECT_FLOAT_EQ(region.default_max_eirp_dbm, power.at("default_max_eirp_dbm").to_number<float>());
  const auto& offsets = power.at("offsets_db").as_array();
  EXPECT_EQ(region.max_tx_power_index().value(), unsigned_of(power.at("max_index")));
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    const auto offset = region.tx_power_offset_db(TxPowerIndex(static_cast<std::uint8_t>(i)));
    ASSERT_TRUE(offset.has_value());
    EXPECT_FLOAT_EQ(*offset, offsets[i].to_number<float>());
  }
  const auto& commands = profile.at("mac_commands");
  EXPECT_EQ(region.has_tx_param_setup, commands.at("tx_param_setup").as_bool());
  EXPECT_EQ(region.has_new_channel, commands.at("new_channel").as_bool());
  EXPECT_EQ(region.has_dl_channel, commands.at("dl_channel").as_bool());
  const auto& dwell = profile.at("dwell_time");
  EXPECT_EQ(region.boot_uplink_dwell, dwell_of(dwell.at("boot_uplink")));
  EXPECT_EQ(region.boot_downlink_dwell, dwell_of(dwell.at("boot_downlink")));
  const auto& limit = dwell.at("limit_ms");
  EXPECT_EQ(region.dwell_time_limit.count(), limit.is_null() ? 0 : limit.as_int64());
}

void expect_rx1_rows(const Region& region, const json::value& rows, DwellTime dwell) {
  for (std::uint8_t uplink = 0; uplink < 16; ++uplink) {
    const auto* row = rows.as_object().if_contains(std::to_string(uplink));
    for (std::uint8_t offset = 0; offset < 8; ++offset) {
      const auto found = region.rx1_data_rate(DataRateIndex(uplink), DataRateOffset(offset), dwell);
      const bool listed = row != nullptr && offset < row->as_array().size();
      ASSERT_EQ(found.has_value(), listed) << +uplink << '/' << +offset;
      if (!listed) continue;
      EXPECT_EQ(found->value(), unsigned_of(row->as_array()[offset]));
    }
  }
}

void expect_windows(const Region& region, const json::value& profile) {
  const auto& rx1 = profile.at("rx1");
  const auto& mapping = rx1.at("channel_mapping");
  const bool modulo = mapping.at("kind").as_string() == "modulo";
  EXPECT_EQ(region.rx1_channel_kind, modulo ? Rx1ChannelKind::modulo : Rx1ChannelKind::same_index);
  if (modulo) {
    EXPECT_EQ(region.max_downlink_channels, unsigned_of(mapping.at("modulus")));
  }
  EXPECT_EQ(region.plan_kind == PlanKind::dynamic, mapping.at("uses_uplink_frequency").as_bool());
  EXPECT_EQ(region.max_rx1_data_rate_offset, unsigned_of(rx1.at("max_dr_offset")));
  expect_rx1_rows(region, rx1.at("dr_table").at("dwell_off"), DwellTime::off);
  expect_rx1_rows(region, rx1.at("dr_table").at("dwell_on"), DwellTime::on);
  EXPECT_EQ(region.rx2_frequency.hz(), unsigned_of(profile.at("rx2").at("frequency_hz")));
  EXPECT_EQ(region.rx2_data_rate.value(), unsigned_of(profile.at("rx2").at("data_rate")));
}

void expect_frequencies(std::span<const Frequency> frequencies, const json::value& listed) {
  ASSERT_EQ(frequencies.size(), listed.as_array().size());
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    EXPECT_EQ(frequencies[i].hz(), unsigned_of(listed.as_array()[i]));
  }
}

void expect_class_b(const Region& region, const json::value& profile) {
  const auto& beacon = profile.at("beacon");
  expect_frequencies(region.beacon_frequencies, beacon.at("frequencies_hz"));
  const bool single = region.beacon_frequencies.size() == 1;
  EXPECT_EQ(region.beacon_frequency, single ? region.beacon_frequencies[0] : Frequency());
  EXPECT_EQ(region.beacon_data_rate.value(), unsigned_of(beacon.at("data_rate")));
  const DataRateEntry* rate = region.only_data_rate(region.beacon_data_rate);
  ASSERT_NE(rate, nullptr);
  EXPECT_EQ(rate->data_rate,
            modulation_of(json::object{{"modulation", "LORA"},
                                       {"spreading_factor", beacon.at("spreading_factor")},
                                       {"bandwidth_hz", beacon.at("bandwidth_hz")},
                                       {"coding_rate", beacon.at("coding_rate")}}));
  expect_frequencies(region.ping_slot_frequencies, profile.at("ping_slot").at("frequencies_hz"));
  EXPECT_EQ(region.ping_slot_data_rate.value(),
            unsigned_of(profile.at("ping_slot").at("data_rate")));
}

void expect_sub_bands(const Region& region, const json::value& listed) {
  ASSERT_EQ(region.sub_bands.size(), listed.as_array().size());
  for (std::size_t i = 0; i < region.sub_bands.size(); ++i) {
    const SubBand& band = region.sub_bands[i];
    const auto& row = listed.as_array()[i];
    EXPECT_EQ(band.min.hz(), unsigned_of(row.at("min_frequency_hz")));
    EXPECT_EQ(band.max.hz(), unsigned_of(row.at("max_frequency_hz")));
    EXPECT_DOUBLE_EQ(band.duty_cycle, row.at("duty_cycle").to_number<double>());
    EXPECT_FLOAT_EQ(band.max_eirp_dbm, row.at("max_eirp_dbm").to_number<float>());
  }
}

void expect_defaults(const Region& region, const json::value& defaults) {
  EXPECT_EQ(region.receive_delay1.count(), defaults.at("receive_delay1_s").as_int64());
  EXPECT_EQ(region.join_accept_delay1.count(), defaults.at("join_accept_delay1_s").as_int64());
  EXPECT_EQ(region.max_f_cnt_gap, unsigned_of(defaults.at("max_fcnt_gap")));
  EXPECT_EQ(1U << region.adr_ack_limit_exponent, unsigned_of(defaults.at("adr_ack_limit")));
  EXPECT_EQ(1U << region.adr_ack_delay_exponent, unsigned_of(defaults.at("adr_ack_delay")));
}

void expect_channel_mask(const Region& region, const json::value& rule) {
  const std::map<ChannelMaskKind, std::string> names = {{ChannelMaskKind::mask16, "mask16"},
                                                        {ChannelMaskKind::mask48, "mask48"},
                                                        {ChannelMaskKind::mask64, "mask64"},
                                                        {ChannelMaskKind::mask72, "mask72"},
                                                        {ChannelMaskKind::mask96, "mask96"}};
  EXPECT_EQ(rule.at("kind").as_string(), names.at(region.channel_mask_kind));
  EXPECT_EQ(region.network_may_send_cntl5, rule.at("network_may_send_cntl5").as_bool());
  EXPECT_EQ(region.device_applies_mask_blocks_atomically,
            rule.at("device_applies_blocks_atomically").as_bool());
}

void expect_join_and_relay(const Region& region, const json::value& profile) {
  const auto& join = profile.at("join").as_object();
  const json::value* boot = join.if_contains("default_data_rate");
  if (boot == nullptr) boot = join.if_contains("data_rate_125khz");
  ASSERT_NE(boot, nullptr);
  EXPECT_EQ(region.boot_data_rate.value(), unsigned_of(*boot));
  const json::value* common = join.if_contains("common_join_channels");
  ASSERT_EQ(region.join_channels.size(), common == nullptr ? 0 : common->as_array().size());
  for (std::size_t i = 0; i < region.join_channels.size(); ++i) {
    const auto& row = common->as_array()[i];
    EXPECT_EQ(region.join_channels[i].index, unsigned_of(row.at("join_channel_index")));
    EXPECT_EQ(region.join_channels[i].uplink.hz(), unsigned_of(row.at("uplink_hz")));
    EXPECT_EQ(region.join_channels[i].rx1.hz(), unsigned_of(row.at("rx1_hz")));
    EXPECT_EQ(region.join_channels[i].rx2.hz(), unsigned_of(row.at("rx2_hz")));
  }
  const auto& relays = profile.at("relay").at("wor_channels").as_array();
  ASSERT_EQ(region.relay_channels.size(), relays.size());
  for (std::size_t i = 0; i < relays.size(); ++i) {
    EXPECT_EQ(region.relay_channels[i].frequency.hz(), unsigned_of(relays[i].at("frequency_hz")));
    EXPECT_EQ(region.relay_channels[i].ack_frequency.hz(),
              unsigned_of(relays[i].at("ack_frequency_hz")));
    EXPECT_EQ(region.relay_channels[i].data_rate.value(), unsigned_of(relays[i].at("data_rate")));
  }
}

class GoldenBand : public testing::TestWithParam<std::string_view> {};

TEST_P(GoldenBand, HasTheValuesOfTheGoldenFileInEveryRevision) {
  const auto file = golden::read(std::string(GetParam()) + ".json");
  const auto& revisions_in_file = file.at("versions").as_object();
  ASSERT_EQ(revisions(GetParam()).size(), revisions_in_file.size());
  for (const auto& [name, profile_name] : revisions_in_file) {
    SCOPED_TRACE(std::string(name));
    const Region* region = find(GetParam(), versions.at(std::string(name)));
    ASSERT_NE(region, nullptr);
    EXPECT_EQ(region->phy_version, versions.at(std::string(name)));
    EXPECT_EQ(region->band_id, file.at("band_id").as_string());
    EXPECT_EQ(region->common_name, file.at("common_name").as_string());
    const auto& profile = file.at("profiles").at(profile_name.as_string());
    expect_data_rates(*region, profile);
    expect_plan(*region, profile);
    expect_cf_list(*region, profile.at("cflist"));
    expect_power_and_commands(*region, profile);
    expect_windows(*region, profile);
    expect_class_b(*region, profile);
    expect_sub_bands(*region, profile.at("sub_bands"));
    expect_defaults(*region, profile.at("defaults"));
    expect_channel_mask(*region, profile.at("channel_mask"));
    expect_join_and_relay(*region, profile);
  }
}

TEST_P(GoldenBand, NamesTheLatestRevision) {
  const auto file = golden::read(std::string(GetParam()) + ".json");
  const Region* latest = find_latest(GetParam());
  ASSERT_NE(latest, nullptr);
  EXPECT_EQ(latest->phy_version, versions.at(std::string(file.at("latest").as_string())));
}

INSTANTIATE_TEST_SUITE_P(Bands, GoldenBand, testing::ValuesIn(band_ids().begin(), band_ids().end()),
                         [](const auto& instance) { return std::string(instance.param); });

}  // namespace
}  // namespace ff::region
