// INTERNAL to net/http: the server's side of one HTTP/1.1 connection.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "net/http/body_budget.hpp"
#include "net/http/request_parser.hpp"
#include "net/http/response.hpp"
#include "net/http/server.hpp"
#include "net/runtime/deadline.hpp"

namespace ff::net::http {

struct HttpServer::Shared {
  ServerOptions options;
  HttpHandler handler;
  std::shared_ptr<BodyBudget> bodies;
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> bad_requests{0};
};

/// One request is with the handler at a time; what the client sends meanwhile is read ahead,
/// bounded, so that its leaving is noticed. All but ResponseOwner's calls are on the loop.
class Connection final : public StreamHandler,
                         public ResponseOwner,
                         public std::enable_shared_from_this<Connection> {
 public:
  using Shared = HttpServer::Shared;
  Connection(std::shared_ptr<Shared> shared, std::shared_ptr<Stream> stream);

  void on_data(ByteView bytes) override;
  void on_drained() override;
  void on_closed(CloseReason reason) override;
  void on_response_ended(bool keep_alive) override;
  void on_upgrade(AcceptHandler take_over) override;

 private:
  void process(ByteView bytes);
  void read_ahead(ByteView bytes);
  void dispatch(const HttpHandler& handler, bool keep_alive);
  void wait_for_more();
  void response_ended(bool keep_alive);
  void go_on();
  void give_away(const AcceptHandler& take_over);
  void refuse_request();
  void refuse(int status);
  void expired();

  std::shared_ptr<Shared> shared_;
  EventLoop& loop_;
  std::shared_ptr<Stream> stream_;  // Null when it has closed.
  RequestParser parser_;
  BodyBudget::Share body_;
  Deadline deadline_;
  std::optional<MonoTime> request_began_;
  std::weak_ptr<Response> response_;
  Bytes ahead_;
  std::atomic<bool> closed_{false};
  bool answering_ = false;
  bool congested_ = false;
  bool processing_ = false;
  bool continued_ = false;
  bool ended_ = false;  // No further request is read.
};

}  // namespace ff::net::http
