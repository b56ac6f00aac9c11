// Changes of relays as NsRelayConfigurationService makes them: pure functions, run inside the
// session of the device. A relay is what is desired of the device, in its settings and in the
// states that were made of them. [spec network-server §17]
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "actors/network_server/session/device.hpp"
#include "protocol/base/result.hpp"
#include "protocol/region/frequency_plan.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::api {

/// `current` is null for a device that does not exist: device_not_found. Settings are checked
/// against the device's band, fields named `settings…`.
using CurrentDevice = const network_server::Device*;

Result<network_server::Device> create_relay(CurrentDevice current,
                                            const ttn::lorawan::v3::RelaySettings& settings,
                                            const region::FrequencyPlans& plans);
Result<network_server::Device> update_relay(CurrentDevice current,
                                            const ttn::lorawan::v3::RelaySettings& settings,
                                            std::span<const std::string> paths,
                                            const region::FrequencyPlans& plans);
Result<network_server::Device> delete_relay(CurrentDevice current);
/// The relay of the device, or relay_not_found.
Result<ttn::lorawan::v3::RelaySettings> relay_settings(const network_server::Device& device);

/// Of a relay; errors relay_not_serving and those of rules that exist or do not.
Result<network_server::Device> add_rule(CurrentDevice current, std::uint32_t index,
                                        const mac::UplinkForwardingRule& rule);
/// With `session_key_id` when the rule gets another device.
Result<network_server::Device> change_rule(CurrentDevice current, std::uint32_t index,
                                           const ttn::lorawan::v3::RelayUplinkForwardingRule& rule,
                                           std::span<const std::string> paths,
                                           const std::optional<SessionKeyId>& session_key_id);
Result<network_server::Device> remove_rule(CurrentDevice current, std::uint32_t index);
/// All, by index; unused indices are empty.
Result<std::vector<mac::UplinkForwardingRule>> rules_of(const network_server::Device& device);
Result<mac::UplinkForwardingRule> rule_at(const network_server::Device& device,
                                          std::uint32_t index);

/// What a rule needs of the device that it is for; relay_not_served unless it is behind a relay.
struct Served {
  SessionKeyId session_key_id;  // empty: no session
  DeviceId relay;               // that it says it is served by
};
Result<Served> served_of(const network_server::Device& device);
Result<network_server::Device> set_served_by(CurrentDevice current, const DeviceId& relay);
/// Whether this relay has a rule for the device.
bool serves(const network_server::Device& relay, const DeviceId& device);

}  // namespace ff::api
