// The channels of a simulated device: those it begins with, what masks and CFLists of the network
// make of them, and where and how it is answered in RX1. Written after the regional parameters and
// apart from the server's rules (protocol/region, protocol/mac), so that each checks the other:
// only the tables of frequencies and data rates are common. Not for the choice of a channel
// (device_mac.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocol/join/cf_list.hpp"
#include "protocol/region/region.hpp"

namespace ff::sim {

/// An uplink channel and where its uplinks are answered. Frequency 0: the index is not in use.
struct DeviceChannel {
  Frequency uplink_frequency;
  Frequency downlink_frequency;
  DataRateIndex min_data_rate_index;
  DataRateIndex max_data_rate_index;
  bool enabled = false;
  bool operator==(const DeviceChannel&) const = default;
};
using DeviceChannels = std::vector<DeviceChannel>;  // by index

/// The region's default channels, all enabled.
DeviceChannels boot_channels(const region::Region& region);

/// The channel part of a LinkADRReq.
struct ChannelMask {
  std::uint8_t control = 0;  // ChMaskCntl
  std::uint16_t bits = 0;    // ChMask
};
/// Which of the device's channels are on after `mask`; nothing when it has to be refused: a control
/// value that the region does not have, or a channel that the device does not have. Whether any is
/// left is not judged. [TS001-1.0.4 §5.3; RP002-1.0.4 §2.x LinkADRReq]
std::optional<std::vector<bool>> masked(const region::Region& region, ChannelMask mask,
                                        const DeviceChannels& channels, std::vector<bool> enabled);

/// What a CFList makes of the channels; one of a kind that the region does not have changes
/// nothing. [RP002-1.0.4 §2.x JoinAccept CFList]
DeviceChannels with_cf_list(const region::Region& region, const join::CfList& list,
                            DeviceChannels channels);

/// How the uplink was sent, and what the device was told of its downlinks.
struct Rx1Question {
  DataRateIndex uplink;
  DataRateOffset offset;
  region::DwellTime downlink_dwell = region::DwellTime::unknown;
};
/// Data rate of RX1. Nothing for an offset that the region does not have, where it depends on a
/// dwell time that the device does not know, or where nobody has said. [RP002-1.0.4 §2.x Data rate
/// offset]
std::optional<DataRateIndex> rx1_data_rate(const region::Region& region, Rx1Question question);

}  // namespace ff::sim
