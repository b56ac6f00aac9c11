// What the network learns from the channel that an uplink came on. Not which channels there should
// be (command/link_adr.cpp).
#pragma once

#include "protocol/mac/profile.hpp"
#include "protocol/mac/state.hpp"

namespace ff::mac {

/// An uplink on a channel that the device should have switched off. Nobody answered it for long,
/// and it has gone back to its default channels, full power and one transmission; or it has done
/// what was asked for and the answer was lost. `state.current` becomes what the device has, and the
/// channels are agreed on again. Does nothing for other uplinks. [spec network-server §23;
/// TS001-1.0.4 §4.3.1.1]
void note_channel_use(MacState& state, ChannelIndex channel, Frequency frequency,
                      const DeviceProfile& profile);

}  // namespace ff::mac
