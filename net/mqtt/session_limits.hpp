// The bounds and time-outs of an MQTT server session.
// Not for limits per user or address; the owner knows those.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "net/mqtt/codec/decoder.hpp"
#include "protocol/base/time.hpp"

namespace ff::mqtt {

struct SessionLimits {
  DecodeLimits decode;
  /// Bytes of the CONNECT packet, which anybody may send.
  std::size_t connect_size_max = std::size_t{64} * 1024;
  /// From the transport's beginning to the CONNECT.
  Duration connect_timeout = std::chrono::seconds{10};
  /// For the owner to answer Authenticate.
  Duration authenticate_timeout = std::chrono::seconds{10};
  /// Silence allowed to a client without keep-alive.
  Duration idle_max = std::chrono::hours{1};
  /// Received requests (PUBLISH, SUBSCRIBE, UNSUBSCRIBE) that may wait for the owner; then reading
  /// pauses.
  std::size_t requests_max = 32;
  /// Unfinished QoS 1 and 2 messages from a client; announced to MQTT 5 clients.
  std::uint16_t receive_maximum = 64;
  /// QoS 2 identifiers received and not released from an MQTT 3 client, which can not be told a
  /// receive maximum.
  std::size_t unreleased_max = 1024;
  /// QoS 1 deliveries without acknowledgement; a client may ask for less.
  std::uint16_t in_flight_max = 64;
  /// Topic aliases from a client; announced.
  std::uint16_t topic_alias_max = 16;
  /// Seconds a session may outlive its connection, as MQTT 5 clients ask for it.
  std::uint32_t session_expiry_max = 7 * 24 * 3600;
  /// … and of MQTT 3 clients, which can only ask for it to be kept.
  std::uint32_t session_expiry_v3 = 7 * 24 * 3600;
  /// Bytes of a topic or filter from a client.
  std::size_t topic_size_max = 1024;
  /// False: RETAIN in a PUBLISH of MQTT 5 is an error, and announced as one.
  bool retain_available = true;
  /// True: the owner is asked about `$share/…`. Otherwise it is refused, and MQTT 5 clients are
  /// told so when they connect.
  bool shared_subscriptions = false;
};

}  // namespace ff::mqtt
