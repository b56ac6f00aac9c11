#include "actors/gateway_server/connection/admission.hpp"

#include <algorithm>

#include "protocol/base/hex.hpp"

namespace ff::gateway_server {
namespace {

constexpr std::size_t plans_max = 8;

/// Without what says nothing about the connection: what the gateway itself reports, and an antenna
/// that is known for nothing else.
GatewaySettings without_own_reports(GatewaySettings settings) {
  settings.model.clear();
  settings.firmware.clear();
  auto& antennas = settings.antennas;
  for (auto& antenna : antennas) {
    if (antenna.location && antenna.location->source == LocationSource::gps)
      antenna.location.reset();
  }
  while (!antennas.empty() && antennas.back() == GatewayAntenna{}) antennas.pop_back();
  return settings;
}

Result<GatewaySettings> unregistered(const ConnectRequest& request,
                                     const GatewayServerConfig& config) {
  const auto uid = gateway_uid(request.ids);
  if (config.require_registered_gateways) {
    if (request.ids.gateway_id.empty())
      return fail(gateway_eui_not_registered, {{"eui", to_string(*request.ids.eui)}});
    return fail(gateway_not_registered, {{"gateway_uid", uid}});
  }
  if (request.fallback_plan_id.empty())
    return fail(no_fallback_frequency_plan, {{"gateway_uid", uid}});
  GatewaySettings settings;
  settings.ids = {GatewayId{uid}, request.ids.eui};
  settings.is_registered = false;
  settings.frequency_plan_ids = {request.fallback_plan_id};
  return settings;
}

}  // namespace

float greatest_gain_dbi(const GatewaySettings& settings) noexcept {
  const auto& antennas = settings.antennas;
  const auto greatest = std::ranges::max_element(antennas, {}, &GatewayAntenna::gain_dbi);
  return greatest == antennas.end() ? 0 : greatest->gain_dbi;
}

bool needs_reconnect(const GatewaySettings& before, const GatewaySettings& after) {
  return without_own_reports(before) != without_own_reports(after);
}

GatewayId synthetic_gateway_id(GatewayEui eui) {
  return GatewayId{"eui-" + hex_lower(eui.value(), 16)};
}

std::string gateway_uid(const GatewayIdentifiers& ids) {
  if (!ids.gateway_id.empty() || !ids.eui) return ids.gateway_id.text();
  return synthetic_gateway_id(*ids.eui).text();
}

Result<GatewaySettings> admit(const ConnectRequest& request, Result<GatewaySettings> found,
                              const GatewayServerConfig& config) {
  if (request.ids.gateway_id.empty() && !request.ids.eui) return fail(empty_identifiers);
  if (!found) {
    if (found.error().code() != Code::not_found) return fail(found.error());
    return unregistered(request, config);
  }
  if (found->require_authenticated_connection && !request.authenticated)
    return fail(unauthenticated_gateway_connection);
  if (!found->ids.eui) found->ids.eui = request.ids.eui;
  return found;
}

Result<GatewayRadio> make_radio(const GatewaySettings& settings, schedule::DutyCycleStyle style,
                                const region::FrequencyPlans& plans) {
  GatewayRadio radio;
  radio.catalogue = &plans;
  const auto& ids = settings.frequency_plan_ids;
  if (ids.empty() || ids.size() > plans_max)
    return fail(frequency_plan_not_configured, {{"id", ids.empty() ? "" : ids.back()}});
  for (const auto& id : ids) {
    const auto* plan = plans.find(id);
    if (plan == nullptr) return fail(frequency_plan_not_configured, {{"id", id}});
    radio.plans.push_back(plan);
    if (plan->band_id != radio.plans.front()->band_id)
      return fail(frequency_plans_not_from_same_band);
  }
  radio.region = region::find_latest(radio.plans.front()->band_id);
  if (radio.region == nullptr) return fail(frequency_plan_not_configured, {{"id", ids.front()}});
  schedule::SchedulerOptions options;
  options.enforce_duty_cycle = settings.enforce_duty_cycle;
  options.anytime_delay = settings.schedule_anytime_delay;
  options.style = style;
  FF_TRY(radio.schedule, make_scheduler_settings(radio.plans, *radio.region, options));
  return radio;
}

}  // namespace ff::gateway_server
