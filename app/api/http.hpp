// HTTP requests and answers as the API's gateway sees them, free of any HTTP library.
// Not a server; net/http is, and app/server joins the two.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ff::api {

/// In order of appearance; names compare without regard to case and may repeat.
using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;  ///< `GET`, `PUT`, ...
  std::string target;  ///< Path and query as sent: `/api/v3/gateways?limit=5`.
  HttpHeaders headers;
  std::string body;
};

/// Takes one answer: `head`, any number of `body`, `end`. Called from threads of the gRPC runtime,
/// one call at a time.
class ResponseSink {
 public:
  virtual ~ResponseSink() = default;

  virtual void head(int status, const HttpHeaders& headers) = 0;
  /// Sent without waiting for more. False when the client is gone, or too much waits for it already
  /// (when_room): the call is then cancelled.
  virtual bool body(std::string_view chunk) = 0;
  virtual void end() = 0;
  /// Calls `task` once, on any thread: now or when what waits for the client is little, or when it
  /// has left.
  virtual void when_room(std::function<void()> task) = 0;
  /// Once, before `head`: what to call when the client leaves before `end`. Callable from any
  /// thread, also later.
  virtual void on_disconnect(std::function<void()> cancel) = 0;
};

/// The first value of a header; empty when there is none.
std::string_view find_header(const HttpHeaders& headers, std::string_view name) noexcept;

}  // namespace ff::api
