#include "net/http/request_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cstdint>
#include <limits>
#include <utility>

namespace ff::net::http {

namespace beast = boost::beast;
using beast::error_code;

/// Fills a Request while Beast's incremental parser reads.
class RequestParser::Message final : public beast::http::basic_parser<true> {
 public:
  explicit Message(const ParserLimits& limits) {
    header_limit(static_cast<std::uint32_t>(limits.header_size_max));
    body_limit(limits.body_size_max);
    eager(true);
  }

  Request request;
  /// Set when the header is well formed and still not acceptable.
  int refused = 0;

  /// What Beast lets through [RFC 9112 §3.2, §6.1, §6.3]; 0 is acceptable.
  int judge() const {
    if (request.version.major != 1) return 505;
    auto hosts = request.headers.all("Host").size();
    if (hosts > 1 || (hosts == 0 && request.version.minor > 0)) return 400;
    if (request.headers.contains("Transfer-Encoding")) {
      if (request.version.minor == 0 || request.headers.contains("Content-Length")) return 400;
      if (!equals_ignoring_case(request.headers.value("Transfer-Encoding"), "chunked")) return 501;
    }
    return 0;
  }

 private:
  using Text = beast::string_view;
  static std::string_view view(Text text) { return {text.data(), text.size()}; }

  void on_request_impl(beast::http::verb, Text method, Text target, int version,
                       error_code&) override {
    request.method = view(method);
    request.target = view(target);
    request.version = {version / 10, version % 10};
  }
  void on_response_impl(int, Text, int, error_code&) override {}
  void on_field_impl(beast::http::field, Text name, Text value, error_code&) override {
    // Trailers are dropped: what they say came too late to be a header.
    if (!header_complete_) request.headers.add(view(name), view(value));
  }
  void on_header_impl(error_code& error) override {
    header_complete_ = true;
    refused = judge();
    if (refused != 0) error = beast::http::error::bad_value;
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(Text body, error_code&) override { return add_body(body); }
  void on_chunk_header_impl(std::uint64_t, Text, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, error_code&) override {
    return add_body(body);
  }
  void on_finish_impl(error_code&) override {}

  std::size_t add_body(Text body) {
    append(request.body, as_bytes(view(body)));
    return body.size();
  }

  bool header_complete_ = false;
};

namespace {

int status_of(const error_code& error) noexcept {
  if (error == beast::http::error::header_limit) return 431;
  if (error == beast::http::error::bad_version) return 505;
  return 400;
}

}  // namespace

RequestParser::RequestParser(ParserLimits limits) : limits_(limits) {}
RequestParser::~RequestParser() = default;

RequestParser::Progress RequestParser::fail_with(int status) noexcept {
  failure_status_ = status;
  return {Outcome::failed, 0};
}

/// Beast tells of a length that is too large before anybody has judged the header.
RequestParser::Progress RequestParser::refuse_body() {
  const auto refused = message_->judge();
  body_too_large_ = refused == 0;
  message_->request.body.clear();
  return fail_with(refused != 0 ? refused : 400);
}

RequestParser::Progress RequestParser::feed(ByteView bytes) {
  if (failure_status_ != 0) return {Outcome::failed, 0};
  auto blank = skip_blank_line(bytes);
  if (failure_status_ != 0) return {Outcome::failed, 0};
  bytes = bytes.subspan(blank);
  if (bytes.empty()) return {Outcome::need_more, blank};
  if (!message_) message_ = std::make_unique<Message>(limits_);
  auto given = blank + bytes.size();
  auto kept = unparsed_.size();
  if (kept > 0) {
    append(unparsed_, bytes);
    bytes = unparsed_;
  }
  std::size_t used = 0;
  while (used < bytes.size() && !message_->is_done()) {
    auto rest = bytes.subspan(used);
    error_code error;
    auto count = message_->put(boost::asio::const_buffer(rest.data(), rest.size()), error);
    used += count;
    if (error == beast::http::error::need_more) break;
    if (error == beast::http::error::body_limit) return refuse_body();
    if (error) return fail_with(message_->refused != 0 ? message_->refused : status_of(error));
    if (count == 0) break;
  }
  if (message_->is_done()) {
    unparsed_.clear();
    return {Outcome::complete, blank + used - kept};
  }
  if (kept > 0) {
    unparsed_.erase(unparsed_.begin(), unparsed_.begin() + static_cast<std::ptrdiff_t>(used));
  } else {
    unparsed_ = to_owned(bytes.subspan(used));
  }
  // Chunk headers have no limit of their own.
  if (unparsed_.size() > limits_.header_size_max) return fail_with(has_headers() ? 400 : 431);
  return {Outcome::need_more, given};
}

/// One empty line before a request is ignored [RFC 9112 §2.2].
std::size_t RequestParser::skip_blank_line(ByteView bytes) {
  constexpr std::string_view blank_line = "\r\n";
  if (message_) return 0;
  std::size_t skipped = 0;
  while (blank_ < blank_line.size() && skipped < bytes.size() &&
         bytes[skipped] == blank_line[blank_]) {
    ++blank_;
    ++skipped;
  }
  if (blank_ == 1 && skipped < bytes.size()) failure_status_ = 400;
  return skipped;
}

bool RequestParser::started() const noexcept {
  return !unparsed_.empty() || (message_ && message_->got_some());
}

bool RequestParser::has_headers() const noexcept {
  return message_ && message_->is_header_done();
}

std::size_t RequestParser::body_size() const noexcept {
  return message_ ? message_->request.body.size() : 0;
}

bool RequestParser::expects_continue() const noexcept {
  return has_headers() && !message_->is_done() && message_->request.version >= Version{1, 1} &&
         message_->request.body.empty() &&
         equals_ignoring_case(message_->request.headers.value("Expect"), "100-continue");
}

int RequestParser::failure_status() const noexcept {
  return failure_status_;
}

bool RequestParser::is_body_too_large() const noexcept {
  return body_too_large_;
}

bool RequestParser::keep_alive() const noexcept {
  return message_ && message_->keep_alive();
}

Request RequestParser::take() {
  auto request = std::move(message_->request);
  message_.reset();
  blank_ = 0;
  return request;
}

}  // namespace ff::net::http
