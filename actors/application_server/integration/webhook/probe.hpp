// The metrics of webhooks; names are the reference's where it has one.
// [shared/api/metrics.tsv as_webhook_*]
#pragma once

#include "actors/support/metrics.hpp"

namespace ff::application_server::webhook {

struct DeliveryProbe {
  explicit DeliveryProbe(actors::Metrics& metrics)
      : sent(metrics.counter("ttn_lw_as_webhook_sent_total", "Messages that endpoints took.")),
        failed(metrics.counter("ttn_lw_as_webhook_failed_total", "Attempts that did not succeed.",
                               {{"error", "pkg/applicationserver/io/web/sink:request"}})),
        read(metrics.counter("farfield_as_webhook_messages_read_total",
                             "Messages read from the outbox for webhooks that were behind.")),
        lost(metrics.counter("farfield_as_webhook_messages_lost_total",
                             "Messages gone from the outbox before a webhook had them.")),
        dead(metrics.counter("farfield_as_webhook_dead_letters_total", "Messages given up.")),
        dead_dropped(metrics.counter("farfield_as_webhook_dead_letters_dropped_total",
                                     "Dead letters removed for newer ones.")),
        read_failures(metrics.counter("farfield_as_webhook_read_failures_total",
                                      "Reads for a webhook that the store refused.")),
        duration(metrics.histogram("farfield_as_webhook_request_seconds",
                                   "From the start of an attempt to its outcome.",
                                   {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10})) {}
  prometheus::Counter& sent;
  prometheus::Counter& failed;
  prometheus::Counter& read;
  prometheus::Counter& lost;
  prometheus::Counter& dead;
  prometheus::Counter& dead_dropped;
  prometheus::Counter& read_failures;
  prometheus::Histogram& duration;
};

struct WebhooksProbe {
  explicit WebhooksProbe(actors::Metrics& metrics)
      : stored(metrics.gauge("farfield_as_webhooks", "Webhooks, paused ones included.")),
        unhealthy(
            metrics.gauge("farfield_as_webhooks_unhealthy", "Webhooks whose last attempt failed.")),
        waiting(metrics, "webhook_changes"),
        actors(metrics, "webhook_delivery") {}
  prometheus::Gauge& stored;
  prometheus::Gauge& unhealthy;
  actors::QueueProbe waiting;
  actors::ActorProbe actors;
};

}  // namespace ff::application_server::webhook
