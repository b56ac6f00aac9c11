#include "protocol/mac/relay.hpp"

namespace ff::mac {

RelayParameters with_defaults(RelayParameters settings) {
  if (auto* relay = std::get_if<ServingRelay>(&settings)) {
    if (!relay->default_channel_index) relay->default_channel_index = std::uint8_t{0};
  } else {
    auto& device = std::get<ServedRelay>(settings);
    if (!device.backoff) device.backoff = default_relay_backoff;
  }
  return settings;
}

const ServingRelay* serving(const std::optional<RelayParameters>& relay) noexcept {
  return relay ? std::get_if<ServingRelay>(&*relay) : nullptr;
}
ServingRelay* serving(std::optional<RelayParameters>& relay) noexcept {
  return relay ? std::get_if<ServingRelay>(&*relay) : nullptr;
}
const ServedRelay* served(const std::optional<RelayParameters>& relay) noexcept {
  return relay ? std::get_if<ServedRelay>(&*relay) : nullptr;
}

}  // namespace ff::mac
