#include "net/websocket/server_connection.hpp"

#include <utility>

namespace ff::websocket {
namespace {

EndCause cause_of(net::CloseReason reason) noexcept {
  switch (reason) {
    case net::CloseReason::slow_reader:
    case net::CloseReason::write_timeout:
      return EndCause::slow_reader;
    case net::CloseReason::stopped:
      return EndCause::stopped;
    default:
      return EndCause::connection_lost;
  }
}

}  // namespace

std::shared_ptr<ServerConnection> ServerConnection::make(std::shared_ptr<net::Stream> stream,
                                                         std::shared_ptr<ConnectionOwner> owner,
                                                         const SessionLimits& limits,
                                                         std::unique_ptr<Random> random) {
  std::shared_ptr<ServerConnection> connection(
      new ServerConnection(std::move(stream), std::move(owner), limits, std::move(random)));
  connection->perform(connection->session_.start());
  return connection;
}

ServerConnection::ServerConnection(std::shared_ptr<net::Stream> stream,
                                   std::shared_ptr<ConnectionOwner> owner,
                                   const SessionLimits& limits, std::unique_ptr<Random> random)
    : stream_(std::move(stream)),
      owner_(std::move(owner)),
      random_(std::move(random)),
      session_(limits, *random_, stream_->loop().now()) {
  deadline_.emplace(stream_->loop(), [this] { perform(session_.deadline_passed(now())); });
}

void ServerConnection::send_text(std::string_view text) {
  perform(session_.send_text(text));
}

void ServerConnection::close(CloseCode code, std::string_view reason) {
  perform(session_.close(code, reason, now()));
}

template <class Call>
void ServerConnection::on_loop(Call call) {
  if (closed_) return;
  stream_->loop().post([self = shared_from_this(), call = std::move(call)] { call(*self); });
}

void ServerConnection::send_binary(ByteView data) {
  perform(session_.send_binary(data));
}

void ServerConnection::post_binary(Bytes data) {
  on_loop([data = std::move(data)](ServerConnection& self) { self.send_binary(data); });
}

void ServerConnection::post_text(std::string text) {
  on_loop([text = std::move(text)](ServerConnection& self) { self.send_text(text); });
}

void ServerConnection::post_close(CloseCode code, std::string reason) {
  on_loop([code, reason = std::move(reason)](ServerConnection& self) { self.close(code, reason); });
}

void ServerConnection::post_pause(bool paused) {
  on_loop([paused](ServerConnection& self) {
    if (!self.closed_) self.stream_->pause_reading(paused);
  });
}

void ServerConnection::post(std::function<void(ServerConnection&)> task) {
  on_loop(std::move(task));
}

void ServerConnection::on_data(ByteView bytes) {
  perform(session_.receive(bytes, now()));
}

void ServerConnection::on_closed(net::CloseReason reason) {
  const auto self = shared_from_this();
  closed_ = true;
  perform(session_.transport_closed(cause_of(reason)));
  // From here on the last holder may be on another thread, where timers must not be touched.
  deadline_.reset();
}

void ServerConnection::perform(Effects effects) {
  // The owner may let go of this connection in a call.
  const auto self = shared_from_this();
  for (auto& effect : effects) std::visit([this](auto& one) { run(one); }, effect);
}

void ServerConnection::run(Send& effect) {
  // A stream that does not take the bytes is ending, and says so with on_closed().
  stream_->write(std::move(effect.bytes));
}

void ServerConnection::run(const SetDeadline& effect) {
  if (deadline_) deadline_->set(effect.at);
}

void ServerConnection::run(Message& effect) {
  if (owner_) owner_->on_message(*this, std::move(effect));
}

void ServerConnection::run(const Ended& effect) {
  if (const auto owner = std::exchange(owner_, nullptr)) owner->on_ended(effect);
}

}  // namespace ff::websocket
