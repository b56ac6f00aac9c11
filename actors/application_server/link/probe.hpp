// The metrics of links; names are the reference's. [shared/api/metrics.tsv as_subscription*]
#pragma once

#include <string>
#include <string_view>

#include "actors/support/metrics.hpp"

namespace ff::application_server {

/// Per protocol, a closed set.
struct SubscriptionProbe {
  SubscriptionProbe(actors::Metrics& metrics, std::string_view protocol)
      : started(metrics.counter("ttn_lw_as_subscriptions_started_total", "Subscriptions begun.",
                                {{"protocol", std::string(protocol)}})),
        stopped(metrics.counter("ttn_lw_as_subscriptions_stopped_total", "Subscriptions ended.",
                                {{"protocol", std::string(protocol)}})),
        delivered(metrics.counter("ttn_lw_as_subscription_sets_publish_success_total",
                                  "Messages given to subscribers.",
                                  {{"protocol", std::string(protocol)}})),
        dropped(metrics.counter("ttn_lw_as_subscription_sets_publish_failed_total",
                                "Messages subscribers had no room for.",
                                {{"protocol", std::string(protocol)},
                                 {"error", "pkg/applicationserver/io:buffer_full"}})) {}
  prometheus::Counter& started;
  prometheus::Counter& stopped;
  prometheus::Counter& delivered;
  prometheus::Counter& dropped;
};

struct LinkProbe {
  explicit LinkProbe(actors::Metrics& metrics)
      : started(metrics.counter("ttn_lw_as_subscription_sets_started_total",
                                "Application links started.")),
        stopped(metrics.counter("ttn_lw_as_subscription_sets_stopped_total",
                                "Application links ended.")),
        links(metrics, "application_link") {}
  prometheus::Counter& started;
  prometheus::Counter& stopped;
  actors::ActorProbe links;
};

}  // namespace ff::application_server
