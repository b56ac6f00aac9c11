#include "actors/gateway_server/frontend_udp/probe.hpp"

namespace ff::gateway_server {

UdpProbe::UdpProbe(actors::Metrics& metrics)
    : datagrams(metrics, "gateway_udp_datagrams"),
      received(metrics.counter("gs_io_udp_message_received_total", "Datagrams received.")),
      lost_downlinks(metrics.counter("farfield_gateway_server_udp_lost_downlinks_total",
                                     "Downlinks of gateways that had no path any more.")),
      links(metrics.gauge("farfield_gateway_server_udp_links", "EUIs in the connection table.")) {
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    outcomes[i] = &metrics.counter("farfield_gateway_server_udp_datagrams_total",
                                   "Datagrams by what became of them.",
                                   {{"outcome", to_string(static_cast<DatagramOutcome>(i))}});
  }
}

}  // namespace ff::gateway_server
