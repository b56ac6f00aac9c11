// The MAC layer of a simulated device: its radio parameters, what it answers to the network's
// commands, and its ADR back-off. Not frames, keys or counters (device.hpp).
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "protocol/mac/command/codec.hpp"
#include "protocol/region/region.hpp"
#include "tools/sim/core/channels.hpp"
#include "tools/sim/core/receive_windows.hpp"

namespace ff::sim {

/// What a relay is told. Wake-up frames and their keys are not simulated. [TS011-1.0.1 §10]
struct RelayParameters {
  bool running = false;
  std::array<std::optional<DevAddr>, 16> trusted;  // by index of the list
};

/// What the network can set.
struct MacParameters {
  DeviceChannels channels;
  /// Of the region: where a channel's usual data rates end, and SF6 and SF5 where it has them.
  DataRateIndex usual_max;
  std::span<const DataRateIndex> fast;
  DataRateIndex data_rate;
  TxPowerIndex tx_power;
  std::uint8_t nb_trans = 1;
  std::chrono::seconds rx1_delay{1};
  DataRateOffset rx1_dr_offset;
  DataRateIndex rx2_data_rate;
  Frequency rx2_frequency;
  mac::DutyCycleExponent max_duty_cycle;
  mac::EirpIndex max_eirp;
  region::DwellTime uplink_dwell = region::DwellTime::unknown;
  region::DwellTime downlink_dwell = region::DwellTime::unknown;
  mac::AdrAckExponent adr_ack_limit;
  mac::AdrAckExponent adr_ack_delay;
  // Class B. Unset: the region's.
  Frequency beacon_frequency;
  Frequency ping_slot_frequency;
  std::optional<DataRateIndex> ping_slot_data_rate;
  /// The network wants a rejoin-request of type 0 every 2^(n+4) uplinks.
  std::optional<mac::RejoinCountExponent> rejoin_count;
  RelayParameters relay;
};

/// As after power on: the region's values. Channels that `usable` says no gateway hears start
/// disabled when the plan is fixed (empty: all are heard).
MacParameters boot_parameters(const region::Region& region, std::span<const Frequency> usable);

/// An uplink channel that the current data rate may use, as index. `dice` is any number.
/// Nothing if there is none.
std::optional<ChannelIndex> choose_channel(const MacParameters& parameters, std::uint64_t dice);

/// The LR-FHSS rate that reaches furthest of those that a channel in use carries. Nothing if none
/// does.
std::optional<DataRateIndex> lr_fhss_rate(const region::Region& region,
                                          const MacParameters& parameters);

/// Where and how an uplink went out; `end` is the end of its last symbol.
struct UplinkSlot {
  ChannelIndex channel;
  DataRateIndex data_rate;
  MonoTime end;
};
/// The windows after an uplink; RX1 opens `rx1_delay` after its end, RX2 a second later.
ReceiveWindows windows_after(const region::Region& region, const MacParameters& parameters,
                             const UplinkSlot& uplink, Duration rx1_delay);

/// What the answers depend on beside the parameters.
struct MacContext {
  const region::Region& region;
  MacVersion mac_version = MacVersion::v1_0_3;
  std::uint8_t battery = 255;  // as DevStatusAns carries it
  float snr_db = 0;            // of the frame that carries the commands
};

/// Carries out the network's commands in order and returns the answers due. Confirmations
/// (RekeyConf, ...) and answers to the device's own requests need none.
std::vector<mac::Command> carry_out(std::span<const mac::Command> commands,
                                    const MacContext& context, MacParameters& parameters);

/// The device's side of ADR: counts uplinks without an answer. [TS001-1.0.4 §4.3.1.1; spec
/// network-server §23]
class AdrBackOff {
 public:
  /// Before each new uplink: what was due is done to `parameters`.
  void uplink(const region::Region& region, MacParameters& parameters);
  void downlink() noexcept { unanswered_ = 0; }
  /// The bit ADRACKReq of the next uplink.
  bool asks(const MacParameters& parameters) const noexcept;

 private:
  std::uint32_t unanswered_ = 0;
};

}  // namespace ff::sim
