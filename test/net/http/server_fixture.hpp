// An HTTP server on an in-memory stream in virtual time, and a client that collects what it
// answers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "net/http/server.hpp"
#include "net/runtime/manual_loop.hpp"
#include "net/stream/memory.hpp"

namespace ff::net::http {

class Collector final : public StreamHandler {
 public:
  void on_data(ByteView bytes) override { text += as_text(bytes); }
  void on_closed(CloseReason reason) override { closed = reason; }

  std::string text;
  std::optional<CloseReason> closed;
};

/// Echoes method, target and body, and remembers the requests.
struct HttpFixture {
  explicit HttpFixture(HttpHandler handler, ServerOptions options = {},
                       MemoryStreamOptions memory = {}, StreamOptions stream = {})
      : server(std::move(options), std::move(handler)),
        pair(make_stream_pair(loop, stream, {}, memory)),
        client(std::make_shared<Collector>()) {
    pair.b->set_handler(client);
    pair.a->set_handler(server.accept(pair.a));
  }
  ~HttpFixture() {
    pair.a->abort();
    pair.b->abort();
    loop.run_ready();
  }

  /// Sends and runs everything that is due.
  const std::string& send(std::string_view text) {
    pair.b->write(as_bytes(text));
    loop.run_ready();
    return client->text;
  }
  bool closed() const { return client->closed.has_value(); }

  ManualLoop loop;
  HttpServer server;
  StreamPair pair;
  std::shared_ptr<Collector> client;
};

inline HttpHandler echo() {
  return [](Request request, std::shared_ptr<ResponseWriter> response) {
    auto text = request.method + " " + request.target + " " + std::string(as_text(request.body));
    response->respond(200, "text/plain", text);
  };
}

inline std::string answer(std::string_view body, std::string_view more = "") {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + std::string(more) + "\r\n" + std::string(body);
}

}  // namespace ff::net::http
