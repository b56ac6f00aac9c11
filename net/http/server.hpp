// HttpServer: HTTP/1.1 on any Stream: keep-alive, pipelining, chunked bodies, limits and time-outs.
// Not a listener: give accept() to a StreamNetwork. Not HTTP/2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "net/http/handler.hpp"
#include "net/stream/stream.hpp"
#include "protocol/base/time.hpp"

namespace ff::net::http {

struct ServerOptions {
  std::size_t header_size_max = 64U << 10U;  ///< Request line and headers; more answers 431.
  std::size_t body_size_max = 16U << 20U;    ///< More answers 400 [spec api-conventions §3].
  /// Of all requests that are being read or answered, without the first 8 KiB of each, and of those
  /// that come from one IPv4 address or /64; more answers 503.
  std::size_t bodies_size_max = 256U << 20U;
  std::size_t bodies_size_per_network_max = 64U << 20U;
  /// From the first byte of a request to the end of its headers; then 408.
  Duration read_header_timeout = std::chrono::seconds{5};
  /// From the first byte of a request to its last; then 408.
  Duration read_timeout = std::chrono::seconds{120};
  /// Between requests, and before the first; then the connection is closed silently.
  Duration idle_timeout = std::chrono::seconds{120};
  /// Requests read ahead while one is answered, bytes; then reading stops.
  std::size_t pipeline_size_max = 64U << 10U;
  /// The wall clock for the Date header; null leaves it out. Any thread.
  UtcTime (*utc_now)() = nullptr;
  /// Answers a request whose body is above the limit, and is not there then; the connection closes.
  /// Null: the server does, in plain text.
  HttpHandler on_body_too_large = nullptr;
};

/// Counts since the server was made.
struct ServerCounters {
  std::uint64_t requests = 0;
  std::uint64_t bad_requests = 0;  ///< Answered by the server itself: 400, 408, 431, 501, 503, 505.
};

/// Thread safe; connections made by it outlive it.
class HttpServer {
 public:
  HttpServer(ServerOptions options, HttpHandler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Serves HTTP on `stream`: an AcceptHandler.
  std::shared_ptr<StreamHandler> accept(std::shared_ptr<Stream> stream);
  /// accept() as a function that may outlive the server.
  AcceptHandler acceptor() const;
  ServerCounters counters() const noexcept;

  /// INTERNAL: what connections share with the server.
  struct Shared;

 private:
  std::shared_ptr<Shared> shared_;
};

}  // namespace ff::net::http
