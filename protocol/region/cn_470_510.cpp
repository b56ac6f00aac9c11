// The CN_470_510 band (CN470), every revision: each as its changes to the one before.
// No rules here, values only. Twin: test/golden/region/CN_470_510.json (region_golden_test).
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
};

constexpr auto default_uplink_channels = channels<96>({
    {470'300'000, 200'000, 96, 0, 5},
});

constexpr auto default_downlink_channels = channels<48>({
    {500'300'000, 200'000, 48, 0, 5},
});

constexpr auto tx_power_offsets_db_ts001_v1_0_1 =
    std::to_array<float>({0, -1, -3, -5, -7, -10, -12, -15});

constexpr auto tx_power_offsets_db_rp001_v1_0_2_rev_b =
    std::to_array<float>({0, -2, -4, -6, -8, -10, -12, -14});

constexpr auto rx1_rows = std::array{
    row({0, 0, 0, 0, 0, 0}), row({1, 0, 0, 0, 0, 0}), row({2, 1, 0, 0, 0, 0}),
    row({3, 2, 1, 0, 0, 0}), row({4, 3, 2, 1, 0, 0}), row({5, 4, 3, 2, 1, 0}),
};

constexpr auto sub_bands = std::array{
    sub_band(470'000'000, 510'000'000, 1, 19.15F),
};

constexpr auto beacon_frequencies = frequencies<8>(508'300'000, 200'000);

constexpr Region ts001_v1_0_1 = {
    .band_id = "CN_470_510",
    .common_name = "CN470",
    .plan_kind = PlanKind::fixed,
    .data_rates = data_rates,
    .strict_coding_rate = true,
    .max_uplink_channels = 96,
    .max_downlink_channels = 48,
    .default_uplink_channels = default_uplink_channels,
    .default_downlink_channels = default_downlink_channels,
    .dynamic_adr_supported = true,
    .adr_max_data_rate = dr(5),
    .default_max_eirp_dbm = 17,
    .tx_power_offsets_db = tx_power_offsets_db_ts001_v1_0_1,
    .rx1_channel_kind = Rx1ChannelKind::modulo,
    .max_rx1_data_rate_offset = 5,
    .rx2_frequency = hz(505'300'000),
    .rx2_data_rate = dr(0),
    .sub_bands = sub_bands,
    .beacon_frequencies = beacon_frequencies,
    .beacon_data_rate = dr(2),
    .ping_slot_frequencies = beacon_frequencies,
    .ping_slot_data_rate = dr(2),
    .channel_mask_kind = ChannelMaskKind::mask96,
    .device_applies_mask_blocks_atomically = true,
    .rx1_table_dwell_off = rx1_rows,
    .rx1_table_dwell_on = rx1_rows,
};

constexpr Region rp001_v1_0_2_rev_b = [] {
  Region region = ts001_v1_0_1;
  region.default_max_eirp_dbm = 19.15F;
  region.tx_power_offsets_db = tx_power_offsets_db_rp001_v1_0_2_rev_b;
  return region;
}();

constexpr Region rp001_v1_0_3_rev_a = [] {
  Region region = rp001_v1_0_2_rev_b;
  region.cf_list = {.type = CfListType::channel_masks, .mask_count = 6};
  return region;
}();

constexpr std::array all_revisions = {
    at(PhyVersion::ts001_v1_0_1, ts001_v1_0_1),
    at(PhyVersion::rp001_v1_0_2, ts001_v1_0_1),
    at(PhyVersion::rp001_v1_0_2_rev_b, rp001_v1_0_2_rev_b),
    at(PhyVersion::rp001_v1_0_3_rev_a, rp001_v1_0_3_rev_a),
    at(PhyVersion::rp001_v1_1_rev_a, rp001_v1_0_3_rev_a),
    at(PhyVersion::rp001_v1_1_rev_b, rp001_v1_0_3_rev_a),
};

}  // namespace

std::span<const Region> cn_470_510() noexcept {
  return all_revisions;
}

}  // namespace ff::region
