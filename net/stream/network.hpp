// StreamNetwork: the port through which the application listens and connects, real or in memory.
// Not for datagrams (net/udp).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "net/stream/stream.hpp"
#include "protocol/base/result.hpp"

namespace ff::net::tls {
class ServerContext;
class ClientContext;
}  // namespace ff::net::tls

namespace ff::net {

inline constexpr ErrorDef listen_failed{"net/stream", "listen", Code::unavailable,
                                        "listen on `{address}`: {reason}"};
inline constexpr ErrorDef connect_failed{"net/stream", "connect", Code::unavailable,
                                         "connect to `{address}`: {reason}"};
inline constexpr ErrorDef connect_timed_out{
    "net/stream", "connect_timeout", Code::deadline_exceeded, "connect to `{address}` timed out"};

struct ListenOptions {
  StreamOptions stream;
  /// Null for a plain listener.
  std::shared_ptr<const tls::ServerContext> tls;
  /// Connections at one time, those in a TLS handshake included. One more is closed at once, and so
  /// is one that would take a descriptor that files may need.
  std::size_t connections_max = 65'536;
  /// The same for one remote IPv4 address, or /64 of IPv6; 0 is no bound.
  std::size_t connections_per_address_max = 0;
  /// Asked for each connection within the bounds; false: it is closed at once. May be null.
  std::function<bool(const Endpoint& remote)> admit;
  Duration handshake_timeout = std::chrono::seconds{20};
  int backlog = 1024;
};

/// Counts since the listener began, except `open`.
struct ListenerCounters {
  std::uint64_t accepted = 0;           ///< Given to the AcceptHandler.
  std::uint64_t refused = 0;            ///< Closed because of a bound, or not admitted.
  std::uint64_t handshakes_failed = 0;  ///< TLS handshakes that broke or timed out.
  std::uint64_t accept_errors = 0;
  std::size_t open = 0;
};

/// Accepts until it is destroyed or closed; its streams live on. Any thread.
class Listener {
 public:
  virtual ~Listener() = default;
  /// The bound address, with the port the system chose if 0 was asked for.
  virtual const Endpoint& local() const noexcept = 0;
  virtual ListenerCounters counters() const = 0;
  virtual void close() = 0;
};

struct ConnectOptions {
  std::string host;  ///< Name or address.
  std::uint16_t port = 0;
  StreamOptions stream;
  /// Null for a plain connection. The name checked and sent as SNI is `host`.
  std::shared_ptr<const tls::ClientContext> tls;
  /// For name resolution, TCP and TLS together.
  Duration timeout = std::chrono::seconds{10};
};

/// Called once, on the new stream's loop. The handler returned is ignored after an error.
using ConnectHandler =
    std::function<std::shared_ptr<StreamHandler>(Result<std::shared_ptr<Stream>>)>;

/// Port. Implementations: tcp.hpp (sockets) and memory.hpp (deterministic double). Any thread.
class StreamNetwork {
 public:
  virtual ~StreamNetwork() = default;
  virtual Result<std::unique_ptr<Listener>> listen(const Endpoint& local, ListenOptions options,
                                                   AcceptHandler on_accept) = 0;
  virtual void connect(ConnectOptions options, ConnectHandler on_connect) = 0;
};

}  // namespace ff::net
