// The MA_869_870_DRAFT band (MA869), every revision: each as its changes to the one before.
// No rules here, values only. Twin: test/golden/region/MA_869_870_DRAFT.json (region_golden_test).
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
    rate(8, uplink, lr_fhss(137'000, CodingRate::cr1_3), {58, 58, 58, 58}),
    rate(9, uplink, lr_fhss(137'000, CodingRate::cr2_3), {123, 123, 123, 123}),
    rate(10, uplink, lr_fhss(336'000, CodingRate::cr1_3), {58, 58, 58, 58}),
    rate(11, uplink, lr_fhss(336'000, CodingRate::cr2_3), {123, 123, 123, 123}),
};

constexpr auto default_uplink_channels = std::array{
    channel(869'100'000, 0, 5),
    channel(869'300'000, 0, 5),
    channel(869'700'000, 0, 5),
};

constexpr auto tx_power_offsets_db = std::to_array<float>({0, -2, -4, -6, -8, -10, -12, -14});

/// No edition of RP002 has the band, and the reference leaves LR-FHSS to RX2. Its data rates are
/// those of EU863-870, and are answered as there. [RP002-1.0.4 §2.4]
constexpr auto rx1_rows = std::array{
    row({0, 0, 0, 0, 0, 0}), row({1, 0, 0, 0, 0, 0}), row({2, 1, 0, 0, 0, 0}),
    row({3, 2, 1, 0, 0, 0}), row({4, 3, 2, 1, 0, 0}), row({5, 4, 3, 2, 1, 0}),
    row({6, 5, 4, 3, 2, 1}), row({7, 6, 5, 4, 3, 2}), row({1, 0, 0, 0, 0, 0}),
    row({2, 1, 0, 0, 0, 0}), row({1, 0, 0, 0, 0, 0}), row({2, 1, 0, 0, 0, 0}),
};

constexpr auto sub_bands = std::array{
    sub_band(869'000'000, 869'400'000, 0.001, 16.15F),
    sub_band(869'400'000, 869'650'000, 0.1, 29.15F),
    sub_band(869'650'000, 870'000'000, 0.01, 16.15F),
};

constexpr auto beacon_frequencies = std::array{hz(869'525'000)};

constexpr Region ts001_v1_0 = {
    .band_id = "MA_869_870_DRAFT",
    .common_name = "MA869",
    .data_rates = data_rates,
    .strict_coding_rate = true,
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
    .default_max_eirp_dbm = 16,
    .tx_power_offsets_db = tx_power_offsets_db,
    .has_new_channel = true,
    .has_dl_channel = true,
    .max_rx1_data_rate_offset = 5,
    .rx2_frequency = hz(869'525'000),
    .rx2_data_rate = dr(0),
    .sub_bands = sub_bands,
    .beacon_frequency = hz(869'525'000),
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

std::span<const Region> ma_869_870_draft() noexcept {
  return all_revisions;
}

}  // namespace ff::region
