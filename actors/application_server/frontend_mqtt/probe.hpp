// The metrics of the MQTT front end.
#pragma once

#include "actors/support/metrics.hpp"

namespace ff::application_server {

struct MqttProbe {
  explicit MqttProbe(actors::Metrics& metrics)
      : connections(metrics.gauge("farfield_as_mqtt_connections", "Clients connected.")),
        refused(metrics.counter("farfield_as_mqtt_connects_refused_total", "Connects refused.")),
        delivered(metrics.counter("farfield_as_mqtt_messages_delivered_total",
                                  "Messages sent to clients.")),
        discarded(metrics.counter("farfield_as_mqtt_messages_discarded_total",
                                  "Messages clients had no room for.")),
        rejected(metrics.counter("farfield_as_mqtt_publishes_rejected_total",
                                 "Messages from clients that no one takes.")) {}
  prometheus::Gauge& connections;
  prometheus::Counter& refused;
  prometheus::Counter& delivered;
  prometheus::Counter& discarded;
  prometheus::Counter& rejected;
};

}  // namespace ff::application_server
