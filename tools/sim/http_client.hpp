// A minimal blocking HTTP/1.1 client on one kept-open connection, for registering devices at any
// server of the API. Not for the open internet: no TLS, no redirects.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.hpp"

namespace ff::sim {

inline constexpr ErrorDef http_failed{"tools/sim", "http", Code::unavailable,
                                      "HTTP server `{address}`: {reason}"};

struct HttpAddress {
  std::string host;
  std::string port;
};
/// `http://host:port`, nothing after it; the port defaults to 80.
Result<HttpAddress> parse_http_address(std::string_view url);

struct HttpRequest {
  std::string_view method;
  std::string_view path;
  std::string_view bearer;  // empty: no authorisation
  std::string_view body;    // JSON
};

struct HttpAnswer {
  int status = 0;
  std::string body;
};

class HttpClient {
 public:
  explicit HttpClient(HttpAddress address) : address_(std::move(address)) {}
  ~HttpClient() { close(); }
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Connects when needed. A connection that the server has closed meanwhile is opened again once.
  Result<HttpAnswer> call(const HttpRequest& request);

 private:
  Status connect();
  void close() noexcept;
  Status write(std::string_view text);
  /// Appends to buffer_; false at the end of the stream.
  Result<bool> read_more();
  Result<HttpAnswer> read_answer();
  Result<std::string> read_body(std::string_view head);
  Result<std::string> read_chunks();
  Result<std::string> read_exactly(std::size_t size);
  Result<std::string> read_line();
  tl::unexpected<Error> failure(std::string_view reason) const;

  HttpAddress address_;
  int socket_ = -1;
  std::string buffer_;
};

}  // namespace ff::sim
