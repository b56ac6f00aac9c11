#include "actors/application_server/frontend_mqtt/probe.hpp"

namespace ff::application_server {
namespace {

prometheus::Gauge& of(actors::Metrics& metrics, const char* version) {
  return metrics.gauge("farfield_as_mqtt_connections_by_version",
                       "Clients connected, by the version of MQTT that they speak.",
                       {{"version", version}});
}

}  // namespace

MqttProbe::MqttProbe(actors::Metrics& metrics)
    : connections(metrics.gauge("farfield_as_mqtt_connections", "Clients connected.")),
      refused(metrics.counter("farfield_as_mqtt_connects_refused_total", "Connects refused.")),
      delivered(metrics.counter("farfield_as_mqtt_messages_delivered_total",
                                "Messages sent to clients.")),
      discarded(metrics.counter("farfield_as_mqtt_messages_discarded_total",
                                "Messages clients had no room for.")),
      publishes(metrics.counter("farfield_as_mqtt_publishes_received_total",
                                "Messages that clients have sent.")),
      rejected(metrics.counter("farfield_as_mqtt_publishes_rejected_total",
                               "Messages from clients that no one takes.")),
      filters(metrics.counter("farfield_as_mqtt_subscribed_filters_total",
                              "Filters that clients have asked to subscribe to.")),
      octets_received(metrics.counter("farfield_as_mqtt_received_octets_total",
                                      "Octets of MQTT that came from clients.")),
      octets_sent(metrics.counter("farfield_as_mqtt_sent_octets_total",
                                  "Octets of MQTT that were sent to clients.")),
      v3_1_(of(metrics, "3.1")),
      v3_1_1_(of(metrics, "3.1.1")),
      v5_(of(metrics, "5")) {}

prometheus::Gauge& MqttProbe::of_version(mqtt::Version version) const noexcept {
  switch (version) {
    case mqtt::Version::v3_1:
      return v3_1_;
    case mqtt::Version::v3_1_1:
      return v3_1_1_;
    case mqtt::Version::v5:
      break;
  }
  return v5_;
}

}  // namespace ff::application_server
