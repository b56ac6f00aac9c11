#include "protocol/mac/channel_use.hpp"

#include "protocol/mac/initial.hpp"

namespace ff::mac {
namespace {

bool is_enabled(const std::vector<Channel>& channels, std::size_t index, Frequency frequency) {
  return index < channels.size() && channels[index].enabled &&
         channels[index].uplink_frequency == frequency;
}

/// The channels that the device has from the beginning are on again.
void enable_defaults(std::vector<Channel>& channels, const std::vector<Channel>& defaults) {
  for (std::size_t i = 0; i < channels.size(); ++i) {
    if (is_enabled(defaults, i, channels[i].uplink_frequency)) channels[i].enabled = true;
  }
}

}  // namespace

void note_channel_use(MacState& state, ChannelIndex channel, Frequency frequency,
                      const DeviceProfile& profile) {
  const std::size_t index = channel.value();
  auto& current = state.current;
  if (index >= current.channels.size()) return;
  auto& used = current.channels[index];
  if (used.enabled || used.uplink_frequency != frequency) return;
  used.enabled = true;
  if (is_enabled(state.desired.channels, index, frequency)) return;
  const auto defaults = initial_state(profile);
  if (!defaults || !is_enabled(defaults->current.channels, index, frequency)) return;
  enable_defaults(current.channels, defaults->current.channels);
  current.adr_nb_trans = 1;
  current.adr_tx_power_index = TxPowerIndex{0};
}

}  // namespace ff::mac
