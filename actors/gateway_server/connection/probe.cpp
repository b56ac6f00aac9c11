#include "actors/gateway_server/connection/probe.hpp"

namespace ff::gateway_server {
namespace {

std::string name_of(UpstreamHost host) {
  return std::string(to_string(host));
}

prometheus::Counter& dropped_of(actors::Metrics& metrics, const char* error,
                                UpstreamHost host = UpstreamHost::cluster) {
  return metrics.counter("ttn_lw_gs_uplink_dropped_total",
                         "Uplinks not handed to an upstream host.",
                         {{"host", name_of(host)}, {"error", error}});
}

prometheus::Counter& forwarded_of(actors::Metrics& metrics,
                                  UpstreamHost host = UpstreamHost::cluster) {
  return metrics.counter("ttn_lw_gs_uplink_forwarded_total", "Uplinks handed to an upstream host.",
                         {{"host", name_of(host)}});
}

prometheus::Counter& overflowed_of(actors::Metrics& metrics, const char* type) {
  return metrics.counter("ttn_lw_gs_io_message_dropped_total",
                         "Messages of gateways that found no room.",
                         {{"type", type}, {"error", "pkg/gatewayserver/io:buffer_full"}});
}

prometheus::Counter& reports_dropped_of(actors::Metrics& metrics, const char* error) {
  return metrics.counter("ttn_lw_gs_txack_dropped_total",
                         "Transmission reports not handed to an upstream host.",
                         {{"host", name_of(UpstreamHost::cluster)}, {"error", error}});
}

std::string label_of(const Error& error) {
  return std::string(error.def().name_space) + ':' + std::string(error.name());
}

constexpr const char* host_handled = "pkg/gatewayserver:host_handle";

}  // namespace

void ConnectionProbe::count_uplink(const HostAnswer& answer) const {
  const bool is_ours = answer.host == UpstreamHost::cluster;
  if (answer.sent) {
    (is_ours ? forwarded : forwarded_of(all, answer.host)).Increment();
  } else {
    (is_ours ? unreachable : dropped_of(all, host_handled, answer.host)).Increment();
  }
}

void ConnectionProbe::count_dropped(ReportDrop reason) const {
  acknowledgments_dropped[static_cast<std::size_t>(reason)]->Increment();
}

void ConnectionProbe::count_dropped_status(const Error& reason) const {
  all.counter("ttn_lw_gs_status_dropped_total", "Statuses not handed to an upstream host.",
              {{"host", name_of(UpstreamHost::cluster)}, {"error", label_of(reason)}})
      .Increment();
}

void ConnectionProbe::count_disconnected(Protocol protocol, const Error& reason) const {
  all.counter("ttn_lw_gs_gateways_disconnected_total", "Connections of gateways that have ended.",
              {{"protocol", to_string(protocol)}, {"error", label_of(reason)}})
      .Increment();
}

ConnectionProbe::ConnectionProbe(actors::Metrics& metrics)
    : all(metrics),
      actors(metrics, "gateway_connection"),
      forwarded(forwarded_of(metrics)),
      acknowledgments_forwarded(metrics.counter("ttn_lw_gs_txack_forwarded_total",
                                                "Transmission reports handed to an upstream host.",
                                                {{"host", "cluster"}})),
      statuses_forwarded(metrics.counter("ttn_lw_gs_status_forwarded_total",
                                         "Statuses handed to an upstream host.",
                                         {{"host", "cluster"}})),
      acknowledgments_dropped{&reports_dropped_of(metrics, "pkg/gatewayserver:downlink_not_found"),
                              &reports_dropped_of(metrics, host_handled)},
      broken(dropped_of(metrics, "pkg/gatewayserver:message_crc")),
      unreachable(dropped_of(metrics, host_handled)),
      proprietary(dropped_of(metrics, "pkg/gatewayserver:proprietary_frame")),
      late_joins(dropped_of(metrics, "pkg/gatewayserver:late_join")),
      overflowed(overflowed_of(metrics, "uplink")),
      overflowed_statuses(overflowed_of(metrics, "status")) {
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    const actors::Metrics::Labels labels = {{"protocol", to_string(static_cast<Protocol>(i))}};
    const auto counter = [&](const char* name, const char* help) {
      return &metrics.counter(name, help, labels);
    };
    auto& series = protocols[i];
    series.connected =
        &metrics.gauge("ttn_lw_gs_connected_gateways", "Gateways connected now.", labels);
    series.statuses = counter("ttn_lw_gs_status_received_total", "Status messages of gateways.");
    series.uplinks = counter("ttn_lw_gs_uplink_received_total", "Uplinks of gateways.");
    series.repeated =
        counter("ttn_lw_gs_io_uplink_repeated_total", "Uplinks that a gateway sent twice.");
    series.acknowledgments = counter("ttn_lw_gs_txack_received_total", "Transmission reports.");
    series.attempted =
        counter("ttn_lw_gs_downlink_schedule_attempted_total", "Downlinks asked of a connection.");
    series.failed =
        counter("ttn_lw_gs_downlink_schedule_failed_total", "Downlinks that did not fit.");
    series.sent = counter("ttn_lw_gs_downlink_sent_total", "Downlinks handed to a frontend.");
    series.tx_success = counter("ttn_lw_gs_downlink_tx_success_total", "Downlinks on air.");
    for (std::size_t result = 1; result < tx_result_count; ++result) {
      auto with_result = labels;
      with_result.emplace("result", to_string(static_cast<TxResult>(result)));
      series.tx_failed[result] =
          &metrics.counter("ttn_lw_gs_downlink_tx_failed_total",
                           "Downlinks that a gateway did not send.", with_result);
    }
  }
  for (std::size_t i = 0; i < uplinks.size(); ++i) {
    uplinks[i] =
        &metrics.counter("farfield_gateway_server_uplinks_total", "Uplinks by what became of them.",
                         {{"outcome", to_string(static_cast<UplinkOutcome>(i))}});
  }
}

}  // namespace ff::gateway_server
