#include "actors/network_server/session/relay_rules.hpp"

#include <algorithm>
#include <string>

#include "actors/network_server/session/relay_errors.hpp"

namespace ff::network_server {
namespace {

Status wrong(std::string_view path, std::string_view field) {
  return fail(invalid_relay_field, {{"field", std::string(path) + std::string(field)}});
}

Status check(const std::optional<mac::RelaySecondChannel>& channel, const region::Region& region,
             const std::string& path) {
  if (!channel) return {};
  if (region.data_rate(channel->data_rate_index, region::Direction::uplink) == nullptr)
    return wrong(path, ".second_channel.data_rate_index");
  const auto step = region.frequency_step_hz;
  if (region.sub_band(channel->frequency) == nullptr || channel->frequency.hz() % step != 0)
    return wrong(path, ".second_channel.frequency");
  return {};
}

Status check(const mac::ServingRelay& relay, const DeviceId& device, const region::Region& region,
             const std::string& path) {
  FF_CHECK(check(relay.second_channel, region, path));
  const auto& channel = relay.default_channel_index;
  // 0 is also what parameters have where settings say nothing.
  if (channel && *channel != 0 && *channel >= region.relay_channels.size())
    return wrong(path, ".default_channel_index");
  const auto& rules = relay.uplink_forwarding_rules;
  const bool own = std::ranges::any_of(
      rules, [&](const mac::UplinkForwardingRule& rule) { return rule.device_id == device; });
  if (own || rules.size() > mac::relay_rules_max) return wrong(path, ".uplink_forwarding_rules");
  return {};
}

Status check(const mac::ServedRelay& relay, const DeviceId& device, const region::Region& region,
             const std::string& path) {
  FF_CHECK(check(relay.second_channel, region, path));
  return relay.serving_device_id == device ? wrong(path, ".serving_device_id") : Status();
}

}  // namespace

Status check_relay(const std::optional<mac::RelayParameters>& relay, const DeviceId& device,
                   const region::Region& region, std::string_view path) {
  const auto below = std::string(path) + ".mode.";
  if (const auto* serving = mac::serving(relay))
    return check(*serving, device, region, below + "serving");
  if (const auto* served = mac::served(relay))
    return check(*served, device, region, below + "served");
  return {};
}

}  // namespace ff::network_server
