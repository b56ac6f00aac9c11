// Counts what clients of our MQTT servers do that they must not. Not what they send that nobody
// takes: probes of the frontends.
#pragma once

#include <cstdint>

#include "actors/support/metrics.hpp"
#include "net/mqtt/effect.hpp"

namespace ff::actors {

/// Why a connection ended that a client should not have made, or not so; labels the metric.
enum class MqttViolation : std::uint8_t {
  malformed,    ///< A packet is no MQTT.
  too_large,    ///< A packet is larger than is read.
  credentials,  ///< They are not good for what the client wants.
  topic,        ///< A topic or filter is none.
  bounds,       ///< More messages under way, or requests, than were allowed.
  protocol,     ///< The packet may not come then, or not so.
};
inline constexpr std::size_t mqtt_violation_count = 6;
const char* to_string(MqttViolation violation) noexcept;

/// A connection of `server`, one of a few names such as `as` and `gs`, has ended; counts if that
/// was by a violation. Thread safe. The series is looked up: this is rare, and connections are
/// many.
void count_violation(Metrics& metrics, const char* server, const mqtt::Ended& end);

}  // namespace ff::actors
