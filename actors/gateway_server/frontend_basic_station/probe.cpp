#include "actors/gateway_server/frontend_basic_station/probe.hpp"

namespace ff::gateway_server {

StationProbe::StationProbe(actors::Metrics& metrics)
    : actors(metrics, "gateway_station"),
      lost_downlinks(metrics.counter("farfield_gateway_server_station_lost_downlinks_total",
                                     "Downlinks that a station could not be told of.")),
      paused(metrics.counter("farfield_gateway_server_station_paused_total",
                             "Times that a station had to wait because it sent too fast.")) {
  for (std::size_t i = 0; i < messages.size(); ++i) {
    messages[i] = &metrics.counter("farfield_gateway_server_station_messages_total",
                                   "Messages of stations by what they were.",
                                   {{"outcome", to_string(static_cast<StationOutcome>(i))}});
  }
  for (std::size_t i = 0; i < ended.size(); ++i) {
    ended[i] = &metrics.counter(
        "farfield_gateway_server_station_ended_total", "WebSockets of stations by why they ended.",
        {{"cause", std::string(websocket::to_string(static_cast<websocket::EndCause>(i)))}});
  }
  constexpr std::array<const char*, station_request_kind_count> kinds = {"discovery", "traffic",
                                                                         "other"};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    refusals[i] =
        &metrics.counter("farfield_gateway_server_station_refused_total",
                         "Requests of stations that were refused.", {{"request", kinds[i]}});
  }
}

}  // namespace ff::gateway_server
