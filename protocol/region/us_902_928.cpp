// The US_902_928 band (US915), every revision: each as its changes to the one before.
// No rules here, values only. Twin: test/golden/region/US_902_928.json (region_golden_test).
#include "protocol/region/table.hpp"

namespace ff::region {
namespace {

using namespace table;

constexpr auto data_rates_ts001_v1_0 = std::array{
    rate(0, uplink, lora(10, 125'000), {19, 19, 19, 19}),
    rate(1, uplink, lora(9, 125'000), {61, 61, 61, 61}),
    rate(2, uplink, lora(8, 125'000), {133, 133, 133, 133}),
    rate(3, uplink, lora(7, 125'000), {250, 250, 230, 230}),
    rate(4, uplink, lora(8, 500'000), {250, 250, 230, 230}),
    rate(8, downlink, lora(12, 500'000), {61, 61, 41, 41}),
    rate(9, downlink, lora(11, 500'000), {137, 137, 117, 117}),
    rate(10, downlink, lora(10, 500'000), {250, 250, 230, 230}),
    rate(11, downlink, lora(9, 500'000), {250, 250, 230, 230}),
    rate(12, downlink, lora(8, 500'000), {250, 250, 230, 230}),
    rate(13, downlink, lora(7, 500'000), {250, 250, 230, 230}),
};

constexpr auto data_rates_rp002_v1_0_2 = std::array{
    rate(0, uplink, lora(10, 125'000), {19, 19, 19, 19}),
    rate(1, uplink, lora(9, 125'000), {61, 61, 61, 61}),
    rate(2, uplink, lora(8, 125'000), {133, 133, 133, 133}),
    rate(3, uplink, lora(7, 125'000), {250, 250, 230, 230}),
    rate(4, uplink, lora(8, 500'000), {250, 250, 230, 230}),
    rate(5, uplink, lr_fhss(1'523'000, CodingRate::cr1_3), {58, 58, 58, 58}),
    rate(6, uplink, lr_fhss(1'523'000, CodingRate::cr2_3), {133, 133, 133, 133}),
    rate(8, downlink, lora(12, 500'000), {61, 61, 61, 61}),
    rate(9, downlink, lora(11, 500'000), {137, 137, 137, 137}),
    rate(10, downlink, lora(10, 500'000), {250, 250, 230, 230}),
    rate(11, downlink, lora(9, 500'000), {250, 250, 230, 230}),
    rate(12, downlink, lora(8, 500'000), {250, 250, 230, 230}),
    rate(13, downlink, lora(7, 500'000), {250, 250, 230, 230}),
};

constexpr auto default_uplink_channels_ts001_v1_0 = channels<72>({
    {902'300'000, 200'000, 64, 0, 3},
    {903'000'000, 1'600'000, 8, 4, 4},
});

constexpr auto default_uplink_channels_rp002_v1_0_2 = channels<72>({
    {902'300'000, 200'000, 64, 0, 3},
    {903'000'000, 1'600'000, 8, 4, 6},
});

constexpr auto default_downlink_channels = channels<8>({
    {923'300'000, 600'000, 8, 8, 13},
});

constexpr auto tx_power_offsets_db_ts001_v1_0 =
    std::to_array<float>({0, -2, -4, -6, -8, -10, -12, -14, -16, -18, -20});

constexpr auto tx_power_offsets_db_rp001_v1_0_3_rev_a =
    std::to_array<float>({0, -2, -4, -6, -8, -10, -12, -14, -16, -18, -20, -22, -24, -26, -28});

constexpr auto rx1_rows_ts001_v1_0 = std::array{
    row({10, 9, 8, 8}),    row({11, 10, 9, 8}),   row({12, 11, 10, 9}),
    row({13, 12, 11, 10}), row({13, 13, 12, 11}),
};

constexpr auto rx1_rows_rp002_v1_0_2 = std::array{
    row({10, 9, 8, 8}),    row({11, 10, 9, 8}), row({12, 11, 10, 9}), row({13, 12, 11, 10}),
    row({13, 13, 12, 11}), row({10, 9, 8, 8}),  row({11, 10, 9, 8}),
};

constexpr auto sub_bands = std::array{
    sub_band(902'300'000, 914'900'000, 1, 23.15F),
    sub_band(923'300'000, 927'500'000, 1, 28.15F),
};

constexpr auto beacon_frequencies = frequencies<8>(923'300'000, 600'000);

constexpr auto relay_channels = std::array{
    RelayChannel{hz(916'700'000), hz(918'300'000), dr(10)},
    RelayChannel{hz(919'900'000), hz(921'500'000), dr(10)},
};

constexpr Region ts001_v1_0 = {
    .band_id = "US_902_928",
    .common_name = "US915",
    .plan_kind = PlanKind::fixed,
    .data_rates = data_rates_ts001_v1_0,
    .max_uplink_channels = 72,
    .max_downlink_channels = 8,
    .default_uplink_channels = default_uplink_channels_ts001_v1_0,
    .default_downlink_channels = default_downlink_channels,
    .dynamic_adr_supported = true,
    .adr_max_data_rate = dr(3),
    .default_max_eirp_dbm = 30,
    .tx_power_offsets_db = tx_power_offsets_db_ts001_v1_0,
    .rx1_channel_kind = Rx1ChannelKind::modulo,
    .max_rx1_data_rate_offset = 3,
    .rx2_frequency = hz(923'300'000),
    .rx2_data_rate = dr(8),
    .boot_uplink_dwell = DwellTime::on,
    .boot_downlink_dwell = DwellTime::off,
    .dwell_time_limit = 400ms,
    .sub_bands = sub_bands,
    .beacon_frequencies = beacon_frequencies,
    .beacon_data_rate = dr(3),
    .ping_slot_frequencies = beacon_frequencies,
    .ping_slot_data_rate = dr(3),
    .channel_mask_kind = ChannelMaskKind::mask72,
    .rx1_table_dwell_off = rx1_rows_ts001_v1_0,
    .rx1_table_dwell_on = rx1_rows_ts001_v1_0,
};

constexpr Region rp001_v1_0_2 = [] {
  Region region = ts001_v1_0;
  region.strict_coding_rate = true;
  region.device_applies_mask_blocks_atomically = true;
  return region;
}();

constexpr Region rp001_v1_0_2_rev_b = [] {
  Region region = rp001_v1_0_2;
  region.beacon_data_rate = dr(8);
  region.ping_slot_data_rate = dr(8);
  return region;
}();

constexpr Region rp001_v1_0_3_rev_a = [] {
  Region region = rp001_v1_0_2_rev_b;
  region.cf_list = {.type = CfListType::channel_masks, .mask_count = 5};
  region.tx_power_offsets_db = tx_power_offsets_db_rp001_v1_0_3_rev_a;
  region.network_may_send_cntl5 = true;
  return region;
}();

constexpr Region rp002_v1_0_2 = [] {
  Region region = rp001_v1_0_3_rev_a;
  region.data_rates = data_rates_rp002_v1_0_2;
  region.default_uplink_channels = default_uplink_channels_rp002_v1_0_2;
  region.rx1_table_dwell_off = rx1_rows_rp002_v1_0_2;
  region.rx1_table_dwell_on = rx1_rows_rp002_v1_0_2;
  return region;
}();

constexpr Region rp002_v1_0_4 = [] {
  Region region = rp002_v1_0_2;
  region.relay_channels = relay_channels;
  return region;
}();

constexpr auto data_rates_rp002_v1_0_5 = std::array{
    rate(0, uplink, lora(10, 125'000), {19, 19, 19, 19}),
    rate(0, downlink, lora(5, 500'000), {250, 250, 230, 230}),
    rate(1, uplink, lora(9, 125'000), {61, 61, 61, 61}),
    rate(2, uplink, lora(8, 125'000), {133, 133, 133, 133}),
    rate(3, uplink, lora(7, 125'000), {250, 250, 230, 230}),
    rate(4, uplink, lora(8, 500'000), {250, 250, 230, 230}),
    rate(5, uplink, lr_fhss(1'523'000, CodingRate::cr1_3), {58, 58, 58, 58}),
    rate(6, uplink, lr_fhss(1'523'000, CodingRate::cr2_3), {133, 133, 133, 133}),
    rate(7, uplink, lora(6, 125'000), {250, 250, 230, 230}),
    rate(8, uplink, lora(5, 125'000), {250, 250, 230, 230}),
    rate(8, downlink, lora(12, 500'000), {61, 61, 61, 61}),
    rate(9, downlink, lora(11, 500'000), {137, 137, 137, 137}),
    rate(10, downlink, lora(10, 500'000), {250, 250, 230, 230}),
    rate(11, downlink, lora(9, 500'000), {250, 250, 230, 230}),
    rate(12, downlink, lora(8, 500'000), {250, 250, 230, 230}),
    rate(13, downlink, lora(7, 500'000), {250, 250, 230, 230}),
    rate(14, downlink, lora(6, 500'000), {250, 250, 230, 230}),
};

/// SF6 and SF5 at 125 kHz.
constexpr auto fast_data_rates = std::array{dr(7), dr(8)};

constexpr auto rx1_rows_rp002_v1_0_5 = std::array{
    row({10, 9, 8, 8}),    row({11, 10, 9, 8}),   row({12, 11, 10, 9}),
    row({13, 12, 11, 10}), row({13, 13, 12, 11}), row({10, 9, 8, 8}),
    row({11, 10, 9, 8}),   row({14, 13, 12, 11}), row({14, 14, 13, 12}),
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
    at(PhyVersion::ts001_v1_0, ts001_v1_0),
    at(PhyVersion::ts001_v1_0_1, ts001_v1_0),
    at(PhyVersion::rp001_v1_0_2, rp001_v1_0_2),
    at(PhyVersion::rp001_v1_0_2_rev_b, rp001_v1_0_2_rev_b),
    at(PhyVersion::rp001_v1_0_3_rev_a, rp001_v1_0_3_rev_a),
    at(PhyVersion::rp001_v1_1_rev_a, rp001_v1_0_3_rev_a),
    at(PhyVersion::rp001_v1_1_rev_b, rp001_v1_0_3_rev_a),
    at(PhyVersion::rp002_v1_0_0, rp001_v1_0_3_rev_a),
    at(PhyVersion::rp002_v1_0_1, rp001_v1_0_3_rev_a),
    at(PhyVersion::rp002_v1_0_2, rp002_v1_0_2),
    at(PhyVersion::rp002_v1_0_3, rp002_v1_0_2),
    at(PhyVersion::rp002_v1_0_4, rp002_v1_0_4),
    at(PhyVersion::rp002_v1_0_5, rp002_v1_0_5),
};

}  // namespace

std::span<const Region> us_902_928() noexcept {
  return all_revisions;
}

}  // namespace ff::region
