// Whether a gateway may connect, and what its frequency plans make of it. Not authentication: the
// frontend did that.
#pragma once

#include <vector>

#include "actors/gateway_server/connection/config.hpp"
#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/connection/messages.hpp"
#include "protocol/region/frequency_plan.hpp"

namespace ff::gateway_server {

/// `eui-b827ebfffe123456`, the id of an unregistered gateway.
GatewayId synthetic_gateway_id(GatewayEui eui);

/// `gateway-id`, or the EUI's synthetic id, for error messages.
std::string gateway_uid(const GatewayIdentifiers& ids);

/// The settings to connect with, given the registry's answer. Unregistered gateways get the
/// listener's fallback plan, unless registration is required. [spec gateway-server §2.1, §2.2]
Result<GatewaySettings> admit(const ConnectRequest& request, Result<GatewaySettings> found,
                              const GatewayServerConfig& config);

/// A gateway's plans and region; pointers into data that lives as long as the server.
struct GatewayRadio {
  const region::FrequencyPlans* catalogue = nullptr;  // all plans the server knows
  std::vector<const region::FrequencyPlan*> plans;
  const region::Region* region = nullptr;
  schedule::SchedulerSettings schedule;
};

/// Errors: unknown plan, plans of different bands, more than eight, contradicting limits.
Result<GatewayRadio> make_radio(const GatewaySettings& settings, schedule::DutyCycleStyle style,
                                const region::FrequencyPlans& plans);

}  // namespace ff::gateway_server
