#include "actors/support/listener_metrics.hpp"

namespace ff::actors {

void ListenerMetrics::sample(const std::string& listener, const net::ListenerCounters& now) {
  auto& last = last_[listener];
  const auto add = [&](const char* name, const char* help, std::uint64_t before,
                       std::uint64_t count) {
    metrics_.counter(name, help, {{"listener", listener}})
        .Increment(static_cast<double>(count - before));
  };
  add("farfield_net_connections_accepted_total", "Connections that were accepted, TLS included.",
      last.accepted, now.accepted);
  add("farfield_net_connections_refused_total", "Connections closed because of a bound.",
      last.refused, now.refused);
  add("farfield_net_handshakes_failed_total", "TLS handshakes that broke or timed out.",
      last.handshakes_failed, now.handshakes_failed);
  add("farfield_net_accept_errors_total", "Connections that the system could not give us.",
      last.accept_errors, now.accept_errors);
  metrics_
      .gauge("farfield_net_connections", "Open connections, those in a handshake included.",
             {{"listener", listener}})
      .Set(static_cast<double>(now.open));
  last = now;
}

}  // namespace ff::actors
