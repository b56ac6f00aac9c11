// The metrics of device pipelines; names are the reference's. [shared/api/metrics.tsv as_*]
#pragma once

#include "actors/events/event.hpp"
#include "actors/support/metrics.hpp"

namespace ff::application_server {

/// Any thread.
class PipelineProbe {
 public:
  explicit PipelineProbe(actors::Metrics& metrics);
  /// What is counted follows from the events, so that both tell the same.
  void count(const events::Event& event) const;
  actors::QueueProbe waiting;
  /// Devices' locations, which lanes keep for a while and the registry of devices has.
  prometheus::Counter& location_hits;
  prometheus::Counter& location_misses;
  prometheus::Counter& location_retrievals;
  prometheus::Counter& location_updates;

 private:
  void count_dropped(const char* name, const events::Event& event) const;
  void observe_latency(const events::Event& event) const;

  actors::Metrics& metrics_;
  prometheus::Counter& uplinks_received_;
  prometheus::Counter& uplinks_forwarded_;
  prometheus::Counter& downlinks_received_;
  prometheus::Counter& downlinks_forwarded_;
  prometheus::Histogram& network_server_latency_;
  prometheus::Histogram& gateway_latency_;
};

}  // namespace ff::application_server
