// INTERNAL to net/stream: one end of a connection in memory.
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "net/runtime/deadline.hpp"
#include "net/stream/memory.hpp"

namespace ff::net {

struct MemoryStreamParts {
  StreamOptions stream;
  MemoryStreamOptions memory;
  Endpoint local;
  Endpoint remote;
  bool tls = false;
  std::shared_ptr<void> slot;
};

class MemoryStream final : public Stream, public std::enable_shared_from_this<MemoryStream> {
 public:
  MemoryStream(EventLoop& loop, MemoryStreamParts parts);

  /// Neither end holds the other: a network or a test does.
  static void join(const std::shared_ptr<MemoryStream>& a, const std::shared_ptr<MemoryStream>& b);

  using Stream::write;
  WriteResult write(SharedBytes bytes) override;
  std::size_t outgoing_size() const noexcept override { return outgoing_.size() - offset_; }
  void close() override;
  void abort() override { end_later(CloseReason::aborted); }
  void set_handler(std::shared_ptr<StreamHandler> handler) override {
    handler_ = std::move(handler);
  }
  void pause_reading(bool paused) override;
  void set_idle_timeout(Duration timeout) override;
  const Endpoint& remote() const noexcept override { return parts_.remote; }
  const Endpoint& local() const noexcept override { return parts_.local; }
  std::shared_ptr<const tls::Peer> tls_peer() const noexcept override { return tls_peer_; }
  EventLoop& loop() const noexcept override { return loop_; }

  /// The connection ends as if the network broke.
  void break_now();
  bool finished() const noexcept { return finished_; }
  /// Drops the handler without a call: the network is being destroyed.
  void dispose() { handler_.reset(); }

 private:
  void schedule_transmit();
  void transmit();
  void arrive(ByteView bytes);
  void schedule_deliver(Duration delay);
  void deliver();
  void peer_ended(bool in_order);
  void end_later(CloseReason reason);
  void finish(CloseReason reason);
  void watch_writing();

  EventLoop& loop_;
  MemoryStreamParts parts_;
  std::shared_ptr<const tls::Peer> tls_peer_;
  std::shared_ptr<void> slot_;
  std::weak_ptr<MemoryStream> peer_;
  std::shared_ptr<StreamHandler> handler_;
  std::unique_ptr<Timer> arrival_;
  Deadline idle_;
  Deadline write_;
  Deadline close_;
  Bytes outgoing_;          // Accepted, not yet taken by the peer's window.
  std::size_t offset_ = 0;  // Of outgoing_, already taken.
  Bytes incoming_;          // On its way or waiting for a paused reader.
  std::size_t incoming_offset_ = 0;
  Duration idle_timeout_{0};
  bool open_ = true;
  bool closing_ = false;
  bool peer_closed_ = false;
  bool paused_ = false;
  bool transmit_posted_ = false;
  bool finished_ = false;
};

}  // namespace ff::net
