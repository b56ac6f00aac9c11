// RequestParser: bytes of an HTTP/1 connection to requests, without input and output.
// Not the connection's rules: what follows a request, and when, is the server's business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "net/http/message.hpp"
#include "protocol/base/bytes.hpp"

namespace ff::net::http {

struct ParserLimits {
  std::size_t header_size_max = 64U << 10U;
  std::size_t body_size_max = 16U << 20U;
};

/// One request after the other. Hostile bytes lead to `failed`, never to an exception.
class RequestParser {
 public:
  enum class Outcome : std::uint8_t {
    need_more,  ///< All bytes were taken.
    complete,   ///< take() the request; bytes behind it were not taken.
    failed,     ///< Answer failure_status() and close; nothing more can be read.
  };
  struct Progress {
    Outcome outcome;
    std::size_t consumed;
  };

  explicit RequestParser(ParserLimits limits = {});
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  Progress feed(ByteView bytes);
  /// Something of the current request was received.
  bool started() const noexcept;
  /// The headers of the current request are complete.
  bool has_headers() const noexcept;
  /// What has come of the current request's body.
  std::size_t body_size() const noexcept;
  /// The headers are complete, ask for `100 Continue`, and the body is still awaited.
  bool expects_continue() const noexcept;
  /// 400, 431, 501 or 505. A body above the limit is 400 [spec api-conventions §3].
  int failure_status() const noexcept;
  /// It failed because of that, and nothing else is wrong: take() gives the request without a body.
  bool is_body_too_large() const noexcept;

  /// The client lets us keep the connection. Only after `complete`, before take().
  bool keep_alive() const noexcept;
  /// Moves the request out, without the fields that only the connection knows, and begins the next
  /// unless it failed.
  Request take();

 private:
  class Message;
  Progress fail_with(int status) noexcept;
  Progress refuse_body();
  std::size_t skip_blank_line(ByteView bytes);

  ParserLimits limits_;
  std::unique_ptr<Message> message_;
  Bytes unparsed_;  // An incomplete header or chunk header.
  int failure_status_ = 0;
  bool body_too_large_ = false;
  std::size_t blank_ = 0;  // Bytes of an empty line before the request.
};

}  // namespace ff::net::http
