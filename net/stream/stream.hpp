// Stream: an ordered, bounded, type-erased byte connection (TCP, TLS or in memory), and who listens
// to it. Not a protocol: framing, authentication and keep-alive rules belong to the handler.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "net/address/endpoint.hpp"
#include "net/runtime/event_loop.hpp"
#include "net/tls/peer.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/base/time.hpp"

namespace ff::net {

/// Bytes that several streams may send without copying.
using SharedBytes = std::shared_ptr<const Bytes>;

/// Why a stream ended. Labels the metric of closed connections.
enum class CloseReason : std::uint8_t {
  peer_closed,    ///< The peer ended the connection in order.
  local_closed,   ///< We called close() and everything was sent.
  aborted,        ///< We called abort().
  failed,         ///< The network or the peer broke the connection.
  idle_timeout,   ///< Nothing was received for the time of set_idle_timeout().
  write_timeout,  ///< Bytes waited and the peer took none for StreamOptions::write_timeout.
  close_timeout,  ///< close() did not finish within StreamOptions::close_timeout.
  slow_reader,    ///< The outgoing bound was reached (StreamOptions::cut_off_slow_reader).
  tls_failed,     ///< The peer broke the TLS protocol.
  stopped,        ///< The runtime stops.
};
std::string_view to_string(CloseReason reason) noexcept;

enum class WriteResult : std::uint8_t {
  accepted,  ///< The bytes will be sent in order, unless the stream breaks first.
  overflow,  ///< Not one byte was taken: the outgoing bound is reached.
  closed,    ///< Not one byte was taken: the stream is closing or closed.
};

struct StreamOptions {
  /// Most bytes waiting to be sent. A single write into an empty buffer may be longer.
  std::size_t outgoing_max = 1U << 20U;
  /// True: a write that overflows also ends the stream (`slow_reader`), because a byte stream with
  /// a gap is useless. False: the writer decides, e.g. drops a whole message and goes on.
  bool cut_off_slow_reader = true;
  /// Longest time without progress while bytes wait; 0 is no limit.
  Duration write_timeout = std::chrono::seconds{30};
  /// Longest time a graceful close may take.
  Duration close_timeout = std::chrono::seconds{5};
};

/// What a stream tells its user. Every call is made on the stream's loop, never two at once, and
/// never from inside write(), close() or abort().
class StreamHandler {
 public:
  virtual ~StreamHandler() = default;
  /// The next received bytes, at least one; valid during the call.
  virtual void on_data(ByteView bytes) = 0;
  /// The outgoing buffer became empty after it was not.
  virtual void on_drained() {}
  /// Exactly once and last; then the stream drops the handler.
  virtual void on_closed(CloseReason reason) = 0;
};

/// One connection. Any thread may call anything unless said otherwise. The stream keeps itself and
/// its handler alive until on_closed(); a handler may hold the stream (the cycle ends there). After
/// on_closed() a stream may outlive its loop.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Queues `bytes` as a whole. Ordered among the calls of one thread.
  virtual WriteResult write(SharedBytes bytes) = 0;
  WriteResult write(Bytes bytes) { return write(std::make_shared<const Bytes>(std::move(bytes))); }
  WriteResult write(ByteView bytes) { return write(to_owned(bytes)); }
  /// Bytes accepted and not yet given to the network.
  virtual std::size_t outgoing_size() const noexcept = 0;

  /// Sends what was accepted, then ends the connection in order, within close_timeout. Received
  /// bytes are no longer delivered. Idempotent.
  virtual void close() = 0;
  /// Ends the connection at once; what waits is lost. Idempotent.
  virtual void abort() = 0;

  /// Replaces the handler, e.g. when a protocol is upgraded. Loop thread only. The old one gets no
  /// more calls.
  virtual void set_handler(std::shared_ptr<StreamHandler> handler) = 0;
  /// Stops or continues delivering received bytes (back-pressure). Loop thread only. While paused,
  /// the end of the connection may be noticed late.
  virtual void pause_reading(bool paused) = 0;
  /// Ends the stream with `idle_timeout` when nothing is received for this long; 0 is never (the
  /// default). Loop thread only.
  virtual void set_idle_timeout(Duration timeout) = 0;

  virtual const Endpoint& remote() const noexcept = 0;
  virtual const Endpoint& local() const noexcept = 0;
  /// Null for a plain stream.
  virtual std::shared_ptr<const tls::Peer> tls_peer() const noexcept = 0;
  virtual EventLoop& loop() const noexcept = 0;
};

/// Called on the new stream's loop once it is usable (after the TLS handshake). Returns who listens
/// to it; null refuses and aborts it.
using AcceptHandler = std::function<std::shared_ptr<StreamHandler>(std::shared_ptr<Stream>)>;

}  // namespace ff::net
