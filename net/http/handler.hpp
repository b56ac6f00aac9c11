// HttpHandler and ResponseWriter: who answers requests, and how the answer is written.
// Not the connection: order, framing and time-outs are the server's (server.hpp).
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "net/http/message.hpp"
#include "net/stream/stream.hpp"
#include "protocol/base/bytes.hpp"

namespace ff::net::http {

/// One response. Any thread, but one at a time. The order is head, body..., end; what comes too
/// late or out of order is ignored. Dropping the writer without an answer answers 500; dropping it
/// in the middle breaks the connection, so that the client sees that something is missing.
class ResponseWriter {
 public:
  virtual ~ResponseWriter() = default;

  /// Starts the response with `status` (200..599). With `Content-Length` in `headers` the body must
  /// have that length; without it the body is sent in chunks as it is written (by HTTP/1.0: until
  /// the end of the connection). `Connection`, `Transfer-Encoding`, `Date` are set by the server.
  /// Names or values that would split the header (CR, LF, NUL) are left out.
  virtual void head(int status, Headers headers) = 0;
  /// Adds to the body; nothing is sent for HEAD, 204 and 304. `overflow`: the client reads too
  /// slowly and the connection ends; `closed`: the client is gone.
  virtual WriteResult body(ByteView chunk) = 0;
  virtual void end() = 0;

  /// Calls `task` on the connection's loop when the client leaves before end(); at once (posted) if
  /// it has left already. One callback; a later one replaces it.
  virtual void on_disconnect(Task task) = 0;
  /// Bytes accepted and not yet given to the network.
  virtual std::size_t outgoing_size() const noexcept = 0;
  /// Calls `task` once: here and now if few bytes wait, else on the connection's loop when the
  /// client has taken them or has left. For bodies that are longer than what may wait. One at a
  /// time.
  virtual void when_room(Task task) = 0;
  /// Sets a header that head() adds unless it gives the same name itself. Before head() only.
  virtual void preset(std::string_view name, std::string_view value) = 0;
  /// Answers 101 with `headers` and gives the connection to `take_over` (called on the loop), whose
  /// handler then gets what the client sent after the request. Instead of head(); HTTP/1.1 only.
  virtual void upgrade(Headers headers, AcceptHandler take_over) = 0;

  /// A whole response with `Content-Length`.
  void respond(int status, Headers headers, ByteView whole_body);
  void respond(int status, std::string_view content_type, std::string_view whole_body);
};

/// Called on the connection's loop with a complete request; must not block. Answers now or later,
/// from any thread. An exception from it answers 500.
using HttpHandler = std::function<void(Request, std::shared_ptr<ResponseWriter>)>;

/// Reason phrase, e.g. `Not Found`; `Unknown` for a number without one.
std::string_view reason_phrase(int status) noexcept;

}  // namespace ff::net::http
