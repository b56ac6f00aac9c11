// Adaptive data rate: which data rate, power and number of transmissions a device should use. The
// algorithm is exchangeable; the one here gives the reference's results. Not how the device is told
// (command/link_adr.cpp). [spec network-server §9]
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/mac/profile.hpp"
#include "protocol/mac/state.hpp"

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
};
std::string_view to_string(Reason reason) noexcept;

/// What to use, and the operands that led there.
struct Decision {
  Reason reason = Reason::disabled;
  DataRateIndex data_rate_index;
  TxPowerIndex tx_power_index;
  std::uint8_t nb_trans = 1;
  std::size_t uplinks = 0;  // of the history
  float margin_db = 0;      // before it was spent
  float loss_rate = 0;      // 0-1
  bool operator==(const Decision&) const = default;
};

/// An algorithm. `history` is newest first, all at the current data rate, never empty;
/// `state.current` is what the device has. Pure; called for every uplink with the ADR bit.
using Adr = Decision (*)(std::span<const RecentUplink> history, const AdrDynamic& settings,
                         const MacState& state, const region::Region& region);

/// The reference's algorithm.
Decision reference_adr(std::span<const RecentUplink> history, const AdrDynamic& settings,
                       const MacState& state, const region::Region& region);

/// The mode that applies: device `adr`, device `use_adr` and `adr_margin` (deprecated), the same of
/// the network default, else dynamic. The margin is always filled in. [spec network-server §9]
AdrSettings effective_settings(const DeviceProfile& profile);

/// Whether downlinks carry the ADR bit: the network decides the data rate, by algorithm or by
/// setting.
bool uses_adr(const DeviceProfile& profile);

/// The recent uplinks that say something of the current parameters: newest first, data frames at
/// the current data rate since the last change.
std::span<const RecentUplink> history_of(const MacState& state) noexcept;

struct Adapted {
  MacState next;
  Decision decision;
};

/// Takes an accepted data uplink into the state: recent uplinks, the data rate the device really
/// uses, and with it desired data rate, power and transmissions. [spec network-server §3.15]
Adapted record_uplink(MacState state, const RecentUplink& uplink, const DeviceProfile& profile,
                      Adr algorithm = reference_adr);

}  // namespace ff::mac::adr
