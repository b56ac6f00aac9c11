// What a session asks of its owner and its transport: a closed set of values, to be carried out in
// order. Not for carrying them out; see server_connection.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/mqtt/codec/encoder.hpp"
#include "net/mqtt/codec/packet.hpp"
#include "protocol/base/strong.hpp"
#include "protocol/base/time.hpp"

namespace ff::mqtt {

/// The owner's name for a delivery at QoS 1, e.g. a position in its outbox. The session only hands
/// it back.
using DeliveryToken = Strong<struct DeliveryTokenTag, std::uint64_t>;
/// The session's name for a received PUBLISH that waits for the owner's answer.
using PublishHandle = Strong<struct PublishHandleTag, std::uint64_t>;

/// A message between publisher and subscribers. `properties` are those that travel with it: no
/// topic alias and no subscription identifier.
struct Message {
  std::string topic;
  Payload payload;
  bool retain = false;
  Properties properties;
  bool operator==(const Message&) const = default;
};

/// Why a session ended. Labels a metric.
enum class EndCause : std::uint8_t {
  client_disconnected,  ///< DISCONNECT.
  connection_lost,      ///< The transport ended first.
  connect_timeout,      ///< No CONNECT in time.
  owner_timeout,        ///< The owner did not answer in time.
  keep_alive_timeout,   ///< The client was silent for too long.
  refused,              ///< The owner refused the CONNECT.
  violation,            ///< The client broke the protocol or a bound.
  server_disconnected,  ///< The owner ended it.
};
std::string_view to_string(EndCause cause) noexcept;

/// Write to the transport: the head, then the payload.
struct Send {
  Frame frame;
  bool operator==(const Send&) const = default;
};
/// End the transport after what was sent before.
struct Close {
  bool operator==(const Close&) const = default;
};
/// Call `deadline_passed` at this time. Replaces the deadline set before.
struct SetDeadline {
  MonoTime at;
  bool operator==(const SetDeadline&) const = default;
};
/// Stop reading from the transport until ResumeReading: the owner owes answers.
struct PauseReading {
  bool operator==(const PauseReading&) const = default;
};
struct ResumeReading {
  bool operator==(const ResumeReading&) const = default;
};
/// Who is this? Answer with `authenticated`. `session_expiry` is how long the session may outlive
/// the connection, in seconds, bounded by the limits; 0: it ends with the connection.
struct Authenticate {
  Connect connect;
  std::uint32_t session_expiry = 0;
  bool operator==(const Authenticate&) const = default;
};
/// Answer with `subscribe_handled` and one code per subscription. All filters are valid, and none
/// is shared unless SessionLimits::shared_subscriptions allows it.
struct SubscribeRequested {
  std::uint16_t packet_id = 0;
  std::vector<Subscription> subscriptions;
  /// 0: none. To be given with every delivery that these subscriptions cause.
  std::uint32_t subscription_id = 0;
  bool operator==(const SubscribeRequested&) const = default;
};
/// Answer with `unsubscribe_handled` and one code per filter.
struct UnsubscribeRequested {
  std::uint16_t packet_id = 0;
  std::vector<std::string> filters;
  bool operator==(const UnsubscribeRequested&) const = default;
};
/// Answer with `publish_handled`, at any QoS. At QoS 2 the same message never comes twice on this
/// session; the packet identifier lets an owner keep that promise across its own restarts.
struct PublishReceived {
  PublishHandle handle;
  Message message;
  QoS qos = QoS::at_most_once;
  std::uint16_t packet_id = 0;
  bool operator==(const PublishReceived&) const = default;
};
/// The client will not repeat the QoS 2 message with this identifier: it may be forgotten.
struct PublishReleased {
  std::uint16_t packet_id = 0;
  bool operator==(const PublishReleased&) const = default;
};
/// The client has the QoS 1 message of this delivery, and those of all deliveries before it. MQTT 5
/// clients may say that they refused it.
struct Acknowledged {
  DeliveryToken token;
  ReasonCode reason = ReasonCode::success;
  bool operator==(const Acknowledged&) const = default;
};

enum class DiscardCause : std::uint8_t {
  not_connected,  ///< Not yet accepted, or ended.
  window_full,    ///< `window_free` was 0.
  too_large,      ///< The client's maximum packet size. The client can never have it.
  not_encodable,  ///< The topic is no topic name. Nobody can have it.
  slow_reader,    ///< Too much waits to be sent. From ServerConnection, not from a session.
};
std::string_view to_string(DiscardCause cause) noexcept;
/// A delivery was not sent. `token` is that of the delivery, at any QoS.
struct Discarded {
  DeliveryToken token;
  DiscardCause cause = DiscardCause::not_connected;
  bool operator==(const Discarded&) const = default;
};
/// The connection ended without the client's consent. Publish after `delay` seconds, unless the
/// session is resumed before.
struct PublishWill {
  Message message;
  QoS qos = QoS::at_most_once;
  std::uint32_t delay = 0;
  bool operator==(const PublishWill&) const = default;
};
/// The last effect, exactly once per session that was started. `reason` is what the client was or
/// would be told.
struct Ended {
  EndCause cause = EndCause::connection_lost;
  ReasonCode reason = ReasonCode::success;
  /// Seconds for which state is to be kept; 0: not at all.
  std::uint32_t session_expiry = 0;
  /// QoS 2 identifiers received and not released: state to give back with the next `Accepted`.
  std::vector<std::uint16_t> unreleased;
  bool operator==(const Ended&) const = default;
};

using Effect = std::variant<Send, Close, SetDeadline, PauseReading, ResumeReading, Authenticate,
                            SubscribeRequested, UnsubscribeRequested, PublishReceived,
                            PublishReleased, Acknowledged, Discarded, PublishWill, Ended>;
/// Their order is the order of execution.
using Effects = std::vector<Effect>;

/// One line for tests and logs of a developer; packets sent are shown as in MQTT `version`.
std::string to_string(const Effect& effect, Version version);

}  // namespace ff::mqtt
