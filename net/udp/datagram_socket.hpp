// DatagramSocket: the port for datagrams in batches, real (udp.hpp) or in memory
// (memory_network.hpp). Not for protocols on datagrams.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "net/address/endpoint.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"

namespace ff::net {

inline constexpr ErrorDef bind_failed{"net/udp", "bind", Code::unavailable,
                                      "bind datagram socket to `{address}`: {reason}"};

/// One received datagram. `bytes` is valid during the receive handler's call.
struct Datagram {
  Endpoint from;
  ByteView bytes;
};

/// Counts since the socket was opened.
struct DatagramCounters {
  std::uint64_t received = 0;
  std::uint64_t received_truncated = 0;  ///< Longer than datagram_size_max; dropped.
  std::uint64_t received_dropped = 0;    ///< By the kernel, because we read too slowly.
  std::uint64_t sent = 0;
  std::uint64_t send_dropped = 0;  ///< The outgoing queue was full.
  std::uint64_t send_errors = 0;   ///< Refused by the kernel.
};

struct DatagramOptions {
  /// Several sockets may be opened on one port; the kernel spreads the peers over them.
  bool reuse_port = false;
  std::size_t datagram_size_max = 4096;
  /// Datagrams waiting to be sent.
  std::size_t outgoing_max = 4096;
  /// Receive buffer asked of the kernel, bytes; without CAP_NET_ADMIN it gives net.core.rmem_max at
  /// most. A datagram takes about 800 of them: this is for 20,000 gateways that come back at once.
  std::size_t receive_buffer = 16U << 20U;
};

/// Called on the socket's loop with at least one datagram, in order of arrival.
using DatagramHandler = std::function<void(std::span<const Datagram>)>;

/// Receives until destroyed. When the destructor returns the handler does not run any more, so do
/// not destroy it from inside the handler.
class DatagramSocket {
 public:
  virtual ~DatagramSocket() = default;
  /// Queues a copy. Any thread. False (and counted) when the queue is full.
  virtual bool send(const Endpoint& to, ByteView bytes) = 0;
  virtual const Endpoint& local() const noexcept = 0;
  virtual DatagramCounters counters() const noexcept = 0;
};

/// Port through which the application opens datagram sockets. Any thread.
class DatagramNetwork {
 public:
  virtual ~DatagramNetwork() = default;
  virtual Result<std::unique_ptr<DatagramSocket>> open(const Endpoint& local,
                                                       DatagramOptions options,
                                                       DatagramHandler on_received) = 0;
};

}  // namespace ff::net
