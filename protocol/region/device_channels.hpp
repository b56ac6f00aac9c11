// The channels of one device: those it starts with, those the network wants it to have, and the
// CFList that carries the difference in a join-accept. Not for the commands that change channels
// later: protocol/mac builds those.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/region/frequency_plan.hpp"
#include "protocol/region/region.hpp"

namespace ff::region {

/// An uplink channel and where its uplinks are answered. Frequency 0: the index is not in use.
struct DeviceChannel {
  Frequency uplink_frequency;
  Frequency downlink_frequency;
  DataRateIndex min_data_rate_index;
  DataRateIndex max_data_rate_index;
  bool enabled = false;
  bool operator==(const DeviceChannel&) const = default;
};

/// What a device has after activation, by channel index: the region's default channels; then, in
/// dynamic plans, those of `factory_presets` that the region does not have. With presets, default
/// channels that are not among them start disabled, so a list has to repeat the defaults it keeps.
/// At most max_uplink_channels. [spec network-server §12]
std::vector<DeviceChannel> initial_channels(const Region& region,
                                            std::span<const Frequency> factory_presets);

/// What the network wants, by channel index: the initial channels with only the plan's frequencies
/// enabled, at the plan's data rates; then, in dynamic plans, the plan's other channels. In fixed
/// plans the plan's LoRa standard channel is enabled too. [spec network-server §12]
std::vector<DeviceChannel> desired_channels(const Region& region, const FrequencyPlan& plan,
                                            std::span<const Frequency> factory_presets);

/// ON-WIRE: as appended to a join-accept; the type is the last octet.
using CfListOctets = std::array<std::uint8_t, 16>;

/// The CFList that gives a device as many of the enabled `desired` channels as it can carry: the
/// first five beyond the region's default ones, or the mask of the region's. All zero, but there,
/// when no channel is wanted beyond the defaults. Nothing when the revision has no CFList.
/// [RP002-1.0.4 §2.x JoinAccept CFList; spec network-server §8.5]
std::optional<CfListOctets> make_cf_list(const Region& region,
                                         std::span<const DeviceChannel> desired);

/// What a device does with a CFList on its `channels`: adds the listed frequencies from the
/// region's first free index on (0 leaves an index unused), or enables exactly the channels of the
/// masks. An error for a type the region does not have or a mask bit beyond its channels.
Result<std::vector<DeviceChannel>> apply_cf_list(const Region& region, ByteView cf_list,
                                                 std::vector<DeviceChannel> channels);

}  // namespace ff::region
