#include <boost/json/array.hpp>

#include "app/inspection/decision.hpp"
#include "app/inspection/values.hpp"
#include "app/server/inspect/json.hpp"

namespace ff::app {
namespace {

using namespace network_server;
using boost::json::array;
using boost::json::object;
using boost::json::value;

object part(const SessionSummary& session) {
  return {{"dev_addr", value_of(session.dev_addr)},
          {"last_f_cnt_up", value_of(session.last_f_cnt_up)},
          {"last_n_f_cnt_down", value_of(session.last_n_f_cnt_down)},
          {"last_a_f_cnt_down", value_of(session.last_a_f_cnt_down)},
          {"last_conf_f_cnt_down", value_of(session.last_conf_f_cnt_down)},
          {"started_at", value_of(session.started_at)},
          {"queued_downlinks", session.queued_downlinks},
          {"first_queued_f_cnt", value_of(session.first_queued_f_cnt)}};
}

object part(const ParameterSummary& parameters) {
  return {{"data_rate_index", value_of(parameters.data_rate_index)},
          {"tx_power_index", value_of(parameters.tx_power_index)},
          {"nb_trans", parameters.nb_trans},
          {"rx1_delay", value_of(Duration(parameters.rx1_delay))},
          {"rx1_data_rate_offset", value_of(parameters.rx1_data_rate_offset)},
          {"rx2_data_rate_index", value_of(parameters.rx2_data_rate_index)},
          {"rx2_frequency_hz", parameters.rx2_frequency.hz()},
          {"enabled_channels", parameters.channels}};
}

array names(const std::vector<std::string_view>& list) {
  array out;
  for (const auto name : list) out.emplace_back(text(name));
  return out;
}

object part(const MacSummary& mac) {
  return {{"lorawan_version", value_of(mac.lorawan_version)},
          {"device_class", value_of(mac.device_class)},
          {"current", part(mac.current)},
          {"desired", part(mac.desired)},
          {"queued_answers", names(mac.queued_answers)},
          {"pending_requests", names(mac.pending_requests)},
          {"refused_requests", mac.refused_requests},
          {"rx_windows_available", mac.rx_windows_available},
          {"recent_uplinks", mac.recent_uplinks},
          {"unacknowledged_downlink", value_of(mac.unacknowledged_downlink)},
          {"join_accept_waits", mac.join_accept_waits},
          {"last_downlink_at", value_of(mac.last_downlink_at)}};
}

object part(const AnswerableSummary& answerable) {
  array gateways;
  for (const auto& id : answerable.gateways) gateways.emplace_back(text(id.text()));
  return {{"is_join", answerable.is_join},
          {"f_cnt", value_of(answerable.f_cnt)},
          {"received_at", value_of(answerable.received_at)},
          {"data_rate_index", value_of(answerable.data_rate_index)},
          {"channel_index", value_of(answerable.channel_index)},
          {"must_be_answered", answerable.must_be_answered},
          {"gateways", std::move(gateways)}};
}

object part(const InFlightSummary& flight) {
  return {{"attempt", flight.attempt},
          {"is_join", flight.is_join},
          {"f_cnt", value_of(flight.f_cnt)},
          {"application", flight.application}};
}

template <class Part>
value part_if(const std::optional<Part>& maybe) {
  return maybe ? value(part(*maybe)) : value();
}

}  // namespace

object to_json(const DeviceSnapshot& device) {
  array decisions;
  for (const auto& decision : device.decisions) decisions.emplace_back(to_json(decision));
  return {{"exists", device.exists},
          {"session_actor", text(to_string(device.phase))},
          {"stashed_events", device.stashed},
          {"dev_eui", value_of(device.ids.dev_eui)},
          {"join_eui", value_of(device.ids.join_eui)},
          {"lorawan_version", value_of(device.lorawan_version)},
          {"lorawan_phy_version", value_of(device.lorawan_phy_version)},
          {"frequency_plan_id", text(device.frequency_plan_id)},
          {"supports_join", device.supports_join},
          {"multicast", device.multicast},
          {"session", part_if(device.session)},
          {"pending_session", part_if(device.pending_session)},
          {"mac_state", part_if(device.mac_state)},
          {"pending_mac_state", part_if(device.pending_mac_state)},
          {"answerable_uplink", part_if(device.answerable)},
          {"transmission_in_flight", part_if(device.transmission)},
          {"join_in_flight", part_if(device.join)},
          {"unreported_emissions", device.unreported_emissions},
          {"decisions", std::move(decisions)}};
}

}  // namespace ff::app
