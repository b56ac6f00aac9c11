#include "actors/network_server/session/slot.hpp"

#include <algorithm>

#include "actors/network_server/session/downlink_frame.hpp"
#include "protocol/mac/device_class.hpp"
#include "protocol/mac/ping_slot.hpp"

namespace ff::network_server {
namespace {

/// A ping slot nearer than this is left out: gateways need the time. [spec network-server §11.2]
constexpr Duration ping_lead_min = std::chrono::milliseconds{2500};

Duration confirmed_timeout(const mac::MacState& state, const mac::DeviceProfile& profile) {
  using S = mac::MacSettings;
  return state.device_class == DeviceClass::b
             ? mac::pick(&S::class_b_timeout, mac::default_class_b_timeout, profile.settings,
                         profile.network_defaults)
             : mac::pick(&S::class_c_timeout, mac::default_class_c_timeout, profile.settings,
                         profile.network_defaults);
}

/// The device has spoken since: it has acknowledged, or will not.
bool spoke_after(const mac::MacState& state, UtcTime time) {
  return !state.recent_uplinks.empty() && state.recent_uplinks.front().received_at > time;
}

/// A request under way changes where the device listens. It may have heard it or not, so a frame on
/// either channel may be lost: what waits goes with its next uplink, or after it.
bool listening_changes(const mac::MacState& state) {
  return std::ranges::any_of(state.pending_requests, [&](const mac::Command& request) {
    return state.device_class == DeviceClass::c
               ? std::holds_alternative<mac::RXParamSetupReq>(request)
               : std::holds_alternative<mac::PingSlotChannelReq>(request);
  });
}

UtcTime unconfirmed_at(const mac::MacState& state, const mac::DeviceProfile& profile,
                       UtcTime earliest) {
  auto at = earliest;
  // An answer to the last uplink may still come in its windows.
  if (state.rx_windows_available && !state.recent_uplinks.empty()) {
    at = std::max(
        at, state.recent_uplinks.front().received_at + state.current.rx1_delay + rx2_after_rx1);
  }
  if (state.last_downlink_at) at = std::max(at, *state.last_downlink_at);
  if (state.last_network_initiated_downlink_at) {
    const auto interval = mac::pick(&mac::MacSettings::class_b_c_downlink_interval,
                                    mac::default_class_b_c_downlink_interval, profile.settings,
                                    profile.network_defaults);
    at = std::max(at, *state.last_network_initiated_downlink_at + interval);
  }
  return at;
}

}  // namespace

std::optional<NetworkSlot> next_network_slot(const Device& device,
                                             const mac::DeviceProfile& profile, UtcTime now,
                                             UtcTime not_before) {
  if (!device.session || !device.mac_state) return std::nullopt;
  const auto& state = *device.mac_state;
  const auto& queue = device.session->queued_application_downlinks;
  if (state.device_class == DeviceClass::a || queue.empty()) return std::nullopt;
  if (listening_changes(state)) return std::nullopt;
  const auto& item = queue.front();
  const auto wanted = item.class_b_c ? item.class_b_c->absolute_time : std::nullopt;
  // A time of the item's own is tried once and then, whether gateways were busy before or not.
  auto at = unconfirmed_at(state, profile, wanted ? now : std::max(now, not_before));
  if (const auto& last = state.last_confirmed_downlink_at;
      item.confirmed && last && (awaits_acknowledgement(state) || !spoke_after(state, *last)))
    at = std::max(at, *last + confirmed_timeout(state, profile));
  const bool expired = wanted && *wanted < at;
  if (state.device_class == DeviceClass::c)
    return NetworkSlot{DeviceClass::c, wanted.value_or(at), wanted.has_value(), expired};
  if (!mac::knows_ping_slots(state, profile.region)) return std::nullopt;
  const auto slot =
      mac::next_ping_slot(to_gps(std::max({at, now + ping_lead_min, wanted.value_or(at)})),
                          device.session->dev_addr, *state.ping_slot_periodicity);
  return NetworkSlot{DeviceClass::b, to_utc(slot), true, expired};
}

bool has_expired(const ApplicationDownlink& item, UtcTime now) noexcept {
  return item.class_b_c && item.class_b_c->absolute_time && *item.class_b_c->absolute_time < now;
}

bool awaits_acknowledgement(const mac::MacState& state) noexcept {
  return state.pending_application_downlink && state.last_confirmed_downlink_at;
}

std::optional<UtcTime> acknowledgement_due(const Device& device,
                                           const mac::DeviceProfile& profile) {
  if (!device.mac_state || !waits_for_network(device)) return std::nullopt;
  const auto& state = *device.mac_state;
  if (!awaits_acknowledgement(state)) return std::nullopt;
  return *state.last_confirmed_downlink_at + confirmed_timeout(state, profile);
}

bool waits_for_network(const Device& device) noexcept {
  if (!device.session || !device.mac_state) return false;
  const auto& state = *device.mac_state;
  if (state.device_class == DeviceClass::a) return false;
  return state.pending_application_downlink ||
         !device.session->queued_application_downlinks.empty();
}

}  // namespace ff::network_server
