// What an operator may set of a device's MAC layer. Every field may be absent: initial.hpp resolves
// device, network default, frequency plan and band into numbers. Not the state that results
// (state.hpp).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "protocol/mac/quantities.hpp"
#include "protocol/mac/relay.hpp"
#include "protocol/types/radio.hpp"

namespace ff::mac {

/// Bounds of the number of transmissions, 1-3.
struct NbTransBounds {
  std::optional<std::uint8_t> min;
  std::optional<std::uint8_t> max;
  bool operator==(const NbTransBounds&) const = default;
};

enum class ChannelSteering : std::uint8_t { unset, lora_narrow, disabled };

/// Desired parameters stay what the device has.
struct AdrDisabled {
  bool operator==(const AdrDisabled&) const = default;
};
/// Desired parameters are these, whatever the radio conditions.
struct AdrStatic {
  DataRateIndex data_rate_index;
  TxPowerIndex tx_power_index;
  std::uint8_t nb_trans = 1;  // 1-15
  bool operator==(const AdrStatic&) const = default;
};
/// The algorithm of adr/adr.hpp within these bounds.
struct AdrDynamic {
  std::optional<float> margin_db;
  std::optional<DataRateIndex> min_data_rate_index;
  std::optional<DataRateIndex> max_data_rate_index;
  std::optional<TxPowerIndex> min_tx_power_index;
  std::optional<TxPowerIndex> max_tx_power_index;
  NbTransBounds nb_trans;
  ChannelSteering channel_steering = ChannelSteering::unset;
  std::array<NbTransBounds, 16> nb_trans_overrides;  // by data rate index; they replace `nb_trans`
  bool operator==(const AdrDynamic&) const = default;
};
using AdrSettings = std::variant<AdrDisabled, AdrStatic, AdrDynamic>;

/// Numbers beside the fields: ttn.lorawan.v3.MACSettings. [spec network-server §13]
struct MacSettings {
  std::optional<std::chrono::seconds> class_b_timeout;                  // 1
  std::optional<PingSlotPeriodicity> ping_slot_periodicity;             // 2
  std::optional<DataRateIndex> ping_slot_data_rate_index;               // 3
  std::optional<Frequency> ping_slot_frequency;                         // 4; unset frequency: hops
  std::optional<std::chrono::seconds> class_c_timeout;                  // 5
  std::optional<std::chrono::seconds> rx1_delay;                        // 6
  std::optional<DataRateOffset> rx1_data_rate_offset;                   // 7
  std::optional<DataRateIndex> rx2_data_rate_index;                     // 8
  std::optional<Frequency> rx2_frequency;                               // 9
  std::vector<Frequency> factory_preset_frequencies;                    // 10; at most 96
  std::optional<DutyCycleExponent> max_duty_cycle;                      // 11
  std::optional<bool> supports_32_bit_f_cnt;                            // 12
  std::optional<bool> use_adr;                                          // 13; superseded by adr
  std::optional<float> adr_margin_db;                                   // 14; superseded by adr
  std::optional<bool> resets_f_cnt;                                     // 15
  std::optional<std::chrono::nanoseconds> status_time_periodicity;      // 16; 0: off
  std::optional<std::uint32_t> status_count_periodicity;                // 17; 0: off
  std::optional<std::chrono::seconds> desired_rx1_delay;                // 18
  std::optional<DataRateOffset> desired_rx1_data_rate_offset;           // 19
  std::optional<DataRateIndex> desired_rx2_data_rate_index;             // 20
  std::optional<Frequency> desired_rx2_frequency;                       // 21
  std::optional<DutyCycleExponent> desired_max_duty_cycle;              // 22
  std::optional<AdrAckExponent> desired_adr_ack_limit_exponent;         // 23
  std::optional<AdrAckExponent> desired_adr_ack_delay_exponent;         // 24
  std::optional<Frequency> beacon_frequency;                            // 25
  std::optional<DataRateIndex> desired_ping_slot_data_rate_index;       // 27
  std::optional<Frequency> desired_ping_slot_frequency;                 // 28
  std::optional<Frequency> desired_beacon_frequency;                    // 29
  std::optional<float> desired_max_eirp_dbm;                            // 30
  std::optional<std::chrono::nanoseconds> class_b_c_downlink_interval;  // 31
  std::optional<bool> uplink_dwell_time;                                // 32
  std::optional<bool> downlink_dwell_time;                              // 33
  std::optional<AdrSettings> adr;                                       // 34
  std::optional<bool> schedule_downlinks;                               // 35; false: only observe
  std::optional<RelayParameters> relay;                                 // 36
  std::optional<RelayParameters> desired_relay;                         // 37

  bool operator==(const MacSettings&) const = default;
};

/// The first that is set; else `fallback`. `pick(&MacSettings::class_b_timeout, 10min, device,
/// defaults)`.
template <class T>
T pick(std::optional<T> MacSettings::*field, T fallback, const MacSettings& device,
       const MacSettings& network_defaults) {
  if (const auto& value = device.*field) return *value;
  if (const auto& value = network_defaults.*field) return *value;
  return fallback;
}

/// Values that apply when neither device nor network default says otherwise. [spec network-server
/// §11.3]
inline constexpr std::chrono::seconds default_class_b_timeout{600};
inline constexpr std::chrono::seconds default_class_c_timeout{300};
inline constexpr std::chrono::nanoseconds default_class_b_c_downlink_interval{
    std::chrono::seconds{1}};
inline constexpr std::chrono::nanoseconds default_status_time_periodicity{std::chrono::hours{24}};
inline constexpr std::uint32_t default_status_count_periodicity = 200;
inline constexpr std::chrono::seconds default_desired_rx1_delay{5};

}  // namespace ff::mac
