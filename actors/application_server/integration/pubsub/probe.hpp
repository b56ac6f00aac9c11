// The metrics of pub/sub integrations; names are the reference's where it has one.
// [shared/api/metrics.tsv as_pubsub_*]
#pragma once

#include <string>

#include "actors/application_server/integration/pubsub/pubsub.hpp"
#include "actors/support/metrics.hpp"

namespace ff::application_server::pubsub {

struct IntegrationProbe {
  IntegrationProbe(actors::Metrics& metrics, Provider provider);
  prometheus::Counter& started;
  prometheus::Counter& stopped;
  prometheus::Counter& failed;
  prometheus::Counter& published;
  prometheus::Counter& refused;
  prometheus::Counter& given_up;
  prometheus::Counter& read;
  prometheus::Counter& lost;
  prometheus::Counter& read_failures;
  prometheus::Counter& downlinks;
  prometheus::Counter& downlinks_failed;
  prometheus::Counter& downlinks_dropped;
  prometheus::Gauge& connected;
  prometheus::Histogram& duration;

 private:
  IntegrationProbe(actors::Metrics& metrics, const actors::Metrics::Labels& labels);
};

struct PubSubsProbe {
  explicit PubSubsProbe(actors::Metrics& metrics)
      : stored(metrics.gauge("farfield_as_pubsubs", "Pub/sub integrations.")),
        waiting(metrics, "pubsub_changes"),
        actors(metrics, "pubsub_integration") {}
  prometheus::Gauge& stored;
  actors::QueueProbe waiting;
  actors::ActorProbe actors;
};

}  // namespace ff::application_server::pubsub
