// The server side of one MQTT connection as a state machine: bytes and answers in, effects out.
// Not for sockets, clocks, topics' meaning or stored messages: those are the transport's and the
// owner's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "net/mqtt/codec/decoder.hpp"
#include "net/mqtt/effect.hpp"
#include "net/mqtt/inbound_window.hpp"
#include "net/mqtt/outbound_window.hpp"
#include "net/mqtt/session_limits.hpp"

namespace ff::mqtt {

/// The owner's yes to Authenticate.
struct Accepted {
  /// State of an earlier connection was found. Ignored when the client asked for a clean start.
  bool session_present = false;
  /// Needed when the client sent no identifier; MQTT 5 clients are told.
  std::string assigned_client_id;
  /// False drops the will, e.g. because the client may not write to its topic.
  bool keep_will = true;
  /// `Ended::unreleased` of the earlier connection.
  std::vector<std::uint16_t> unreleased;
};
/// The owner's no. `reason` is a failure.
struct Refused {
  ReasonCode reason = ReasonCode::not_authorized;
};
using AuthenticationOutcome = std::variant<Accepted, Refused>;

/// How a message is delivered to this subscriber.
struct Delivery {
  /// The lower of the message's and the granted one; exactly_once is sent as at_least_once.
  QoS qos = QoS::at_most_once;
  DeliveryToken token;
  /// The client may have it already, from an earlier connection: sets DUP at QoS 1.
  bool redelivered = false;
  /// RETAIN as the subscriber shall see it.
  bool retain = false;
  /// Of all subscriptions that caused the delivery.
  std::vector<std::uint32_t> subscription_ids;
};

/// One connection, any of MQTT 3.1, 3.1.1 and 5. Total: every call is legal in every state, and one
/// that makes no sense has no effects. Not thread safe. Effects are carried out in order, and
/// before the next call.
///
///     created ─start─▶ awaiting CONNECT ─▶ authenticating ─accepted─▶ open ─▶ ended
///                            └──────────────────┴── refused, lost, late ───────▲
///
/// `now` never goes back. Bytes that arrive while the owner owes too many answers wait, and reading
/// pauses.
class Session {
 public:
  explicit Session(const SessionLimits& limits);

  /// The transport is there. First call.
  [[nodiscard]] Effects start(MonoTime now);
  /// Bytes came. How they were cut makes no difference.
  [[nodiscard]] Effects receive(ByteView bytes, MonoTime now);
  /// The time of the last SetDeadline has come. Earlier or repeated calls do no harm.
  [[nodiscard]] Effects deadline_passed(MonoTime now);
  /// The transport is gone.
  [[nodiscard]] Effects closed();

  /// Answers Authenticate.
  [[nodiscard]] Effects authenticated(const AuthenticationOutcome& outcome, MonoTime now);
  /// Answers SubscribeRequested: a granted QoS or a failure per subscription. QoS 2 is granted as
  /// QoS 1; a missing code is a failure.
  [[nodiscard]] Effects subscribe_handled(std::uint16_t packet_id,
                                          const std::vector<ReasonCode>& reasons, MonoTime now);
  /// Answers UnsubscribeRequested.
  [[nodiscard]] Effects unsubscribe_handled(std::uint16_t packet_id,
                                            const std::vector<ReasonCode>& reasons, MonoTime now);
  /// Answers PublishReceived: the message is in the owner's hands, or will never be. MQTT 3 clients
  /// do not learn of failures. Acknowledgements leave in the order of the messages.
  [[nodiscard]] Effects publish_handled(PublishHandle handle, ReasonCode reason, MonoTime now);

  /// Sends a message to the client, or says Discarded.
  [[nodiscard]] Effects deliver(const Message& message, const Delivery& delivery);
  /// Ends the session; MQTT 5 clients are told `reason`. The will is published.
  [[nodiscard]] Effects disconnect(ReasonCode reason);

  /// QoS 1 deliveries that may be sent now. Grows with Acknowledged.
  std::size_t window_free() const noexcept { return state_ == State::open ? outbound_.free() : 0; }
  bool is_open() const noexcept { return state_ == State::open; }
  bool is_ended() const noexcept { return state_ == State::ended; }
  /// Known from the CONNECT on.
  Version version() const noexcept { return version_; }

 private:
  enum class State : std::uint8_t { created, awaiting_connect, authenticating, open, ended };
  /// A SUBSCRIBE or UNSUBSCRIBE that waits for the owner. Empty reasons are the owner's to give.
  struct Request {
    PacketType answer;
    std::vector<std::optional<ReasonCode>> reasons;
  };
  using Requests = std::map<std::uint16_t, Request>;

  Effects take();
  void emit(Effect effect) { effects_.push_back(std::move(effect)); }
  void send(const Packet& packet);
  void run(MonoTime now);
  bool blocked() const noexcept;
  void update_reading();
  MonoTime deadline() const noexcept;
  void arm() { emit(SetDeadline{deadline()}); }

  /// Ends with what the version has for `reason`: DISCONNECT, CONNACK or nothing.
  void end(EndCause cause, ReasonCode reason);
  void violate(ReasonCode reason) { end(EndCause::violation, reason); }
  void say_goodbye(EndCause cause, ReasonCode reason);
  void emit_will();

  void handle(Packet&& packet, MonoTime now);
  void handle_open(Packet&& packet);
  // session_connect.cpp
  void on_connect(Connect&& packet, MonoTime now);
  std::optional<ReasonCode> check_connect(const Connect& packet) const;
  std::optional<ReasonCode> check_will(const Connect& packet) const;
  void adopt(const Connect& packet);
  void accept(const Accepted& accepted, MonoTime now);
  Properties connack_properties(const Accepted& accepted) const;
  void on_disconnect(const Disconnect& packet);
  // session_publish.cpp
  void on_publish(Publish&& packet);
  std::optional<ReasonCode> resolve_alias(Publish& packet);
  std::optional<ReasonCode> check_publish(const Publish& packet) const;
  void on_puback(const Puback& packet);
  void on_pubrel(const Pubrel& packet);
  void acknowledge(const InboundWindow::Due& due);
  // session_subscribe.cpp
  void on_subscribe(Subscribe&& packet);
  void on_unsubscribe(Unsubscribe&& packet);
  bool filter_fits(const std::string& filter) const;
  void answer_request(PacketType answer, std::uint16_t packet_id,
                      const std::vector<ReasonCode>& reasons);
  void finish_request(Requests::iterator request);

  SessionLimits limits_;
  State state_ = State::created;
  Version version_ = Version::v3_1_1;
  Decoder decoder_;
  Effects effects_;
  bool paused_ = false;

  /// When the last packet came or, before the first, the transport began.
  MonoTime last_packet_;
  Duration silence_max_{};
  std::uint32_t session_expiry_ = 0;
  /// What CONNACK has to say is known from CONNECT.
  struct Asked {
    bool clean_start = true;
    std::uint16_t keep_alive = 0;
    std::uint32_t session_expiry = 0;
  };
  Asked asked_;
  std::optional<Will> will_;
  std::size_t client_packet_size_max_ = 0;

  InboundWindow inbound_;
  OutboundWindow outbound_;
  Requests requests_;
  /// By alias - 1; empty: not set.
  std::vector<std::string> aliases_;
};

}  // namespace ff::mqtt
