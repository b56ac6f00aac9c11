// The steps of the reference's ADR algorithm, one function each, so that each can be held against
// its vectors. Callers use adr.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "protocol/mac/settings.hpp"
#include "protocol/mac/state.hpp"
#include "protocol/region/region.hpp"

namespace ff::mac::adr {

inline constexpr float default_margin_db = 15;
/// Taken off the margin while there are fewer samples than `optimal_uplinks`.
inline constexpr float safety_margin_db = 2.5F;
/// What one step of the data rate costs.
inline constexpr float data_rate_step_db = 2.5F;
inline constexpr std::size_t optimal_uplinks = 20;
inline constexpr std::size_t loss_rate_uplinks_min = 10;
inline constexpr std::uint8_t nb_trans_max = 3;

/// Inclusive; empty when min > max.
template <class Index>
struct Bounds {
  Index min;
  Index max;
  bool empty() const noexcept { return min > max; }
  bool contains(Index index) const noexcept { return min <= index && index <= max; }
  bool operator==(const Bounds&) const = default;
};

/// `bounds` narrowed by the settings that are present.
Bounds<DataRateIndex> clamp_data_rates(const AdrDynamic& settings,
                                       Bounds<DataRateIndex> bounds) noexcept;
Bounds<TxPowerIndex> clamp_tx_powers(const AdrDynamic& settings,
                                     Bounds<TxPowerIndex> bounds) noexcept;
/// `nb_trans` within the bounds for `data_rate`: its override, else the general ones.
std::uint8_t clamp_nb_trans(const AdrDynamic& settings, DataRateIndex data_rate,
                            std::uint8_t nb_trans) noexcept;

/// Data rates that an enabled channel carries, ascending. Empty without one.
std::vector<DataRateIndex> channel_data_rates(std::span<const Channel> channels,
                                              const region::Region& region);
/// Those of `carried` within settings and the band's ADR maximum that the device has not refused;
/// ascending. The band's fast rates lie above its maximum: a channel that carries them was meant
/// to. [RP002-1.0.5]
std::vector<DataRateIndex> allowed_data_rates(std::span<const DataRateIndex> carried,
                                              const AdrDynamic& settings, const Rejected& rejected,
                                              const region::Region& region);
/// The band's powers within settings, refused ones cut off at both ends; may be empty.
Bounds<TxPowerIndex> allowed_tx_powers(const AdrDynamic& settings, const Rejected& rejected,
                                       const region::Region& region);

/// Nothing if no uplink has an SNR.
std::optional<float> best_snr_db(std::span<const RecentUplink> history);
/// Best SNR of the history above demodulation floor and margin; nothing if SNR or floor is unknown.
std::optional<float> link_margin_db(std::span<const RecentUplink> history,
                                    std::optional<float> floor_db, float margin_db);

/// Share of counters missing between the oldest and the newest uplink; after a counter restart,
/// since then.
float loss_rate(std::span<const RecentUplink> history);

/// Floor of `from` minus floor of `to`; nothing if either is unknown.
std::optional<float> demodulation_floor_step(const region::Region& region, DataRateIndex from,
                                             DataRateIndex to);
/// dB by which the device gets quieter from one power index to another.
float tx_power_step(const region::Region& region, TxPowerIndex from, TxPowerIndex to) noexcept;

/// LoRa at 125 kHz; nothing for other modulations.
std::optional<bool> is_narrow(const region::Region& region, DataRateIndex index) noexcept;

/// What the steps hand on: the choice so far and the margin that is left.
struct Choice {
  DataRateIndex data_rate;
  TxPowerIndex tx_power;
  float margin_db = 0;
};

/// Moves a device on a wide LoRa channel to the highest allowed 125 kHz data rate; nothing if that
/// does not apply.
std::optional<Choice> steer(const Choice& choice, std::span<const DataRateIndex> allowed,
                            ChannelSteering steering, const region::Region& region);
/// Spends margin on data rate; never lowers it.
Choice adapt_data_rate(Choice choice, std::span<const DataRateIndex> allowed,
                       TxPowerIndex min_tx_power, const region::Region& region);

struct TxPowerRule {
  Bounds<TxPowerIndex> bounds;
  std::span<const TxPowerIndex> rejected;  // sorted
  bool optimal = false;                    // enough samples to raise the power by a single step
};
/// Spends margin on lower power, or raises the power when there is none.
Choice adapt_tx_power(Choice choice, const TxPowerRule& rule, const region::Region& region);

/// More transmissions for lossy links, fewer for good ones. `history` decides from
/// `loss_rate_uplinks_min` uplinks on.
std::uint8_t adapt_nb_trans(std::span<const RecentUplink> history, std::uint8_t current,
                            const AdrDynamic& settings, DataRateIndex data_rate);

}  // namespace ff::mac::adr
