#include "actors/network_server/shard/probe.hpp"

namespace ff::network_server {

ShardProbe::ShardProbe(actors::Metrics& metrics)
    : sessions(metrics, "device_session"),
      stash(metrics, "session_stash"),
      passivated(metrics.counter("farfield_actors_passivated_total",
                                 "Sessions that ended because they were idle.",
                                 {{"kind", "device_session"}})),
      forgotten(metrics.counter("farfield_network_server_decisions_forgotten_total",
                                "Ended sessions whose last decisions had to make room.")),
      crowded(metrics.counter("farfield_network_server_crowded_addresses_total",
                              "Sessions that found no place on their device address.")) {
  for (std::size_t i = 0; i < uplinks.size(); ++i) {
    uplinks[i] = &metrics.counter("farfield_network_server_uplinks_total",
                                  "Gateways' copies of uplinks by what became of them.",
                                  {{"outcome", to_string(static_cast<UplinkOutcome>(i))}});
  }
}

}  // namespace ff::network_server
