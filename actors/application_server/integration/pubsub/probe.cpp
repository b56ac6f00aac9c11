#include "actors/application_server/integration/pubsub/probe.hpp"

namespace ff::application_server::pubsub {

IntegrationProbe::IntegrationProbe(actors::Metrics& metrics, Provider provider)
    : IntegrationProbe(metrics, {{"provider", std::string(name_of(provider))}}) {}

IntegrationProbe::IntegrationProbe(actors::Metrics& metrics, const actors::Metrics::Labels& labels)
    : started(metrics.counter("ttn_lw_as_pubsub_integrations_started_total",
                              "Connections of integrations to their brokers.", labels)),
      stopped(metrics.counter("ttn_lw_as_pubsub_integrations_stopped_total",
                              "Connections that we have ended.", labels)),
      failed(metrics.counter("ttn_lw_as_pubsub_integrations_failed_total",
                             "Connections that were not made, or were lost.", labels)),
      published(metrics.counter("farfield_as_pubsub_messages_published_total",
                                "Messages that brokers have acknowledged.", labels)),
      refused(metrics.counter("farfield_as_pubsub_messages_refused_total",
                              "Attempts that brokers have refused.", labels)),
      given_up(metrics.counter("farfield_as_pubsub_messages_given_up_total",
                               "Messages that brokers refuse, or that are too old.", labels)),
      read(metrics.counter("farfield_as_pubsub_messages_read_total",
                           "Messages read from the outbox for integrations that were behind.",
                           labels)),
      lost(metrics.counter("farfield_as_pubsub_messages_lost_total",
                           "Messages gone from the outbox before an integration had them.",
                           labels)),
      read_failures(metrics.counter("farfield_as_pubsub_read_failures_total",
                                    "Reads for an integration that the store refused.", labels)),
      downlinks(metrics.counter("farfield_as_pubsub_downlinks_total",
                                "Requests for downlinks that were queued.", labels)),
      downlinks_failed(metrics.counter("farfield_as_pubsub_downlinks_failed_total",
                                       "Requests that could not be read or queued.", labels)),
      downlinks_dropped(metrics.counter("farfield_as_pubsub_downlinks_dropped_total",
                                        "Requests that were too large or too many at one time.",
                                        labels)),
      connected(metrics.gauge("farfield_as_pubsub_connections",
                              "Integrations that are connected to their brokers.", labels)),
      duration(metrics.histogram(
          "farfield_as_pubsub_acknowledge_seconds",
          "From the sending of a message to its acknowledgement.",
          {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10}, labels)) {}

}  // namespace ff::application_server::pubsub
