// The EU_433 band (EU433), every revision: each as its changes to the one before.
// No rules here, values only. Twin: test/golden/region/EU_433.json (region_golden_test).
#include "protocol/region/table.hpp"

namespace ff::region {
namespace {

using namespace table;

constexpr auto data_rates = std::array{
    rate(0, both, lora(12, 125'000), {59, 59, 59, 59}),
    rate(1, both, lora(11, 125'000), {59, 59, 59, 59}),
    rate(2, both, lora(10, 125'000), {59, 59, 59, 59}),
    rate(3, both, lora(9, 125'000), {123, 123, 123, 123}),
    rate(4, both, lora(8, 125'000), {250, 250, 230, 230}),
    rate(5, both, lora(7, 125'000), {250, 250, 230, 230}),
    rate(6, both, lora(7, 250'000), {250, 250, 230, 230}),
    rate(7, both, fsk(50'000), {250, 250, 230, 230}),
};

constexpr auto default_uplink_channels = std::array{
    channel(433'175'000, 0, 5),
    channel(433'375'000, 0, 5),
    channel(433'575'000, 0, 5),
};

constexpr auto tx_power_offsets_db = std::to_array<float>({0, -2, -4, -6, -8, -10});

constexpr auto rx1_rows = std::array{
    row({0, 0, 0, 0, 0, 0}), row({1, 0, 0, 0, 0, 0}), row({2, 1, 0, 0, 0, 0}),
    row({3, 2, 1, 0, 0, 0}), row({4, 3, 2, 1, 0, 0}), row({5, 4, 3, 2, 1, 0}),
    row({6, 5, 4, 3, 2, 1}), row({7, 6, 5, 4, 3, 2}),
};

constexpr auto sub_bands = std::array{
    sub_band(433'175'000, 434'665'000, 0.1, 12.15F),
};

constexpr auto beacon_frequencies = std::array{hz(434'665'000)};

constexpr Region ts001_v1_0 = {
    .band_id = "EU_433",
    .common_name = "EU433",
    .data_rates = data_rates,
    .max_uplink_channels = 16,
    .max_downlink_channels = 16,
    .default_uplink_channels = default_uplink_channels,
    .default_downlink_channels = default_uplink_channels,
    .cf_list = {.type = CfListType::frequencies,
                .first_channel_index = 3,
                .channel_count = 5,
                .min_data_rate = dr(0),
                .max_data_rate = dr(5)},
    .dynamic_adr_supported = true,
    .adr_max_data_rate = dr(5),
    .default_max_eirp_dbm = 12.15F,
    .tx_power_offsets_db = tx_power_offsets_db,
    .has_new_channel = true,
    .has_dl_channel = true,
    .max_rx1_data_rate_offset = 5,
    .rx2_frequency = hz(434'665'000),
    .rx2_data_rate = dr(0),
    .sub_bands = sub_bands,
    .beacon_frequency = hz(434'665'000),
    .beacon_frequencies = beacon_frequencies,
    .beacon_data_rate = dr(3),
    .ping_slot_frequencies = beacon_frequencies,
    .ping_slot_data_rate = dr(3),
    .device_applies_mask_blocks_atomically = true,
    .rx1_table_dwell_off = rx1_rows,
    .rx1_table_dwell_on = rx1_rows,
};

constexpr Region rp002_v1_0_0 = [] {
  Region region = ts001_v1_0;
  region.strict_coding_rate = true;
  return region;
}();

constexpr Region rp002_v1_0_4 = [] {
  Region region = rp002_v1_0_0;
  return region;
}();

constexpr auto data_rates_rp002_v1_0_5 = std::array{
    rate(0, both, lora(12, 125'000), {59, 59, 59, 59}),
    rate(1, both, lora(11, 125'000), {59, 59, 59, 59}),
    rate(2, both, lora(10, 125'000), {59, 59, 59, 59}),
    rate(3, both, lora(9, 125'000), {123, 123, 123, 123}),
    rate(4, both, lora(8, 125'000), {250, 250, 230, 230}),
    rate(5, both, lora(7, 125'000), {250, 250, 230, 230}),
    rate(6, both, lora(7, 250'000), {250, 250, 230, 230}),
    rate(7, both, fsk(50'000), {250, 250, 230, 230}),
    rate(12, both, lora(6, 125'000), {250, 250, 230, 230}),
    rate(13, both, lora(5, 125'000), {250, 250, 230, 230}),
};

/// SF6 and SF5 at 125 kHz.
constexpr auto fast_data_rates = std::array{dr(12), dr(13)};

constexpr auto rx1_rows_rp002_v1_0_5 = std::array{
    row({0, 0, 0, 0, 0, 0}),
    row({1, 0, 0, 0, 0, 0}),
    row({2, 1, 0, 0, 0, 0}),
    row({3, 2, 1, 0, 0, 0}),
    row({4, 3, 2, 1, 0, 0}),
    row({5, 4, 3, 2, 1, 0}),
    row({6, 5, 4, 3, 2, 1}),
    row({7, 6, 5, 4, 3, 2}),
    row({}),
    row({}),
    row({}),
    row({}),
    row({12, 5, 4, 3, 2, 1}),
    row({13, 12, 5, 4, 3, 2}),
};

constexpr Region rp002_v1_0_5 = [] {
  Region region = rp002_v1_0_4;
  region.data_rates = data_rates_rp002_v1_0_5;
  region.fast_data_rates = fast_data_rates;
  region.rx1_table_dwell_off = rx1_rows_rp002_v1_0_5;
  region.rx1_table_dwell_on = rx1_rows_rp002_v1_0_5;
  return region;
}();

constexpr std::array all_revisions = {
    at(PhyVersion::ts001_v1_0, ts001_v1_0),         at(PhyVersion::ts001_v1_0_1, ts001_v1_0),
    at(PhyVersion::rp001_v1_0_2, ts001_v1_0),       at(PhyVersion::rp001_v1_0_2_rev_b, ts001_v1_0),
    at(PhyVersion::rp001_v1_0_3_rev_a, ts001_v1_0), at(PhyVersion::rp001_v1_1_rev_a, ts001_v1_0),
    at(PhyVersion::rp001_v1_1_rev_b, ts001_v1_0),   at(PhyVersion::rp002_v1_0_0, rp002_v1_0_0),
    at(PhyVersion::rp002_v1_0_1, rp002_v1_0_0),     at(PhyVersion::rp002_v1_0_2, rp002_v1_0_0),
    at(PhyVersion::rp002_v1_0_3, rp002_v1_0_0),     at(PhyVersion::rp002_v1_0_4, rp002_v1_0_4),
    at(PhyVersion::rp002_v1_0_5, rp002_v1_0_5),
};

}  // namespace

std::span<const Region> eu_433() noexcept {
  return all_revisions;
}

}  // namespace ff::region
