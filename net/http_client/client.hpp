// HttpClient: one HTTP request to a server that a user has named, within bounds, and its answer.
// Not for our own services and not for streams: requests and answers are whole values.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/http/message.hpp"
#include "net/http_client/target_policy.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace ff::net::http_client {

inline constexpr ErrorDef overloaded{"net/http_client", "overloaded", Code::resource_exhausted,
                                     "too many requests are waiting"};
inline constexpr ErrorDef stopped{"net/http_client", "stopped", Code::cancelled,
                                  "the HTTP client has ended"};
inline constexpr ErrorDef invalid_url{"net/http_client", "invalid_url", Code::invalid_argument,
                                      "the URL is not one of http or https: {reason}"};
inline constexpr ErrorDef target_refused{"net/http_client", "target_refused",
                                         Code::permission_denied,
                                         "`{address}` is in a network that is not allowed"};
inline constexpr ErrorDef redirect_refused{"net/http_client", "redirect_refused",
                                           Code::failed_precondition,
                                           "redirect is not followed: {reason}"};
inline constexpr ErrorDef host_not_found{"net/http_client", "host_not_found", Code::unavailable,
                                         "the host's name is not known"};
inline constexpr ErrorDef tls_failed{"net/http_client", "tls", Code::unavailable, "TLS: {reason}"};
inline constexpr ErrorDef timed_out{"net/http_client", "timeout", Code::deadline_exceeded,
                                    "no answer in time"};
inline constexpr ErrorDef answer_too_large{"net/http_client", "answer_too_large",
                                           Code::resource_exhausted,
                                           "the headers of the answer are too large"};
/// The server has heard nothing, as with host_not_found.
inline constexpr ErrorDef not_connected{"net/http_client", "not_connected", Code::unavailable,
                                        "{reason}"};
/// The connection ended before an answer; the server may have heard the request.
inline constexpr ErrorDef connection_failed{"net/http_client", "connection", Code::unavailable,
                                            "{reason}"};

struct ClientRequest {
  /// Whose it is: no group has more than a quarter of the places. Empty: not bounded so.
  std::string group = {};
  std::string method = "POST";  ///< `GET` or `POST`.
  std::string url;              ///< Absolute, http or https; may hold user and password.
  /// `Content-Length`, `Transfer-Encoding`, `Connection` and `Expect` are the client's and left
  /// out, as are names or values that would split the header.
  http::Headers headers;
  std::shared_ptr<const Bytes> body;  ///< Null: empty.
  /// In total, if that is less than ClientOptions::timeout.
  std::optional<Duration> timeout;
  /// One that has a body is never said twice. Without it, what gets no answer on a connection that
  /// was kept is sent again on a new one.
  bool once = false;
};

struct ClientAnswer {
  int status = 0;         ///< Of the last hop, 200..599.
  std::string body;       ///< Its beginning, `answer_size_max` bytes at most.
  bool whole = true;      ///< False: more was there, or did not come in time.
  http::Headers headers;  ///< Those of ClientOptions::answer_headers that were there.
};

/// Counts since the client was made.
struct ClientCounters {
  std::uint64_t requests = 0;   ///< Taken, redirects not counted.
  std::uint64_t answers = 0;    ///< Of any status.
  std::uint64_t failures = 0;   ///< Without an answer, refused ones included.
  std::uint64_t refused = 0;    ///< To a network that is not allowed.
  std::uint64_t overloads = 0;  ///< Not taken: too many were waiting.
  std::uint64_t redirects = 0;  ///< Followed.
  std::size_t under_way = 0;
  std::size_t waiting = 0;
};

/// Port. Thread safe.
class HttpClient {
 public:
  using Then = std::function<void(Result<ClientAnswer>)>;

  virtual ~HttpClient() = default;
  /// Calls `then` once: on a thread of the client, or at once when the request is not taken. It
  /// must not block. Errors: those above.
  virtual void send(ClientRequest request, Then then) = 0;
  virtual ClientCounters counters() const = 0;
};

struct ClientOptions {
  TargetPolicy targets;
  Duration connect_timeout = std::chrono::seconds{3};
  Duration timeout = std::chrono::seconds{5};  ///< In total, redirects included.
  std::size_t under_way_max = 256;
  std::size_t waiting_max = 4096;
  std::size_t per_origin_max = 0;                        ///< Under way to one server; 0: no bound.
  std::size_t answer_size_max = 4096;                    ///< Kept of a body, bytes.
  std::size_t header_size_max = std::size_t{64} << 10U;  ///< Of an answer, bytes.
  std::vector<std::string> answer_headers;               ///< Names of headers that are kept.
  int redirects_max = 3;
  /// Headers that may follow a redirect to another origin, beside Content-Type and User-Agent.
  std::vector<std::string> harmless_headers;
  bool http2 = true;  ///< Offered with TLS.
  std::string proxy;  ///< `http://proxy.example.com:3128`; empty: none.
  /// PEM; trusted beside the system's own authorities. Empty: those alone.
  std::string ca_file;
  std::string certificate_file;  ///< PEM, shown to servers that ask; empty: none.
  std::string key_file;
};

/// A client with a thread of its own, which ends with it; requests that are under way then end with
/// `stopped`. Error: connection_failed when libcurl can not be used.
Result<std::unique_ptr<HttpClient>> make_http_client(ClientOptions options);

}  // namespace ff::net::http_client
