// The metrics of stored MQTT sessions.
#pragma once

#include "actors/support/metrics.hpp"

namespace ff::application_server::mqtt_session {

struct SessionProbe {
  explicit SessionProbe(actors::Metrics& metrics)
      : read(metrics.counter("farfield_as_mqtt_session_messages_read_total",
                             "Messages read from the outbox for sessions that were behind.")),
        lost(metrics.counter("farfield_as_mqtt_session_messages_lost_total",
                             "Messages gone from the outbox before a session had read them.")),
        taken_over(metrics.counter("farfield_as_mqtt_sessions_taken_over_total",
                                   "Connections closed for a newer one of the same client.")),
        read_failures(metrics.counter("farfield_as_mqtt_session_read_failures_total",
                                      "Reads for a session that the store refused.")) {}
  prometheus::Counter& read;
  prometheus::Counter& lost;
  prometheus::Counter& taken_over;
  prometheus::Counter& read_failures;
};

struct SessionsProbe {
  explicit SessionsProbe(actors::Metrics& metrics)
      : stored(metrics.gauge("farfield_as_mqtt_sessions", "Stored sessions.")),
        refused(metrics.counter("farfield_as_mqtt_sessions_refused_total",
                                "Clients refused for want of room for a session.")),
        expired(metrics.counter("farfield_as_mqtt_sessions_expired_total",
                                "Sessions removed because their time was over.")),
        actors(metrics, "mqtt_session") {}
  prometheus::Gauge& stored;
  prometheus::Counter& refused;
  prometheus::Counter& expired;
  actors::ActorProbe actors;
};

}  // namespace ff::application_server::mqtt_session
