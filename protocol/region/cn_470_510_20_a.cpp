// The CN_470_510_20_A band (CN470), every revision: each as its changes to the one before.
// No rules here, values only. Twin: test/golden/region/CN_470_510_20_A.json (region_golden_test).
#include "protocol/region/table.hpp"

namespace ff::region {
namespace {

using namespace table;

constexpr auto data_rates_rp002_v1_0_0 = std::array{
    rate(0, both, lora(12, 125'000), {59, 59, 59, 59}),
    rate(1, both, lora(11, 125'000), {59, 59, 59, 59}),
    rate(2, both, lora(10, 125'000), {59, 59, 59, 59}),
    rate(3, both, lora(9, 125'000), {123, 123, 123, 123}),
    rate(4, both, lora(8, 125'000), {250, 250, 230, 230}),
    rate(5, both, lora(7, 125'000), {250, 250, 230, 230}),
};

constexpr auto data_rates_rp002_v1_0_1 = std::array{
    rate(1, both, lora(11, 125'000), {31, 31, 31, 31}),
    rate(2, both, lora(10, 125'000), {94, 94, 94, 94}),
    rate(3, both, lora(9, 125'000), {172, 172, 172, 172}),
    rate(4, both, lora(8, 125'000), {250, 250, 230, 230}),
    rate(5, both, lora(7, 125'000), {250, 250, 230, 230}),
    rate(6, both, lora(7, 500'000), {250, 250, 230, 230}),
    rate(7, both, fsk(50'000), {250, 250, 230, 230}),
};

constexpr auto data_rates_rp002_v1_0_2 = std::array{
    rate(1, both, lora(11, 125'000), {31, 31, 31, 31}),
    rate(2, both, lora(10, 125'000), {94, 94, 94, 94}),
    rate(3, both, lora(9, 125'000), {192, 192, 192, 192}),
    rate(4, both, lora(8, 125'000), {250, 250, 230, 230}),
    rate(5, both, lora(7, 125'000), {250, 250, 230, 230}),
    rate(6, both, lora(7, 500'000), {250, 250, 230, 230}),
    rate(7, both, fsk(50'000), {250, 250, 230, 230}),
};

constexpr auto default_uplink_channels_rp002_v1_0_0 = channels<64>({
    {470'300'000, 200'000, 32, 0, 5},
    {503'500'000, 200'000, 32, 0, 5},
});

constexpr auto default_uplink_channels_rp002_v1_0_1 = channels<64>({
    {470'300'000, 200'000, 32, 1, 5},
    {503'500'000, 200'000, 32, 1, 5},
});

constexpr auto default_downlink_channels_rp002_v1_0_0 = channels<64>({
    {483'900'000, 200'000, 64, 0, 5},
});

constexpr auto default_downlink_channels_rp002_v1_0_1 = channels<64>({
    {483'900'000, 200'000, 64, 1, 5},
});

constexpr auto tx_power_offsets_db = std::to_array<float>({0, -2, -4, -6, -8, -10, -12, -14});

constexpr auto rx1_rows_rp002_v1_0_0 = std::array{
    row({0, 0, 0, 0, 0, 0}), row({1, 0, 0, 0, 0, 0}), row({2, 1, 0, 0, 0, 0}),
    row({3, 2, 1, 0, 0, 0}), row({4, 3, 2, 1, 0, 0}), row({5, 4, 3, 2, 1, 0}),
};

constexpr auto rx1_rows_rp002_v1_0_1 = std::array{
    row({}),
    row({1, 1, 1, 1, 1, 1}),
    row({2, 1, 1, 1, 1, 1}),
    row({3, 2, 1, 1, 1, 1}),
    row({4, 3, 2, 1, 1, 1}),
    row({5, 4, 3, 2, 1, 1}),
    row({6, 5, 4, 3, 2, 1}),
    row({7, 6, 5, 4, 3, 2}),
};

constexpr auto sub_bands = std::array{
    sub_band(470'000'000, 510'000'000, 1, 19.15F),
};

constexpr auto beacon_frequencies = frequencies<64>(483'900'000, 200'000);

constexpr auto join_channels = std::array{
    JoinChannel{0, hz(470'900'000), hz(484'500'000), hz(485'300'000)},
    JoinChannel{1, hz(472'500'000), hz(486'100'000), hz(486'900'000)},
    JoinChannel{2, hz(474'100'000), hz(487'700'000), hz(488'500'000)},
    JoinChannel{3, hz(475'700'000), hz(489'300'000), hz(490'100'000)},
    JoinChannel{4, hz(504'100'000), hz(490'900'000), hz(491'700'000)},
    JoinChannel{5, hz(505'700'000), hz(492'500'000), hz(493'300'000)},
    JoinChannel{6, hz(507'300'000), hz(494'100'000), hz(494'900'000)},
    JoinChannel{7, hz(508'900'000), hz(495'700'000), hz(496'500'000)},
};

constexpr auto relay_channels = std::array{
    RelayChannel{hz(472'100'000), hz(485'300'000), dr(3)},
    RelayChannel{hz(494'900'000), hz(505'500'000), dr(3)},
};

constexpr Region rp002_v1_0_0 = {
    .band_id = "CN_470_510_20_A",
    .common_name = "CN470",
    .plan_kind = PlanKind::fixed,
    .data_rates = data_rates_rp002_v1_0_0,
    .strict_coding_rate = true,
    .max_uplink_channels = 64,
    .max_downlink_channels = 64,
    .default_uplink_channels = default_uplink_channels_rp002_v1_0_0,
    .default_downlink_channels = default_downlink_channels_rp002_v1_0_0,
    .cf_list = {.type = CfListType::channel_masks, .mask_count = 4},
    .dynamic_adr_supported = true,
    .adr_max_data_rate = dr(5),
    .default_max_eirp_dbm = 19.15F,
    .tx_power_offsets_db = tx_power_offsets_db,
    .max_rx1_data_rate_offset = 5,
    .rx2_frequency = hz(486'900'000),
    .rx2_data_rate = dr(0),
    .sub_bands = sub_bands,
    .beacon_frequencies = beacon_frequencies,
    .beacon_data_rate = dr(2),
    .ping_slot_frequencies = beacon_frequencies,
    .ping_slot_data_rate = dr(2),
    .channel_mask_kind = ChannelMaskKind::mask64,
    .device_applies_mask_blocks_atomically = true,
    .join_channels = join_channels,
    .rx1_table_dwell_off = rx1_rows_rp002_v1_0_0,
    .rx1_table_dwell_on = rx1_rows_rp002_v1_0_0,
};

constexpr Region rp002_v1_0_1 = [] {
  Region region = rp002_v1_0_0;
  region.data_rates = data_rates_rp002_v1_0_1;
  region.default_uplink_channels = default_uplink_channels_rp002_v1_0_1;
  region.default_downlink_channels = default_downlink_channels_rp002_v1_0_1;
  region.rx2_data_rate = dr(1);
  region.boot_data_rate = dr(1);
  region.rx1_table_dwell_off = rx1_rows_rp002_v1_0_1;
  region.rx1_table_dwell_on = rx1_rows_rp002_v1_0_1;
  return region;
}();

constexpr Region rp002_v1_0_2 = [] {
  Region region = rp002_v1_0_1;
  region.data_rates = data_rates_rp002_v1_0_2;
  return region;
}();

constexpr Region rp002_v1_0_4 = [] {
  Region region = rp002_v1_0_2;
  region.relay_channels = relay_channels;
  return region;
}();

constexpr std::array all_revisions = {
    at(PhyVersion::rp002_v1_0_0, rp002_v1_0_0), at(PhyVersion::rp002_v1_0_1, rp002_v1_0_1),
    at(PhyVersion::rp002_v1_0_2, rp002_v1_0_2), at(PhyVersion::rp002_v1_0_3, rp002_v1_0_2),
    at(PhyVersion::rp002_v1_0_4, rp002_v1_0_4), at(PhyVersion::rp002_v1_0_5, rp002_v1_0_4),
};

}  // namespace

std::span<const Region> cn_470_510_20_a() noexcept {
  return all_revisions;
}

}  // namespace ff::region
