// What an algorithm of adaptive data rate is: a function from history and limits to a decision that
// names its reason and operands. Pure, so that a recorded history can be given to another algorithm
// later. Not when it is asked and not the modes beside it (adr.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/mac/settings.hpp"
#include "protocol/mac/state.hpp"
#include "protocol/region/region.hpp"

namespace ff::mac::adr {

/// Why a decision is what it is.
enum class Reason : std::uint8_t {
  disabled,              // by settings, or multicast: desired is what the device has
  static_values,         // by settings
  band_without_adr,      // the band's data rates can not be adapted
  adr_bit_off,           // the device chooses itself
  no_history,            // no uplink at the current data rate since the last change
  no_enabled_channel,    // the plan leaves no channel
  no_allowed_data_rate,  // bounds and refusals leave none
  no_allowed_tx_power,   // bounds and refusals leave none
  unknown_floor,         // modulation without a demodulation floor, or no SNR known
  adapted,               // the algorithm ran; the result may be what the device has
  steered,               // moved to a 125 kHz channel
  // Of the algorithm that goes both ways:
  power_first,          // the link is degraded: full power is tried before a lower data rate
  transmissions_first,  // … more transmissions are
  lowered,              // … both were tried, a lower data rate or LR-FHSS is next
  lowest,               // … and nothing that is allowed reaches further
  settling,             // there is margin, but the device came down a short while ago
  lr_fhss_kept,         // LR-FHSS has no SNR to adapt by, and loses little
};
inline constexpr std::size_t reason_count = 17;
std::string_view to_string(Reason reason) noexcept;

/// What to use, and the operands that led there.
struct Decision {
  Reason reason = Reason::disabled;
  DataRateIndex data_rate_index;
  TxPowerIndex tx_power_index;
  std::uint8_t nb_trans = 1;
  std::size_t uplinks = 0;  // that margin and loss rate were taken from
  float margin_db = 0;      // before it was spent
  float loss_rate = 0;      // 0-1
  bool operator==(const Decision&) const = default;
};

/// What an algorithm knows of the device's uplinks, newest first.
struct History {
  std::span<const RecentUplink> recent;   // the last ones, at whatever data rate
  std::span<const RecentUplink> current;  // their head that shares the current parameters: data
                                          // frames at the current data rate since the last change
};

/// What an algorithm starts from and may not leave.
struct Limits {
  const AdrDynamic& settings;         // of the device or the network
  const MacParameters& current;       // what the device has
  std::span<const Channel> channels;  // what it is to have
  const Rejected& rejected;
  const region::Region& region;
};

/// Called for every uplink with the ADR bit; `history.current` is not empty then.
using Algorithm = Decision (*)(const History& history, const Limits& limits);

/// What the device has, for `reason`.
Decision keep(const MacParameters& current, Reason reason) noexcept;

}  // namespace ff::mac::adr
