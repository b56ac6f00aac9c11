// The ISM_2400 band (ISM2400), every revision: each as its changes to the one before.
// No rules here, values only. Twin: test/golden/region/ISM_2400.json (region_golden_test).
#include "protocol/region/table.hpp"

namespace ff::region {
namespace {

using namespace table;

constexpr auto data_rates = std::array{
    rate(0, both, lora(12, 812'000, CodingRate::cr4_8_li), {59, 59, 59, 59}),
    rate(1, both, lora(11, 812'000, CodingRate::cr4_8_li), {123, 123, 123, 123}),
    rate(2, both, lora(10, 812'000, CodingRate::cr4_8_li), {248, 248, 228, 228}),
    rate(3, both, lora(9, 812'000, CodingRate::cr4_8_li), {248, 248, 228, 228}),
    rate(4, both, lora(8, 812'000, CodingRate::cr4_8_li), {248, 248, 228, 228}),
    rate(5, both, lora(7, 812'000, CodingRate::cr4_8_li), {248, 248, 228, 228}),
    rate(6, both, lora(6, 812'000, CodingRate::cr4_8_li), {248, 248, 228, 228}),
    rate(7, both, lora(5, 812'000, CodingRate::cr4_8_li), {248, 248, 228, 228}),
};

constexpr auto default_uplink_channels = std::array{
    channel(2'403'000'000, 0, 7),
    channel(2'425'000'000, 0, 7),
    channel(2'479'000'000, 0, 7),
};

constexpr auto tx_power_offsets_db = std::to_array<float>({0, -2, -4, -6, -8, -10, -12, -14});

constexpr auto rx1_rows = std::array{
    row({0, 0, 0, 0, 0, 0}), row({1, 0, 0, 0, 0, 0}), row({2, 1, 0, 0, 0, 0}),
    row({3, 2, 1, 0, 0, 0}), row({4, 3, 2, 1, 0, 0}), row({5, 4, 3, 2, 1, 0}),
    row({6, 5, 4, 3, 2, 1}), row({7, 6, 5, 4, 3, 2}),
};

constexpr auto sub_bands = std::array{
    sub_band(2'400'000'000, 2'500'000'000, 1, 10.15F),
};

constexpr auto beacon_frequencies = std::array{hz(2'424'000'000)};

constexpr Region ts001_v1_0 = {
    .band_id = "ISM_2400",
    .common_name = "ISM2400",
    .data_rates = data_rates,
    .strict_coding_rate = true,
    .max_uplink_channels = 16,
    .max_downlink_channels = 16,
    .default_uplink_channels = default_uplink_channels,
    .default_downlink_channels = default_uplink_channels,
    .frequency_step_hz = 200,
    .cf_list = {.type = CfListType::frequencies,
                .first_channel_index = 3,
                .channel_count = 5,
                .min_data_rate = dr(0),
                .max_data_rate = dr(7)},
    .adr_max_data_rate = dr(0),
    .default_max_eirp_dbm = 10,
    .tx_power_offsets_db = tx_power_offsets_db,
    .has_tx_param_setup = true,
    .has_new_channel = true,
    .has_dl_channel = true,
    .max_rx1_data_rate_offset = 5,
    .rx2_frequency = hz(2'423'000'000),
    .rx2_data_rate = dr(0),
    .sub_bands = sub_bands,
    .beacon_frequency = hz(2'424'000'000),
    .beacon_frequencies = beacon_frequencies,
    .beacon_data_rate = dr(3),
    .ping_slot_frequencies = beacon_frequencies,
    .ping_slot_data_rate = dr(3),
    .device_applies_mask_blocks_atomically = true,
    .rx1_table_dwell_off = rx1_rows,
    .rx1_table_dwell_on = rx1_rows,
};

constexpr std::array all_revisions = {
    at(PhyVersion::ts001_v1_0, ts001_v1_0),         at(PhyVersion::ts001_v1_0_1, ts001_v1_0),
    at(PhyVersion::rp001_v1_0_2, ts001_v1_0),       at(PhyVersion::rp001_v1_0_2_rev_b, ts001_v1_0),
    at(PhyVersion::rp001_v1_0_3_rev_a, ts001_v1_0), at(PhyVersion::rp001_v1_1_rev_a, ts001_v1_0),
    at(PhyVersion::rp001_v1_1_rev_b, ts001_v1_0),   at(PhyVersion::rp002_v1_0_0, ts001_v1_0),
    at(PhyVersion::rp002_v1_0_1, ts001_v1_0),       at(PhyVersion::rp002_v1_0_2, ts001_v1_0),
    at(PhyVersion::rp002_v1_0_3, ts001_v1_0),       at(PhyVersion::rp002_v1_0_4, ts001_v1_0),
    at(PhyVersion::rp002_v1_0_5, ts001_v1_0),
};

}  // namespace

std::span<const Region> ism_2400() noexcept {
  return all_revisions;
}

}  // namespace ff::region
