// INTERNAL to net/stream: one TCP connection, with TLS if it has an engine.
// Not how it came to be: tcp_listener.cpp accepts, tcp_network.cpp connects.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "net/runtime/asio_loop.hpp"
#include "net/runtime/deadline.hpp"
#include "net/stream/stream.hpp"
#include "net/tls/engine.hpp"

namespace ff::net {

/// What a TcpStream is made of.
struct TcpStreamParts {
  boost::asio::ip::tcp::socket socket;  ///< Connected, non-blocking, on the loop's context.
  StreamOptions options;
  std::unique_ptr<tls::Engine> engine;  ///< Null for a plain stream.
  /// Released when the stream ends: counts connections.
  std::shared_ptr<void> slot;
};

class TcpStream final : public Stream,
                        public Stoppable,
                        public std::enable_shared_from_this<TcpStream> {
 public:
  /// Called once on the loop: with nothing when the stream is usable, else with why it is not.
  using ReadyHandler = std::function<std::shared_ptr<StreamHandler>(std::optional<CloseReason>)>;

  TcpStream(AsioLoop& loop, TcpStreamParts parts);

  /// Begins, with a TLS handshake if there is an engine. Loop thread only, once.
  void start(Duration handshake_timeout, ReadyHandler on_ready);

  using Stream::write;
  WriteResult write(SharedBytes bytes) override;
  std::size_t outgoing_size() const noexcept override { return outgoing_.load(); }
  void close() override;
  void abort() override;
  void set_handler(std::shared_ptr<StreamHandler> handler) override {
    handler_ = std::move(handler);
  }
  void pause_reading(bool paused) override;
  void set_idle_timeout(Duration timeout) override;
  const Endpoint& remote() const noexcept override { return remote_; }
  const Endpoint& local() const noexcept override { return local_; }
  std::shared_ptr<const tls::Peer> tls_peer() const noexcept override { return tls_peer_; }
  EventLoop& loop() const noexcept override { return loop_; }

  void on_stop() override { finish(CloseReason::stopped); }

 private:
  /// What waits to be sent; `credit` bytes of the outgoing bound are free when it has been.
  struct Outgoing {
    SharedBytes bytes;
    std::size_t offset = 0;
    std::size_t credit = 0;
  };

  void ready();
  void wait_readable();
  void on_readable();
  void receive(ByteView bytes);
  void receive_encrypted(ByteView bytes);
  void resume();
  void deliver_decrypted();
  void deliver(ByteView bytes);
  /// Runs `task` on the loop while this stream lives.
  void post(void (TcpStream::*task)());

  void flush();
  void collect();
  void encrypt(std::vector<SharedBytes> plain);
  void send_engine_output(std::size_t credit);
  /// False when the connection broke.
  bool send_some();
  void sent(std::size_t count);
  void wait_writable();
  void drained();

  void refuse_writes();
  void begin_close(CloseReason reason);
  void end_sending();
  void on_close_timeout();
  void abort_with(CloseReason reason);
  void finish(CloseReason reason);

  AsioLoop& loop_;
  /// Nothing after the end: a user may keep the stream longer than its loop lives.
  std::optional<boost::asio::ip::tcp::socket> socket_;
  const StreamOptions options_;
  Endpoint remote_;
  Endpoint local_;

  std::mutex mutex_;  // Guards pending_, flush_posted_ and the transitions of open_.
  std::vector<SharedBytes> pending_;
  bool flush_posted_ = false;
  std::atomic<bool> open_{true};
  std::atomic<std::size_t> outgoing_{0};

  // From here on: loop thread only.
  /// From start() to the end: a paused stream has no wait that would keep it.
  std::shared_ptr<TcpStream> self_;
  std::shared_ptr<StreamHandler> handler_;
  ReadyHandler on_ready_;
  std::unique_ptr<tls::Engine> engine_;
  std::shared_ptr<const tls::Peer> tls_peer_;
  std::shared_ptr<void> slot_;
  std::deque<Outgoing> sending_;
  std::optional<CloseReason> closing_;
  Duration idle_timeout_{0};
  Deadline idle_;
  Deadline write_;
  Deadline close_;
  bool handshaking_ = false;
  bool waiting_readable_ = false;
  bool waiting_writable_ = false;
  bool paused_ = false;
  bool dispatching_ = false;
  bool sending_ended_ = false;
  std::atomic<bool> finished_{false};
};

}  // namespace ff::net
