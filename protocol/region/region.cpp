#include "protocol/region/region.hpp"

#include <algorithm>

#include "protocol/region/table.hpp"

namespace ff::region {

namespace {

bool serves(const DataRateEntry& entry, Direction direction) noexcept {
  return entry.direction == Direction::both || direction == Direction::both ||
         entry.direction == direction;
}

// US915 has SF8/500 kHz twice: index 4 up, index 12 down.
std::optional<DataRateIndex> index_of(std::span<const DataRateEntry> data_rates,
                                      Direction direction, const DataRate& data_rate) noexcept {
  for (const DataRateEntry& entry : data_rates) {
    if (serves(entry, direction) && same_modulation(entry.data_rate, data_rate)) return entry.index;
  }
  return std::nullopt;
}

}  // namespace

const DataRateEntry* Region::data_rate(DataRateIndex index, Direction direction) const noexcept {
  const auto entry = std::ranges::find_if(data_rates, [&](const DataRateEntry& one) {
    return one.index == index && serves(one, direction);
  });
  return entry == data_rates.end() ? nullptr : &*entry;
}

const DataRateEntry* Region::only_data_rate(DataRateIndex index) const noexcept {
  constexpr DataRateIndex first_of_downlinks{8};
  const auto usual = index < first_of_downlinks ? Direction::uplink : Direction::downlink;
  const DataRateEntry* entry = data_rate(index, usual);
  return entry != nullptr ? entry : data_rate(index, Direction::both);
}

std::optional<DataRateIndex> Region::uplink_data_rate_index(
    const DataRate& received) const noexcept {
  return index_of(data_rates, Direction::uplink, received);
}

std::optional<DataRateIndex> Region::downlink_data_rate_index(const DataRate& sent) const noexcept {
  return index_of(data_rates, Direction::downlink, sent);
}

std::uint16_t Region::max_mac_payload(DataRateIndex index, Direction direction,
                                      FrameLimits limits) const noexcept {
  const DataRateEntry* entry = data_rate(index, direction);
  if (entry == nullptr) return 0;
  const MaxMacPayload& sizes = entry->max_mac_payload;
  if (limits.repeater)
    return limits.dwell == DwellTime::off ? sizes.dwell_off_repeater : sizes.dwell_on_repeater;
  return limits.dwell == DwellTime::off ? sizes.dwell_off : sizes.dwell_on;
}

std::optional<DataRateIndex> Region::rx1_data_rate(DataRateIndex uplink, DataRateOffset offset,
                                                   DwellTime downlink_dwell) const noexcept {
  if (offset.value() > max_rx1_data_rate_offset) return std::nullopt;
  const auto cell = [&](std::span<const std::array<std::uint8_t, 8>> rows) {
    return uplink.value() < rows.size() ? rows[uplink.value()][offset.value()]
                                        : table::rx1_undefined;
  };
  const std::uint8_t off = cell(rx1_table_dwell_off);
  const std::uint8_t on = cell(rx1_table_dwell_on);
  if (downlink_dwell == DwellTime::unknown && off != on) return std::nullopt;
  const std::uint8_t downlink = downlink_dwell == DwellTime::on ? on : off;
  if (downlink == table::rx1_undefined) return std::nullopt;
  return DataRateIndex(downlink);
}

ChannelIndex Region::rx1_channel(ChannelIndex uplink) const noexcept {
  if (rx1_channel_kind == Rx1ChannelKind::same_index) return uplink;
  return ChannelIndex(static_cast<std::uint8_t>(uplink.value() % max_downlink_channels));
}

std::optional<float> Region::tx_power_offset_db(TxPowerIndex index) const noexcept {
  if (index.value() >= tx_power_offsets_db.size()) return std::nullopt;
  return tx_power_offsets_db[index.value()];
}

TxPowerIndex Region::max_tx_power_index() const noexcept {
  return TxPowerIndex(static_cast<std::uint8_t>(tx_power_offsets_db.size() - 1));
}

const SubBand* Region::sub_band(Frequency frequency) const noexcept {
  const auto holds = [&](const SubBand& band) {
    return band.min <= frequency && frequency <= band.max;
  };
  const auto band = std::ranges::find_if(sub_bands, holds);
  return band == sub_bands.end() ? nullptr : &*band;
}

}  // namespace ff::region
