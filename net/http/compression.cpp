#include "net/http/compression.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "net/http/gzip.hpp"

namespace ff::net::http {
namespace {

constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// What precedes `mark`, which is taken off with it; all when there is none.
std::string_view take_until(std::string_view& text, char mark) {
  const auto at = text.find(mark);
  const auto part = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return trimmed(part);
}

/// `;q=0`, `; q=0.000`: not wanted. Everything else is some wish.
bool is_refused(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto parameter = take_until(parameters, ';');
    if (parameter.size() < 3 || !equals_ignoring_case(parameter.substr(0, 2), "q=")) continue;
    return parameter.find_first_not_of("0.", 2) == std::string_view::npos;
  }
  return false;
}

bool is_text(std::string_view type) {
  return type.starts_with("text/") || type.starts_with("application/json");
}

std::optional<std::size_t> length_of(const Headers& headers) {
  const auto text = headers.value("Content-Length");
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  const bool is_number = !text.empty() && error == std::errc{} && end == text.data() + text.size();
  return is_number ? std::optional(length) : std::nullopt;
}

/// Holds back an answer that says its length, until it is whole; hands on everything else.
class CompressedResponse final : public ResponseWriter {
 public:
  CompressedResponse(std::shared_ptr<ResponseWriter> next, const CompressionOptions& options)
      : next_(std::move(next)), options_(options) {}

  void head(int status, Headers headers) override {
    if (state_ != State::fresh) return;
    const auto length = length_of(headers);
    const bool is_worth_it = length && *length >= options_.size_min &&
                             *length <= options_.size_max && status != 204 && status != 304 &&
                             is_text(headers.value("Content-Type")) &&
                             !headers.contains("Content-Encoding");
    if (!is_worth_it) {
      state_ = State::handed_on;
      return next_->head(status, std::move(headers));
    }
    state_ = State::holding;
    status_ = status;
    headers_ = std::move(headers);
    length_ = *length;
    held_.reserve(length_);
  }

  WriteResult body(ByteView chunk) override {
    if (state_ != State::holding) return next_->body(chunk);
    append(held_, chunk.first(std::min(chunk.size(), length_ - held_.size())));
    return WriteResult::accepted;
  }

  void end() override {
    if (state_ == State::holding && held_.size() == length_) send_compressed();
    if (state_ == State::holding) send(held_);  // Too short: the connection's business.
    next_->end();
  }

  void on_disconnect(Task task) override { next_->on_disconnect(std::move(task)); }
  std::size_t outgoing_size() const noexcept override {
    return held_.size() + next_->outgoing_size();
  }
  void when_room(Task task) override {
    if (state_ == State::holding) return task();
    next_->when_room(std::move(task));
  }
  void preset(std::string_view name, std::string_view value) override {
    next_->preset(name, value);
  }
  void upgrade(Headers headers, AcceptHandler take_over) override {
    next_->upgrade(std::move(headers), std::move(take_over));
  }

 private:
  enum class State : std::uint8_t { fresh, holding, handed_on };

  void send_compressed() {
    const auto packed = gzip(held_);
    if (packed.size() >= held_.size()) return;
    headers_.set("Content-Length", std::to_string(packed.size()));
    headers_.set("Content-Encoding", "gzip");
    send(packed);
  }

  void send(ByteView bytes) {
    state_ = State::handed_on;
    next_->head(status_, std::move(headers_));
    next_->body(bytes);
    held_.clear();
  }

  const std::shared_ptr<ResponseWriter> next_;
  const CompressionOptions options_;
  State state_ = State::fresh;
  int status_ = 0;
  Headers headers_;
  std::size_t length_ = 0;
  Bytes held_;
};

void refuse(ResponseWriter& response, int status, Headers headers) {
  headers.add("Content-Type", "text/plain; charset=utf-8");
  response.respond(status, std::move(headers), as_bytes(std::string(reason_phrase(status)) + "\n"));
}

enum class Unpacked : std::uint8_t { done, answered, too_large };

Unpacked unpack(Request& request, ResponseWriter& response, std::size_t size_max) {
  const auto coding = request.headers.find("Content-Encoding");
  if (!coding || request.body.empty() || equals_ignoring_case(*coding, "identity"))
    return Unpacked::done;
  if (!equals_ignoring_case(*coding, "gzip") && !equals_ignoring_case(*coding, "x-gzip")) {
    refuse(response, 415, {{"Accept-Encoding", "gzip"}});
    return Unpacked::answered;
  }
  auto unpacked = gunzip(request.body, size_max);
  if (unpacked.outcome == Gunzipped::Outcome::too_large) return Unpacked::too_large;
  if (unpacked.outcome != Gunzipped::Outcome::whole) {
    refuse(response, 400, {});
    return Unpacked::answered;
  }
  request.body = std::move(unpacked.bytes);
  request.headers.remove("Content-Encoding");
  request.headers.set("Content-Length", std::to_string(request.body.size()));
  return Unpacked::done;
}

void refuse_large(Request request, std::shared_ptr<ResponseWriter> response,
                  const HttpHandler& too_large) {
  if (!too_large) return refuse(*response, 400, {});
  request.body.clear();
  too_large(std::move(request), std::move(response));
}

}  // namespace

bool accepts_gzip(const Headers& headers) {
  bool any = false;  // `*`
  for (auto list : headers.all("Accept-Encoding")) {
    while (!list.empty()) {
      auto entry = take_until(list, ',');
      const auto coding = take_until(entry, ';');
      if (equals_ignoring_case(coding, "gzip")) return !is_refused(entry);
      if (coding == "*") any = !is_refused(entry);
    }
  }
  return any;
}

HttpHandler with_compression(HttpHandler next, CompressionOptions options, HttpHandler too_large) {
  return [next = std::move(next), options, too_large = std::move(too_large)](
             Request request, std::shared_ptr<ResponseWriter> response) {
    const auto unpacked = unpack(request, *response, options.request_size_max);
    if (unpacked == Unpacked::answered) return;
    if (unpacked == Unpacked::too_large)
      return refuse_large(std::move(request), std::move(response), too_large);
    response->preset("Vary", "Accept-Encoding");
    if (request.method != "HEAD" && accepts_gzip(request.headers))
      response = std::make_shared<CompressedResponse>(std::move(response), options);
    next(std::move(request), std::move(response));
  };
}

}  // namespace ff::net::http
