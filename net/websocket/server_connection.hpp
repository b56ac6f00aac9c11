// ServerConnection: a Session on a Stream, for whoever speaks a protocol over it. Not the HTTP
// request that led to it: give make() to ResponseWriter::upgrade.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "net/runtime/deadline.hpp"
#include "net/stream/stream.hpp"
#include "net/websocket/session.hpp"

namespace ff::websocket {

class ServerConnection;

/// Called on the stream's loop, never two calls at once; none after on_ended().
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  virtual void on_message(ServerConnection& connection, Message message) = 0;
  /// Exactly once and last. The closing handshake may still be under way.
  virtual void on_ended(const Ended& end) = 0;
};

/// Lives as long as its stream or a holder of the pointer; after the end every call is without
/// effect.
class ServerConnection final : public net::StreamHandler,
                               public std::enable_shared_from_this<ServerConnection> {
 public:
  /// The stream's handler. The owner is dropped after on_ended().
  static std::shared_ptr<ServerConnection> make(std::shared_ptr<net::Stream> stream,
                                                std::shared_ptr<ConnectionOwner> owner,
                                                const SessionLimits& limits,
                                                std::unique_ptr<Random> random);

  // Loop thread only.
  void send_text(std::string_view text);
  void send_binary(ByteView data);
  void close(CloseCode code, std::string_view reason);
  net::Stream& stream() const noexcept { return *stream_; }

  // Any thread; in the order of the calls.
  void post_text(std::string text);
  void post_binary(Bytes data);
  void post_close(CloseCode code, std::string reason);
  /// Stops or continues reading from the peer: back-pressure.
  void post_pause(bool paused);
  /// Runs `task` on the loop; dropped when the stream has closed.
  void post(std::function<void(ServerConnection&)> task);

  void on_data(ByteView bytes) override;
  void on_closed(net::CloseReason reason) override;

 private:
  ServerConnection(std::shared_ptr<net::Stream> stream, std::shared_ptr<ConnectionOwner> owner,
                   const SessionLimits& limits, std::unique_ptr<Random> random);

  MonoTime now() const noexcept { return stream_->loop().now(); }
  template <class Call>
  void on_loop(Call call);
  void perform(Effects effects);
  void run(Send& effect);
  void run(const SetDeadline& effect);
  void run(const CloseTransport&) { stream_->close(); }
  void run(Message& effect);
  void run(const Ended& effect);

  std::shared_ptr<net::Stream> stream_;
  std::shared_ptr<ConnectionOwner> owner_;  // null after Ended
  std::unique_ptr<Random> random_;
  Session session_;
  std::optional<net::Deadline> deadline_;
  std::atomic<bool> closed_{false};  // the stream; its loop may be gone too
};

}  // namespace ff::websocket
