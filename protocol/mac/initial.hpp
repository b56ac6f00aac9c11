// A new MAC state: what a device has after a join, a reset or personalisation, and what the network
// wants of it. Not for changes on the way (uplink.hpp, adr/adr.hpp).
#pragma once

#include <optional>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/mac/profile.hpp"
#include "protocol/mac/state.hpp"

namespace ff::mac {

inline constexpr ErrorDef class_a_multicast{"pkg/networkserver/mac", "class_a_multicast",
                                            Code::invalid_argument, "multicast device in class A"};

/// Current values: device setting, network default, band. Desired values: device setting, frequency
/// plan, network default, current value. The pending state of a join, the state of an ABP device,
/// and of either after a reset. Only error: `class_a_multicast`. [spec network-server §12, §13]
Result<MacState> initial_state(const DeviceProfile& profile);

/// The state of the session that a rejoin-request of type 2 opens: new keys and counters, the radio
/// parameters stay. [TS001-1.1 §6.2.4]
MacState rekeyed_state(const MacState& state);

/// The state with what the join-accept told the device: RX parameters, CFList, version.
/// [TS001-1.0.4 §6.2.6]
MacState accept_join(MacState state, const JoinParameters& join, const region::Region& region);

/// What a join-request on `uplink` changes for the session to come: in bands with common join
/// channels RX2 is the channel's, unless settings or plan say where it is. [RP002-1.0.4 §2.7]
void note_join_channel(MacState& state, const DeviceProfile& profile, Frequency uplink);

/// The CFList for a join-accept, 16 octets, or empty where the band has none. [spec network-server
/// §6.4, §8.5]
Bytes cf_list(const MacParameters& desired, const region::Region& region);

/// The uplink dwell-time limit to reckon with while the device's is unknown. [spec network-server
/// §12]
region::DwellTime expected_uplink_dwell(const MacState& state,
                                        const DeviceProfile& profile) noexcept;
region::DwellTime expected_downlink_dwell(const MacState& state,
                                          const DeviceProfile& profile) noexcept;

}  // namespace ff::mac
