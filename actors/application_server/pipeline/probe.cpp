#include "actors/application_server/pipeline/probe.hpp"

namespace ff::application_server {
namespace {

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

prometheus::Counter& of_locations(actors::Metrics& metrics, const char* name, const char* help) {
  return metrics.counter(name, help, {{"metadata", "location"}});
}

}  // namespace

PipelineProbe::PipelineProbe(actors::Metrics& metrics)
    : waiting(metrics, "application_server_waiting"),
      location_hits(of_locations(metrics, "ttn_lw_as_metadata_cache_hits_total",
                                 "Messages of devices whose location was known.")),
      location_misses(of_locations(metrics, "ttn_lw_as_metadata_cache_misses_total",
                                   "Messages of devices whose location was not known, or old.")),
      location_retrievals(of_locations(metrics, "ttn_lw_as_metadata_registry_retrievals_total",
                                       "Locations read from the registry of devices.")),
      location_updates(of_locations(metrics, "ttn_lw_as_metadata_registry_updates_total",
                                    "Locations told to the registry of devices.")),
      metrics_(metrics),
      uplinks_received_(
          metrics.counter("ttn_lw_as_uplink_received_total", "Uplinks and join-accepts received.")),
      uplinks_forwarded_(
          metrics.counter("ttn_lw_as_uplink_forwarded_total", "Messages passed to applications.")),
      downlinks_received_(
          metrics.counter("ttn_lw_as_downlink_received_total", "Downlinks received.")),
      downlinks_forwarded_(metrics.counter("ttn_lw_as_downlink_forwarded_total",
                                           "Downlinks passed to the network server.")),
      network_server_latency_(
          metrics.histogram("ttn_lw_ns_as_uplink_latency_seconds",
                            "From the network server's reception to the application.",
                            {0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 2})),
      gateway_latency_(metrics.histogram("ttn_lw_gtw_as_uplink_latency_seconds",
                                         "From a gateway to the application.",
                                         {0.2, 0.4, 0.6, 0.8, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5})) {}

void PipelineProbe::count(const events::Event& event) const {
  const auto name = event.name;
  if (name == "as.up.data.receive" || name == "as.up.join.receive")
    return uplinks_received_.Increment();
  if (name == "as.up.data.drop" || name == "as.up.join.drop")
    return count_dropped("ttn_lw_as_uplink_dropped_total", event);
  if (name == "as.down.data.drop") return count_dropped("ttn_lw_as_downlink_dropped_total", event);
  if (name == "as.down.data.receive") return downlinks_received_.Increment();
  if (name == "as.down.data.forward") return downlinks_forwarded_.Increment();
  if (!name.ends_with(".forward")) return;
  uplinks_forwarded_.Increment();
  observe_latency(event);
}

void PipelineProbe::count_dropped(const char* name, const events::Event& event) const {
  const auto* error = std::get_if<Error>(&event.data);
  const auto label = error == nullptr
                         ? std::string("unknown")
                         : std::string(error->def().name_space) + ":" + std::string(error->name());
  metrics_.counter(name, "Messages dropped.", {{"error", label}}).Increment();
}

void PipelineProbe::observe_latency(const events::Event& event) const {
  const auto* up = std::get_if<std::shared_ptr<const ApplicationUp>>(&event.data);
  if (up == nullptr) return;
  const auto* uplink = std::get_if<ApplicationUplink>(&(*up)->up);
  if (uplink == nullptr) return;
  network_server_latency_.Observe(seconds(event.time - uplink->received_at));
  if (uplink->rx_metadata.empty()) return;
  gateway_latency_.Observe(seconds(event.time - uplink->rx_metadata.front().received_at));
}

}  // namespace ff::application_server
