// ServerConnection: a Session on a Stream. Carries out effects and passes questions to the
// connection's owner. Not for deciding anything about MQTT (session.hpp) or about users and topics
// (the owner).
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "net/mqtt/session.hpp"
#include "net/runtime/deadline.hpp"
#include "net/stream/stream.hpp"

namespace ff::mqtt {

class ServerConnection;

/// Who is behind the connection: called on the stream's loop, never two calls at once. Questions
/// are answered through the connection, from within the call or later. No call comes after
/// on_ended().
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  /// Answer with `authenticated`.
  virtual void on_authenticate(ServerConnection& connection, const Authenticate& question) = 0;
  /// Answer with `subscribe_handled`.
  virtual void on_subscribe(ServerConnection& connection, const SubscribeRequested& question) = 0;
  /// Answer with `unsubscribe_handled`.
  virtual void on_unsubscribe(ServerConnection& connection,
                              const UnsubscribeRequested& question) = 0;
  /// Answer with `publish_handled`.
  virtual void on_publish(ServerConnection& connection, const PublishReceived& question) = 0;
  virtual void on_released(ServerConnection&, const PublishReleased&) {}
  /// Octets have come, or were given to the stream.
  virtual void on_octets_received(ServerConnection&, std::size_t) {}
  virtual void on_octets_sent(ServerConnection&, std::size_t) {}
  virtual void on_acknowledged(ServerConnection& connection, const Acknowledged& fact) = 0;
  virtual void on_discarded(ServerConnection& connection, const Discarded& fact) = 0;
  /// Everything delivered has left for the network: the time to deliver what was discarded as
  /// `slow_reader`.
  virtual void on_drained(ServerConnection&) {}
  virtual void on_will(ServerConnection& connection, const PublishWill& will) = 0;
  /// Exactly once and last. The transport may still be sending.
  virtual void on_ended(ServerConnection& connection, const Ended& end) = 0;
};

struct ServerConnectionOptions {
  SessionLimits limits;
  /// Bytes waiting to be sent from which on deliveries are discarded. Below
  /// StreamOptions::outgoing_max by at least one largest message, so that a slow reader loses
  /// messages and not its connection.
  std::size_t outgoing_max = 256U << 10U;
};

/// Loop thread only: from elsewhere, post to `stream().loop()`. Lives as long as the stream or a
/// holder of the pointer; after the end every call is without effect.
class ServerConnection final : public net::StreamHandler,
                               public std::enable_shared_from_this<ServerConnection> {
 public:
  /// For an AcceptHandler: the result is the stream's handler. The owner is dropped after
  /// on_ended().
  static std::shared_ptr<ServerConnection> make(std::shared_ptr<net::Stream> stream,
                                                std::shared_ptr<ConnectionOwner> owner,
                                                const ServerConnectionOptions& options);

  // The owner's answers and wishes; see Session.
  void authenticated(const AuthenticationOutcome& outcome);
  void subscribe_handled(std::uint16_t packet_id, const std::vector<ReasonCode>& reasons);
  void unsubscribe_handled(std::uint16_t packet_id, const std::vector<ReasonCode>& reasons);
  void publish_handled(PublishHandle handle, ReasonCode reason);
  void disconnect(ReasonCode reason);
  /// At any QoS `on_discarded` tells when nothing was sent.
  void deliver(const Message& message, const Delivery& delivery);

  const Session& session() const noexcept { return session_; }
  net::Stream& stream() const noexcept { return *stream_; }

  void on_data(ByteView bytes) override;
  void on_drained() override;
  void on_closed(net::CloseReason reason) override;

 private:
  ServerConnection(std::shared_ptr<net::Stream> stream, std::shared_ptr<ConnectionOwner> owner,
                   const ServerConnectionOptions& options);

  MonoTime now() const noexcept { return stream_->loop().now(); }
  /// Carries out effects in the order in which the session gave them, also when a call from within
  /// asks for more.
  void perform(Effects effects);
  void perform_one(const Effect& effect);
  void run(const Send& effect);
  void run(const Close&) { stream_->close(); }
  void run(const SetDeadline& effect);
  void run(const PauseReading&) { stream_->pause_reading(true); }
  void run(const ResumeReading&) { stream_->pause_reading(false); }
  void run(const Authenticate& effect) { owner_->on_authenticate(*this, effect); }
  void run(const SubscribeRequested& effect) { owner_->on_subscribe(*this, effect); }
  void run(const UnsubscribeRequested& effect) { owner_->on_unsubscribe(*this, effect); }
  void run(const PublishReceived& effect) { owner_->on_publish(*this, effect); }
  void run(const PublishReleased& effect) { owner_->on_released(*this, effect); }
  void run(const Acknowledged& effect) { owner_->on_acknowledged(*this, effect); }
  void run(const Discarded& effect) { owner_->on_discarded(*this, effect); }
  void run(const PublishWill& effect) { owner_->on_will(*this, effect); }
  void run(const Ended& effect);

  std::shared_ptr<net::Stream> stream_;
  /// Null after Ended.
  std::shared_ptr<ConnectionOwner> owner_;
  Session session_;
  std::size_t outgoing_max_;
  std::optional<net::Deadline> deadline_;
  std::deque<Effect> effects_;
  bool performing_ = false;
};

}  // namespace ff::mqtt
