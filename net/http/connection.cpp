#include "net/http/connection.hpp"

#include <utility>

namespace ff::net::http {

namespace {

constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

Connection::Connection(std::shared_ptr<Shared> shared, std::shared_ptr<Stream> stream)
    : shared_(std::move(shared)),
      loop_(stream->loop()),
      stream_(std::move(stream)),
      parser_({shared_->options.header_size_max, shared_->options.body_size_max}),
      body_(shared_->bodies, stream_->remote()),
      deadline_(loop_, [this] { expired(); }) {
  deadline_.set_after(shared_->options.idle_timeout);
}

// ---- requests

void Connection::on_data(ByteView bytes) {
  if (ended_) return;
  if (answering_ || congested_) return read_ahead(bytes);
  process(bytes);
}

void Connection::on_drained() {
  if (auto response = response_.lock()) response->drained();
  if (!std::exchange(congested_, false) || answering_ || ended_) return;
  go_on();
}

void Connection::read_ahead(ByteView bytes) {
  append(ahead_, bytes);
  if (ahead_.size() >= shared_->options.pipeline_size_max) stream_->pause_reading(true);
}

void Connection::process(ByteView bytes) {
  processing_ = true;
  while (!bytes.empty() && !answering_ && !congested_ && !ended_) {
    auto progress = parser_.feed(bytes);
    bytes = bytes.subspan(progress.consumed);
    if (progress.outcome == RequestParser::Outcome::failed) {
      refuse_request();
    } else if (!body_.grow_to(parser_.body_size())) {
      refuse(503);
    } else if (progress.outcome == RequestParser::Outcome::complete) {
      dispatch(shared_->handler, parser_.keep_alive());
      congested_ = stream_->outgoing_size() >= congestion_size;
    }
  }
  processing_ = false;
  if (ended_) return;
  if (answering_ || congested_) {
    if (!bytes.empty()) read_ahead(bytes);
  } else {
    wait_for_more();
  }
}

void Connection::wait_for_more() {
  const auto& options = shared_->options;
  if (!parser_.started()) {
    request_began_.reset();
    return deadline_.set_after(options.idle_timeout);
  }
  if (!request_began_) request_began_ = loop_.now();
  deadline_.set(*request_began_ +
                (parser_.has_headers() ? options.read_timeout : options.read_header_timeout));
  if (parser_.expects_continue() && !std::exchange(continued_, true)) {
    stream_->write(as_bytes(continue_line));
  }
}

void Connection::dispatch(const HttpHandler& handler, bool keep_alive) {
  ++shared_->requests;
  auto request = parser_.take();
  request.remote = stream_->remote();
  request.tls_peer = stream_->tls_peer();
  request_began_.reset();
  continued_ = false;
  deadline_.clear();
  answering_ = true;
  ResponseRules rules{request.version, request.method == "HEAD", keep_alive,
                      shared_->options.utc_now};
  auto response = std::make_shared<Response>(shared_from_this(), stream_, rules);
  response_ = response;
  try {
    handler(std::move(request), std::move(response));
  } catch (...) {
    // The writer has gone with the stack, and has answered 500 if nothing was answered before.
  }
}

// ---- the end of a response

void Connection::on_response_ended(bool keep_alive) {
  if (closed_) return;  // The loop may be gone too.
  if (loop_.is_current() && processing_) return response_ended(keep_alive);
  loop_.post([self = shared_from_this(), keep_alive] {
    if (!self->stream_) return;
    self->response_ended(keep_alive);
    self->go_on();
  });
}

void Connection::response_ended(bool keep_alive) {
  answering_ = false;
  body_.shrink();
  if (keep_alive) return;
  ended_ = true;
  stream_->close();
}

void Connection::go_on() {
  if (ended_ || congested_) return;
  auto bytes = std::exchange(ahead_, {});
  stream_->pause_reading(false);
  process(bytes);
}

void Connection::on_upgrade(AcceptHandler take_over) {
  if (closed_) return;
  loop_.post([self = shared_from_this(), take_over = std::move(take_over)] {
    if (self->stream_) self->give_away(take_over);
  });
}

void Connection::give_away(const AcceptHandler& take_over) {
  auto self = shared_from_this();
  ended_ = true;
  deadline_.release();
  auto stream = std::exchange(stream_, nullptr);
  auto handler = take_over(stream);
  if (!handler) return stream->abort();
  stream->set_handler(handler);
  stream->pause_reading(false);
  if (!ahead_.empty()) handler->on_data(std::exchange(ahead_, {}));
}

// ---- the end of the connection

void Connection::refuse_request() {
  const auto& too_large = shared_->options.on_body_too_large;
  if (!parser_.is_body_too_large() || !too_large) return refuse(parser_.failure_status());
  ++shared_->bad_requests;
  // What is left of the body can not be told from a next request.
  dispatch(too_large, false);
}

void Connection::refuse(int status) {
  ++shared_->bad_requests;
  ended_ = true;
  deadline_.clear();
  stream_->write(refusal(status, shared_->options.utc_now));
  stream_->close();
}

void Connection::expired() {
  if (ended_ || answering_) return;
  if (request_began_) return refuse(408);
  ended_ = true;
  stream_->close();
}

void Connection::on_closed(CloseReason) {
  closed_ = true;
  ended_ = true;
  deadline_.release();
  stream_.reset();
  if (auto response = response_.lock()) response->disconnected();
}

// ---- server

HttpServer::HttpServer(ServerOptions options, HttpHandler handler)
    : shared_(std::make_shared<Shared>()) {
  shared_->bodies =
      std::make_shared<BodyBudget>(options.bodies_size_max, options.bodies_size_per_network_max);
  shared_->options = std::move(options);
  shared_->handler = std::move(handler);
}

HttpServer::~HttpServer() = default;

std::shared_ptr<StreamHandler> HttpServer::accept(std::shared_ptr<Stream> stream) {
  return acceptor()(std::move(stream));
}

AcceptHandler HttpServer::acceptor() const {
  return [shared = shared_](std::shared_ptr<Stream> stream) -> std::shared_ptr<StreamHandler> {
    return std::make_shared<Connection>(shared, std::move(stream));
  };
}

ServerCounters HttpServer::counters() const noexcept {
  return {shared_->requests, shared_->bad_requests};
}

}  // namespace ff::net::http
