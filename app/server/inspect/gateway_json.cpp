// Gateway connections and their directory.
#include <boost/json/array.hpp>

#include "app/inspection/values.hpp"
#include "app/server/inspect/json.hpp"

namespace ff::app {
namespace {

using namespace gateway_server;
using boost::json::array;
using boost::json::object;
using boost::json::value;

value part(const std::optional<schedule::RoundTripStats>& stats) {
  if (!stats) return {};
  return object{{"min", value_of(stats->min)},
                {"median", value_of(stats->median)},
                {"max", value_of(stats->max)},
                {"count", stats->count}};
}

object part(const DroppedUplink& dropped) {
  const std::string sender = dropped.dev_addr  ? " of " + to_string(*dropped.dev_addr)
                             : dropped.dev_eui ? " of " + to_string(*dropped.dev_eui)
                                               : std::string();
  return {{"at", value_of(dropped.at)},
          {"text", "uplink" + sender + " dropped: " + to_string(dropped.outcome)},
          {"reason", to_string(dropped.outcome)},
          {"dev_addr", value_of(dropped.dev_addr)},
          {"dev_eui", value_of(dropped.dev_eui)},
          {"frequency_hz", dropped.frequency.hz()},
          {"snr_db", dropped.snr_db}};
}

std::string sentence(const DownlinkDecision& decision) {
  const auto device = to_string(decision.device);
  switch (decision.stage) {
    case DownlinkStage::scheduled:
      return "downlink of " + device + " scheduled in RX" + std::to_string(decision.window) + ", " +
             to_duration_text(decision.delay) + " ahead";
    case DownlinkStage::reported:
      return "downlink of " + device + ": gateway reports " + to_string(decision.result);
    case DownlinkStage::refused:
      break;
  }
  auto text = "downlink of " + device + " refused";
  for (const auto* error = decision.error.get(); error != nullptr; error = error->cause())
    text += ", because of " + error->to_string();
  return text;
}

object part(const DownlinkDecision& decision) {
  object out{{"at", value_of(decision.at)},
             {"text", sentence(decision)},
             {"kind", text(to_string(decision.stage))},
             {"device", text(to_string(decision.device))}};
  if (decision.stage == DownlinkStage::scheduled) {
    out["window"] = decision.window;
    out["delay"] = value_of(decision.delay);
  }
  if (decision.stage == DownlinkStage::reported) out["result"] = to_string(decision.result);
  if (decision.error) {
    out["error"] =
        std::string(decision.error->def().name_space) + ":" + std::string(decision.error->name());
  }
  return out;
}

object part(const PlannedEmission& emission) {
  return {{"starts_at", value_of(emission.starts_at)},
          {"duration", value_of(emission.duration)},
          {"frequency_hz", emission.frequency.hz()},
          {"device", emission.device ? value(text(to_string(*emission.device))) : value()},
          {"sub_band", object{{"min_frequency_hz", emission.sub_band.min.hz()},
                              {"max_frequency_hz", emission.sub_band.max.hz()},
                              {"duty_cycle", emission.sub_band.duty_cycle}}}};
}

object part(const ClockStats& clock) {
  return {{"samples", clock.samples},
          {"jumps", clock.jumps},
          {"error", value_of(clock.error)},
          {"error_max", value_of(clock.error_max)},
          {"drift_ppm", clock.drift_ppm ? value(*clock.drift_ppm) : value()}};
}

value part(const std::optional<LateUplink>& late) {
  if (!late) return {};
  return object{{"at", value_of(late->at)}, {"age", value_of(late->age)}};
}

object part(const schedule::SubBandUsage& usage) {
  return {{"min_frequency_hz", usage.limit.min.hz()},
          {"max_frequency_hz", usage.limit.max.hz()},
          {"duty_cycle", usage.limit.duty_cycle},
          {"utilization", usage.utilization}};
}

template <class Part>
array parts(const std::vector<Part>& list) {
  array out;
  for (const auto& entry : list) out.emplace_back(part(entry));
  return out;
}

}  // namespace

object to_json(const ConnectionSnapshot& connection) {
  const auto& stats = connection.stats;
  array plans;
  for (const auto& id : connection.frequency_plan_ids) plans.emplace_back(text(id));
  return {{"eui", value_of(connection.ids.eui)},
          {"protocol", to_string(stats.protocol)},
          {"remote_address", text(stats.remote_address)},
          {"connected_at", value_of(stats.connected_at)},
          {"frequency_plan_ids", std::move(plans)},
          {"enforce_duty_cycle", connection.enforce_duty_cycle},
          {"has_downlink_path", connection.has_downlink_path},
          {"uplinks", stats.uplink_count},
          {"last_uplink_at", value_of(stats.last_uplink_received_at)},
          {"downlinks", stats.downlink_count},
          {"last_downlink_at", value_of(stats.last_downlink_received_at)},
          {"reports", stats.tx_acknowledgment_count},
          {"clock_synced_at", value_of(connection.clock_synced_at)},
          {"clock_quality", part(connection.clock)},
          {"has_gps_time", connection.has_gps_time},
          {"sends_beacons", connection.sends_beacons},
          {"round_trips", part(stats.round_trip_times)},
          {"lead_time", value_of(connection.lead_time)},
          {"planned_emissions", parts(connection.planned)},
          {"remembered_emissions", connection.remembered_emissions},
          {"sub_bands", parts(stats.sub_bands)},
          {"late_uplinks", connection.late_uplinks},
          {"last_late_uplink", part(connection.last_late_uplink)},
          {"dropped_uplinks", parts(connection.dropped_uplinks)},
          {"downlink_decisions", parts(connection.downlinks)}};
}

object to_json(const RouterSnapshot& router) {
  array gateways;
  for (const auto& id : router.gateways) gateways.emplace_back(text(id.text()));
  return {{"connections", router.connections},
          {"waiting_downlinks", router.waiting_downlinks},
          {"gateways", std::move(gateways)}};
}

}  // namespace ff::app
