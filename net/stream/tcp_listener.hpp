// INTERNAL to net/stream: accepts TCP connections and makes streams of them.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "net/runtime/asio_loop.hpp"
#include "net/runtime/runtime.hpp"
#include "net/stream/connection_slots.hpp"
#include "net/stream/network.hpp"

namespace ff::net {

/// The part of a listener that lives on its loop, and as long as a connection is in its handshake.
class TcpAcceptor final : public Stoppable, public std::enable_shared_from_this<TcpAcceptor> {
 public:
  static Result<std::shared_ptr<TcpAcceptor>> open(Runtime& runtime, const Endpoint& local,
                                                   ListenOptions options, AcceptHandler on_accept);
  TcpAcceptor(Runtime& runtime, ListenOptions options, AcceptHandler on_accept);

  const Endpoint& local() const noexcept { return local_; }
  ListenerCounters counters() const;
  /// Any thread; on_accept may still be running on a loop when it returns.
  void close();
  void on_stop() override;

 private:
  void begin();
  void wait();
  void accept_some();
  void accepted(int descriptor, const Endpoint& remote);
  void adopt(AsioLoop& loop, int descriptor, std::shared_ptr<void> slot);
  void pause_after_error();

  Runtime& runtime_;
  AsioLoop& loop_;
  const ListenOptions options_;
  const AcceptHandler on_accept_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::unique_ptr<Timer> retry_;
  Endpoint local_;
  std::shared_ptr<ConnectionSlots> slots_;
  const int descriptors_max_;
  std::atomic<bool> closed_{false};
  std::atomic<std::uint64_t> accepted_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> handshakes_failed_{0};
  std::atomic<std::uint64_t> accept_errors_{0};
};

class TcpListener final : public Listener {
 public:
  explicit TcpListener(std::shared_ptr<TcpAcceptor> acceptor) : acceptor_(std::move(acceptor)) {}
  ~TcpListener() override { acceptor_->close(); }

  const Endpoint& local() const noexcept override { return acceptor_->local(); }
  ListenerCounters counters() const override { return acceptor_->counters(); }
  void close() override { acceptor_->close(); }

 private:
  std::shared_ptr<TcpAcceptor> acceptor_;
};

}  // namespace ff::net
