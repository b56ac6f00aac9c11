// The AS_923_3 band (AS923-3), every revision: each as its changes to the one before.
// No rules here, values only. Twin: test/golden/region/AS_923_3.json (region_golden_test).
#include "protocol/region/table.hpp"

namespace ff::region {
namespace {

using namespace table;

constexpr auto data_rates = std::array{
    rate(0, both, lora(12, 125'000), {59, 0, 59, 0}),
    rate(1, both, lora(11, 125'000), {59, 0, 59, 0}),
    rate(2, both, lora(10, 125'000), {123, 19, 123, 19}),
    rate(3, both, lora(9, 125'000), {123, 61, 123, 61}),
    rate(4, both, lora(8, 125'000), {250, 133, 230, 133}),
    rate(5, both, lora(7, 125'000), {250, 250, 230, 230}),
    rate(6, both, lora(7, 250'000), {250, 250, 230, 230}),
    rate(7, both, fsk(50'000), {250, 250, 230, 230}),
};

constexpr auto default_uplink_channels = std::array{
    channel(916'600'000, 0, 5),
    channel(916'800'000, 0, 5),
};

constexpr auto tx_power_offsets_db = std::to_array<float>({0, -2, -4, -6, -8, -10, -12, -14});

constexpr auto rx1_table_dwell_off = std::array{
    row({0, 0, 0, 0, 0, 0, 1, 2}), row({1, 0, 0, 0, 0, 0, 2, 3}), row({2, 1, 0, 0, 0, 0, 3, 4}),
    row({3, 2, 1, 0, 0, 0, 4, 5}), row({4, 3, 2, 1, 0, 0, 5, 6}), row({5, 4, 3, 2, 1, 0, 6, 7}),
    row({6, 5, 4, 3, 2, 1, 7, 7}), row({7, 6, 5, 4, 3, 2, 7, 7}),
};

constexpr auto rx1_table_dwell_on = std::array{
    row({2, 2, 2, 2, 2, 2, 2, 2}), row({2, 2, 2, 2, 2, 2, 2, 3}), row({2, 2, 2, 2, 2, 2, 3, 4}),
    row({3, 2, 2, 2, 2, 2, 4, 5}), row({4, 3, 2, 2, 2, 2, 5, 6}), row({5, 4, 3, 2, 2, 2, 6, 7}),
    row({6, 5, 4, 3, 2, 2, 7, 7}), row({7, 6, 5, 4, 3, 2, 7, 7}),
};

constexpr auto sub_bands = std::array{
    sub_band(916'500'000, 917'000'000, 0.01, 16),
};

constexpr auto beacon_frequencies = std::array{hz(916'800'000)};

constexpr auto relay_channels = std::array{
    RelayChannel{hz(917'000'000), hz(917'200'000), dr(3)},
};

constexpr Region rp002_v1_0_1 = {
    .band_id = "AS_923_3",
    .common_name = "AS923-3",
    .data_rates = data_rates,
    .strict_coding_rate = true,
    .max_uplink_channels = 16,
    .max_downlink_channels = 16,
    .default_uplink_channels = default_uplink_channels,
    .default_downlink_channels = default_uplink_channels,
    .cf_list = {.type = CfListType::frequencies,
                .first_channel_index = 2,
                .channel_count = 5,
                .min_data_rate = dr(0),
                .max_data_rate = dr(5)},
    .dynamic_adr_supported = true,
    .adr_max_data_rate = dr(5),
    .default_max_eirp_dbm = 16,
    .tx_power_offsets_db = tx_power_offsets_db,
    .has_tx_param_setup = true,
    .has_new_channel = true,
    .has_dl_channel = true,
    .max_rx1_data_rate_offset = 7,
    .rx2_frequency = hz(916'600'000),
    .rx2_data_rate = dr(2),
    .boot_uplink_dwell = DwellTime::on,
    .boot_downlink_dwell = DwellTime::off,
    .dwell_time_limit = 400ms,
    .sub_bands = sub_bands,
    .beacon_frequency = hz(916'800'000),
    .beacon_frequencies = beacon_frequencies,
    .beacon_data_rate = dr(3),
    .ping_slot_frequencies = beacon_frequencies,
    .ping_slot_data_rate = dr(3),
    .device_applies_mask_blocks_atomically = true,
    .boot_data_rate = dr(2),
    .rx1_table_dwell_off = rx1_table_dwell_off,
    .rx1_table_dwell_on = rx1_table_dwell_on,
};

constexpr Region rp002_v1_0_2 = [] {
  Region region = rp002_v1_0_1;
  region.boot_uplink_dwell = DwellTime::unknown;
  region.boot_downlink_dwell = DwellTime::unknown;
  return region;
}();

constexpr Region rp002_v1_0_4 = [] {
  Region region = rp002_v1_0_2;
  region.relay_channels = relay_channels;
  return region;
}();

constexpr auto data_rates_rp002_v1_0_5 = std::array{
    rate(0, both, lora(12, 125'000), {59, 0, 59, 0}),
    rate(1, both, lora(11, 125'000), {59, 0, 59, 0}),
    rate(2, both, lora(10, 125'000), {123, 19, 123, 19}),
    rate(3, both, lora(9, 125'000), {123, 61, 123, 61}),
    rate(4, both, lora(8, 125'000), {250, 133, 230, 133}),
    rate(5, both, lora(7, 125'000), {250, 250, 230, 230}),
    rate(6, both, lora(7, 250'000), {250, 250, 230, 230}),
    rate(7, both, fsk(50'000), {250, 250, 230, 230}),
    rate(12, both, lora(6, 125'000), {250, 250, 230, 230}),
    rate(13, both, lora(5, 125'000), {250, 250, 230, 230}),
};

/// SF6 and SF5 at 125 kHz.
constexpr auto fast_data_rates = std::array{dr(12), dr(13)};

constexpr auto rx1_rows_rp002_v1_0_5_dwell_off = std::array{
    row({0, 0, 0, 0, 0, 0, 1, 2}),
    row({1, 0, 0, 0, 0, 0, 2, 3}),
    row({2, 1, 0, 0, 0, 0, 3, 4}),
    row({3, 2, 1, 0, 0, 0, 4, 5}),
    row({4, 3, 2, 1, 0, 0, 5, 6}),
    row({5, 4, 3, 2, 1, 0, 6, 7}),
    row({6, 5, 4, 3, 2, 1, 7, 7}),
    row({7, 6, 5, 4, 3, 2, 7, 7}),
    row({}),
    row({}),
    row({}),
    row({}),
    row({12, 5, 4, 3, 2, 1, 13, 13}),
    row({13, 12, 5, 4, 3, 2, 13, 13}),
};

constexpr auto rx1_rows_rp002_v1_0_5_dwell_on = std::array{
    row({2, 2, 2, 2, 2, 2, 2, 2}),
    row({2, 2, 2, 2, 2, 2, 2, 3}),
    row({2, 2, 2, 2, 2, 2, 3, 4}),
    row({3, 2, 2, 2, 2, 2, 4, 5}),
    row({4, 3, 2, 2, 2, 2, 5, 6}),
    row({5, 4, 3, 2, 2, 2, 6, 7}),
    row({6, 5, 4, 3, 2, 2, 7, 7}),
    row({7, 6, 5, 4, 3, 2, 7, 7}),
    row({}),
    row({}),
    row({}),
    row({}),
    row({12, 5, 4, 3, 2, 2, 13, 13}),
    row({13, 12, 5, 4, 3, 2, 13, 13}),
};

constexpr Region rp002_v1_0_5 = [] {
  Region region = rp002_v1_0_4;
  region.data_rates = data_rates_rp002_v1_0_5;
  region.fast_data_rates = fast_data_rates;
  region.rx1_table_dwell_off = rx1_rows_rp002_v1_0_5_dwell_off;
  region.rx1_table_dwell_on = rx1_rows_rp002_v1_0_5_dwell_on;
  return region;
}();

constexpr std::array all_revisions = {
    at(PhyVersion::rp002_v1_0_1, rp002_v1_0_1), at(PhyVersion::rp002_v1_0_2, rp002_v1_0_2),
    at(PhyVersion::rp002_v1_0_3, rp002_v1_0_2), at(PhyVersion::rp002_v1_0_4, rp002_v1_0_4),
    at(PhyVersion::rp002_v1_0_5, rp002_v1_0_5),
};

}  // namespace

std::span<const Region> as_923_3() noexcept {
  return all_revisions;
}

}  // namespace ff::region
