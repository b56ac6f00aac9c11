#include "app/api/services/mapping/relay_changes.hpp"

#include <algorithm>

#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/session/relay_errors.hpp"
#include "actors/network_server/session/relay_rules.hpp"
#include "app/api/services/mapping/relay.hpp"
#include "protocol/field_mask/field_mask.hpp"
#include "protocol/region/region.hpp"

namespace ff::api {
namespace {

namespace pb = ttn::lorawan::v3;
using network_server::Device;
using Relay = std::optional<mac::RelayParameters>;

Status check(const Device& device, const Relay& relay, const region::FrequencyPlans& plans) {
  const auto* plan = plans.find(device.frequency_plan_id);
  const auto* region =
      plan == nullptr ? nullptr : region::find(plan->band_id, device.lorawan_phy_version);
  // The session names what is wrong with the device itself.
  if (region == nullptr) return {};
  return network_server::check_relay(relay, device.ids.uid.device_id, *region, "settings");
}

/// Calls `visit(relay)` for the desired relay of settings and states.
template <class Visit>
void each_desired(Device& device, Visit visit) {
  visit(device.mac_settings.desired_relay);
  for (auto* state : {&device.mac_state, &device.pending_mac_state}) {
    if (*state) visit((*state)->desired.relay);
  }
}

/// A rule concerns two devices: it has methods of its own, which tell both.
Status check_without_rules(const pb::RelaySettings& settings) {
  if (settings.serving().uplink_forwarding_rules().empty()) return {};
  return fail(network_server::relay_manage_uplink_forwarding_rules);
}

/// The settings of a device that has a profile are the profile's. [spec network-server §13]
Status check_own_settings(const Device& device) {
  if (device.mac_settings_profile_id.empty()) return {};
  return fail(network_server::field_value, {{"field", "mac_settings"}});
}

Result<Device> with_relay(Device device, const Relay& relay) {
  FF_CHECK(check_own_settings(device));
  const auto parameters = relay ? Relay(mac::with_defaults(*relay)) : Relay();
  each_desired(device, [&](Relay& desired) { desired = parameters; });
  device.mac_settings.desired_relay = relay;
  return device;
}

/// A copy of the device, which has a relay of this kind.
Result<Device> existing(CurrentDevice current) {
  if (current == nullptr) return fail(network_server::device_not_found);
  if (!current->mac_settings.desired_relay) return fail(network_server::relay_not_found);
  return *current;
}
Result<Device> existing_serving(CurrentDevice current) {
  FF_TRY(auto device, existing(current));
  if (mac::serving(device.mac_settings.desired_relay) == nullptr)
    return fail(network_server::relay_not_serving);
  return device;
}

/// The settings' rules, also where they have been made parameters.
Result<Device> with_rules(Device device, const std::vector<mac::UplinkForwardingRule>& rules) {
  FF_CHECK(check_own_settings(device));
  each_desired(device, [&](Relay& desired) {
    if (auto* serving = mac::serving(desired)) serving->uplink_forwarding_rules = rules;
  });
  return device;
}

}  // namespace

Result<Device> create_relay(CurrentDevice current, const pb::RelaySettings& settings,
                            const region::FrequencyPlans& plans) {
  FF_CHECK(check_without_rules(settings));
  if (current == nullptr) return fail(network_server::device_not_found);
  if (current->mac_settings.desired_relay) return fail(network_server::relay_already_exists);
  const auto relay = relay_of(settings);
  FF_CHECK(check(*current, relay, plans));
  return with_relay(*current, relay);
}

Result<Device> update_relay(CurrentDevice current, const pb::RelaySettings& settings,
                            std::span<const std::string> paths,
                            const region::FrequencyPlans& plans) {
  pb::RelaySettings named = settings;
  FF_CHECK(field_mask::keep(paths, named));
  FF_CHECK(check_without_rules(named));
  FF_TRY(auto device, existing(current));
  pb::RelaySettings changed;
  put_relay(*device.mac_settings.desired_relay, changed);
  FF_CHECK(field_mask::copy(settings, paths, changed));
  auto relay = relay_of(changed);
  keep_wor_sessions(device.mac_settings.desired_relay, relay);
  FF_CHECK(check(device, relay, plans));
  return with_relay(std::move(device), relay);
}

Result<Device> delete_relay(CurrentDevice current) {
  FF_TRY(auto device, existing(current));
  return with_relay(std::move(device), std::nullopt);
}

Result<pb::RelaySettings> relay_settings(const Device& device) {
  FF_CHECK(existing(&device));
  pb::RelaySettings out;
  put_relay(*device.mac_settings.desired_relay, out);
  return out;
}

Result<Device> add_rule(CurrentDevice current, std::uint32_t index,
                        const mac::UplinkForwardingRule& rule) {
  FF_TRY(auto device, existing_serving(current));
  auto rules = mac::serving(device.mac_settings.desired_relay)->uplink_forwarding_rules;
  if (index < rules.size() && !rules[index].is_empty())
    return fail(network_server::relay_uplink_forwarding_rule_already_exists);
  if (rules.size() <= index) rules.resize(index + std::size_t{1});
  rules[index] = rule;
  return with_rules(std::move(device), rules);
}

Result<Device> change_rule(CurrentDevice current, std::uint32_t index,
                           const pb::RelayUplinkForwardingRule& rule,
                           std::span<const std::string> paths,
                           const std::optional<SessionKeyId>& session_key_id) {
  FF_TRY(auto device, existing_serving(current));
  FF_TRY(const auto before, rule_at(device, index));
  pb::RelayUplinkForwardingRule changed;
  put_rule(before, changed);
  FF_CHECK(field_mask::copy(rule, paths, changed));
  auto after = rule_of(changed);
  if (session_key_id) after.session_key_id = *session_key_id;
  const bool same_session =
      after.device_id == before.device_id && after.session_key_id == before.session_key_id;
  if (same_session) after.wor = before.wor;
  auto rules = mac::serving(device.mac_settings.desired_relay)->uplink_forwarding_rules;
  rules[index] = std::move(after);
  return with_rules(std::move(device), rules);
}

Result<Device> remove_rule(CurrentDevice current, std::uint32_t index) {
  FF_TRY(auto device, existing_serving(current));
  FF_CHECK(rule_at(device, index));
  auto rules = mac::serving(device.mac_settings.desired_relay)->uplink_forwarding_rules;
  rules[index] = {};
  return with_rules(std::move(device), rules);
}

Result<std::vector<mac::UplinkForwardingRule>> rules_of(const Device& device) {
  FF_TRY(const auto serving, existing_serving(&device));
  return mac::serving(serving.mac_settings.desired_relay)->uplink_forwarding_rules;
}

Result<mac::UplinkForwardingRule> rule_at(const Device& device, std::uint32_t index) {
  FF_TRY(const auto rules, rules_of(device));
  if (index >= rules.size() || rules[index].is_empty())
    return fail(network_server::relay_uplink_forwarding_rule_not_found);
  return rules[index];
}

Result<Served> served_of(const Device& device) {
  FF_CHECK(existing(&device));
  const auto* served = mac::served(device.mac_settings.desired_relay);
  if (served == nullptr) return fail(network_server::relay_not_served);
  const auto& session = device.pending_session ? device.pending_session : device.session;
  return Served{session ? session->keys.session_key_id : SessionKeyId{}, served->serving_device_id};
}

Result<Device> set_served_by(CurrentDevice current, const DeviceId& relay) {
  FF_TRY(auto device, existing(current));
  FF_CHECK(served_of(device));
  FF_CHECK(check_own_settings(device));
  each_desired(device, [&](Relay& desired) {
    if (!mac::served(desired)) return;
    std::get<mac::ServedRelay>(*desired).serving_device_id = relay;
  });
  return device;
}

bool serves(const Device& relay, const DeviceId& device) {
  const auto* serving = mac::serving(relay.mac_settings.desired_relay);
  if (serving == nullptr) return false;
  return std::ranges::any_of(
      serving->uplink_forwarding_rules,
      [&](const mac::UplinkForwardingRule& rule) { return rule.device_id == device; });
}

}  // namespace ff::api
