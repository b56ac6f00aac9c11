// SessionPeer: a connection as its stored session sees it. Not MQTT itself: the front end
// implements it on net/mqtt, tests in memory.
#pragma once

#include "actors/application_server/mqtt_session/effect.hpp"
#include "actors/application_server/mqtt_session/interface.hpp"

namespace ff::application_server::mqtt_session {

/// What a connection is told when it has its session: whom to tell of what the client does.
struct Accepted {
  SessionHandle session;
  ConnectionId connection;
  bool session_present = false;
  std::vector<std::uint16_t> unreleased;
  /// The groups that the client was in.
  std::vector<Subscription> shared;
};

/// Port. Any thread, one call at a time, in order; must not block.
class SessionPeer {
 public:
  virtual ~SessionPeer() = default;
  /// First, and unless `close` or `refused` comes instead. A Detach must follow when the connection
  /// ends, also if it has ended already.
  virtual void accepted(const Accepted& accepted) noexcept = 0;
  virtual void refused(mqtt::ReasonCode reason) noexcept = 0;
  virtual void subscribed(std::uint16_t packet_id, const Reasons& reasons) noexcept = 0;
  virtual void unsubscribed(std::uint16_t packet_id, const Reasons& reasons) noexcept = 0;
  /// Settled must follow, unless the connection ends.
  virtual void deliver(const Deliver& delivery) noexcept = 0;
  virtual void close(mqtt::ReasonCode reason) noexcept = 0;
};

}  // namespace ff::application_server::mqtt_session
