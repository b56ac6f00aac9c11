#include "actors/gateway_server/frontend_udp/probe.hpp"

namespace ff::gateway_server {
namespace {

prometheus::Counter& loss(actors::Metrics& metrics, const char* reason) {
  return metrics.counter("farfield_gateway_server_udp_lost_datagrams_total",
                         "Datagrams that sockets lost, by reason.", {{"reason", reason}});
}

}  // namespace

UdpProbe::UdpProbe(actors::Metrics& metrics)
    : datagrams(metrics, "gateway_udp_datagrams"),
      received(metrics.counter("ttn_lw_gs_io_udp_message_received_total", "Datagrams received.")),
      refused_frames(
          metrics.counter("farfield_gateway_server_udp_refused_frames_total",
                          "Frames left out of datagrams: noise, and what is no LoRaWAN.")),
      lost_downlinks(metrics.counter("farfield_gateway_server_udp_lost_downlinks_total",
                                     "Downlinks of gateways that had no path any more.")),
      forgotten_failures(
          metrics.counter("farfield_gateway_server_udp_forgotten_failures_total",
                          "EUIs that were refused and forgotten early, for want of room.")),
      links(metrics.gauge("farfield_gateway_server_udp_links", "EUIs in the connection table.")),
      metrics_(metrics),
      losses_{{{loss(metrics, "receive_buffer_full"), &net::DatagramCounters::received_dropped},
               {loss(metrics, "too_long"), &net::DatagramCounters::received_truncated},
               {loss(metrics, "send_queue_full"), &net::DatagramCounters::send_dropped},
               {loss(metrics, "send_refused"), &net::DatagramCounters::send_errors}}} {
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    outcomes[i] = &metrics.counter("farfield_gateway_server_udp_datagrams_total",
                                   "Datagrams by what became of them.",
                                   {{"outcome", to_string(static_cast<DatagramOutcome>(i))}});
  }
  using gateway::semtech_udp::PacketType;
  for (const auto& [type, name] : {std::pair{PacketType::push_data, "PushData"},
                                   {PacketType::pull_data, "PullData"},
                                   {PacketType::tx_ack, "TxAck"}}) {
    forwarded[static_cast<std::size_t>(type)] =
        &metrics.counter("ttn_lw_gs_io_udp_message_forwarded_total",
                         "Datagrams handed to connections, by type.", {{"type", name}});
  }
  using Outcome = DatagramOutcome;
  for (const auto& [outcome, error] :
       {std::pair{Outcome::malformed, "unknown"},
        {Outcome::unexpected_type, "pkg/gatewayserver/io/udp:packet_type"},
        {Outcome::rate_exceeded, "pkg/gatewayserver/io/udp:rate_exceeded"},
        {Outcome::already_connected, "pkg/gatewayserver/io/udp:already_connected"},
        {Outcome::connection_not_ready, "pkg/gatewayserver/io/udp:connection_not_ready"}}) {
    drops[static_cast<std::size_t>(outcome)] = &metrics.counter(
        "ttn_lw_gs_io_udp_message_dropped_total",
        "Datagrams dropped for a reason that the reference knows.", {{"error", error}});
  }
}

/// The reference's labels; it has the type of its own variable where we say what was wrong.
void UdpProbe::count_wrong_field(const std::string& field, const std::string& reason) {
  metrics_
      .counter("ttn_lw_gs_io_udp_unmarshal_type_errors_total",
               "Fields of PUSH_DATA whose values have another type, or are out of range.",
               {{"type", reason}, {"struct", "RxPacket"}, {"field", "rxpk." + field}})
      .Increment();
}

void UdpProbe::sample(const net::DatagramCounters& counters) {
  for (const auto& [counter, count] : losses_) {
    if (const auto more = counters.*count - last_.*count; more > 0)
      counter.Increment(static_cast<double>(more));
  }
  last_ = counters;
}

}  // namespace ff::gateway_server
