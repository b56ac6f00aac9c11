// The metrics of groups of shared subscriptions.
#pragma once

#include "actors/support/metrics.hpp"

namespace ff::application_server::mqtt_group {

struct GroupProbe {
  explicit GroupProbe(actors::Metrics& metrics)
      : members(metrics.gauge("farfield_as_mqtt_group_members",
                              "Clients in groups of shared subscriptions.")),
        handed_over(metrics.counter("farfield_as_mqtt_group_messages_handed_over_total",
                                    "Messages of clients that left their group or were cut off, "
                                    "which others of it got.")),
        cut_off(metrics.counter("farfield_as_mqtt_group_members_cut_off_total",
                                "Clients disconnected because their group waited for them.")) {}
  prometheus::Gauge& members;
  prometheus::Counter& handed_over;
  prometheus::Counter& cut_off;
};

struct GroupsProbe {
  explicit GroupsProbe(actors::Metrics& metrics) : actors(metrics, "mqtt_group") {}
  actors::ActorProbe actors;
};

}  // namespace ff::application_server::mqtt_group
