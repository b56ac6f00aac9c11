// The metrics of the MQTT front end.
#pragma once

#include "actors/support/metrics.hpp"
#include "net/mqtt/codec/types.hpp"

namespace ff::application_server {

struct MqttProbe {
  explicit MqttProbe(actors::Metrics& metrics);
  prometheus::Gauge& of_version(mqtt::Version version) const noexcept;

  prometheus::Gauge& connections;
  prometheus::Counter& refused;
  prometheus::Counter& delivered;
  prometheus::Counter& discarded;
  prometheus::Counter& publishes;
  prometheus::Counter& rejected;
  prometheus::Counter& filters;
  prometheus::Counter& octets_received;
  prometheus::Counter& octets_sent;

 private:
  prometheus::Gauge& v3_1_;
  prometheus::Gauge& v3_1_1_;
  prometheus::Gauge& v5_;
};

}  // namespace ff::application_server
