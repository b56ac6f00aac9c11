#include "net/mqtt/server_connection.hpp"

#include <utility>
#include <variant>

namespace ff::mqtt {
namespace {

/// A payload up to this size is copied behind its head: one write costs less than two.
constexpr std::size_t copied_payload_max = 1024;

}  // namespace

std::shared_ptr<ServerConnection> ServerConnection::make(std::shared_ptr<net::Stream> stream,
                                                         std::shared_ptr<ConnectionOwner> owner,
                                                         const ServerConnectionOptions& options) {
  std::shared_ptr<ServerConnection> connection(
      new ServerConnection(std::move(stream), std::move(owner), options));
  connection->perform(connection->session_.start(connection->now()));
  return connection;
}

ServerConnection::ServerConnection(std::shared_ptr<net::Stream> stream,
                                   std::shared_ptr<ConnectionOwner> owner,
                                   const ServerConnectionOptions& options)
    : stream_(std::move(stream)),
      owner_(std::move(owner)),
      session_(options.limits),
      outgoing_max_(options.outgoing_max) {
  deadline_.emplace(stream_->loop(), [this] { perform(session_.deadline_passed(now())); });
}

void ServerConnection::authenticated(const AuthenticationOutcome& outcome) {
  perform(session_.authenticated(outcome, now()));
}
void ServerConnection::subscribe_handled(std::uint16_t packet_id,
                                         const std::vector<ReasonCode>& reasons) {
  perform(session_.subscribe_handled(packet_id, reasons, now()));
}
void ServerConnection::unsubscribe_handled(std::uint16_t packet_id,
                                           const std::vector<ReasonCode>& reasons) {
  perform(session_.unsubscribe_handled(packet_id, reasons, now()));
}
void ServerConnection::publish_handled(PublishHandle handle, ReasonCode reason) {
  perform(session_.publish_handled(handle, reason, now()));
}
void ServerConnection::disconnect(ReasonCode reason) {
  perform(session_.disconnect(reason));
}

void ServerConnection::deliver(const Message& message, const Delivery& delivery) {
  if (session_.is_open() && stream_->outgoing_size() >= outgoing_max_) {
    return perform({Discarded{delivery.token, DiscardCause::slow_reader}});
  }
  perform(session_.deliver(message, delivery));
}

void ServerConnection::on_data(ByteView bytes) {
  if (owner_) owner_->on_octets_received(*this, bytes.size());
  perform(session_.receive(bytes, now()));
}

void ServerConnection::on_drained() {
  auto self = shared_from_this();
  if (owner_) owner_->on_drained(*this);
}

void ServerConnection::on_closed(net::CloseReason) {
  perform(session_.closed());
  // From here on the last holder may be on another thread, where timers must not be touched.
  deadline_.reset();
}

void ServerConnection::perform(Effects effects) {
  for (auto& effect : effects) effects_.push_back(std::move(effect));
  if (performing_) return;
  performing_ = true;
  // The owner may let go of this connection in a call.
  auto self = shared_from_this();
  while (!effects_.empty()) {
    auto effect = std::move(effects_.front());
    effects_.pop_front();
    perform_one(effect);
  }
  performing_ = false;
}

void ServerConnection::perform_one(const Effect& effect) {
  if (!owner_) return;
  std::visit([this](const auto& e) { run(e); }, effect);
}

void ServerConnection::run(const Send& effect) {
  // A stream that does not take the bytes is ending, and says so with on_closed().
  const auto& [head, payload] = effect.frame;
  owner_->on_octets_sent(*this, effect.frame.size());
  if (payload.size() <= copied_payload_max) {
    stream_->write(payload.empty() ? head : effect.frame.flat());
    return;
  }
  stream_->write(head);
  stream_->write(payload.shared());
}

void ServerConnection::run(const SetDeadline& effect) {
  if (deadline_) deadline_->set(effect.at);
}

void ServerConnection::run(const Ended& effect) {
  if (deadline_) deadline_->clear();
  auto owner = std::exchange(owner_, nullptr);
  owner->on_ended(*this, effect);
}

}  // namespace ff::mqtt
