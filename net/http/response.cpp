#include "net/http/response.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>

namespace ff::net::http {

namespace {

bool is_token(std::string_view name) noexcept {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view value) noexcept {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  if (!is_token(name) || !is_field_value(value)) return;
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_status_line(std::string& out, int status) {
  out.append("HTTP/1.1 ").append(std::to_string(status)).append(" ");
  out.append(reason_phrase(status)).append("\r\n");
}

/// `Fri, 20 Nov 2026 13:30:00 GMT` [RFC 9110 §5.6.7].
std::string http_date(std::chrono::seconds since_epoch) {
  using namespace std::chrono;
  constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  sys_seconds time(since_epoch);
  auto day = floor<std::chrono::days>(time);
  year_month_day date(day);
  hh_mm_ss clock(time - day);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                days[weekday(day).c_encoding()], unsigned(date.day()),
                months[unsigned(date.month()) - 1], int(date.year()), int(clock.hours().count()),
                int(clock.minutes().count()), int(clock.seconds().count()));
  return text.data();
}

void append_date(std::string& out, UtcTime (*utc_now)()) {
  if (utc_now == nullptr) return;
  // One second is formatted once by each thread; it is the same for thousands of responses.
  thread_local std::chrono::seconds last{-1};
  thread_local std::string text;
  auto now = std::chrono::floor<std::chrono::seconds>(utc_now().time_since_epoch());
  if (now != last) {
    last = now;
    text = http_date(now);
  }
  append_header(out, "Date", text);
}

std::optional<std::uint64_t> parse_length(std::string_view text) noexcept {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Response::Response(std::shared_ptr<ResponseOwner> owner, std::shared_ptr<Stream> stream,
                   ResponseRules rules)
    : owner_(std::move(owner)), stream_(std::move(stream)), rules_(rules) {}

Response::~Response() {
  if (state_ == State::fresh) respond(500, "text/plain; charset=utf-8", "Internal Server Error\n");
  if (state_ == State::writing) stream_->abort();
}

void Response::choose_framing(int status, Headers& headers) {
  auto length = parse_length(headers.value("Content-Length"));
  if (!length) headers.remove("Content-Length");
  if (status == 204 || status == 304) {
    if (status == 204) headers.remove("Content-Length");
    framing_ = Framing::none;
  } else if (rules_.is_head_request) {
    framing_ = Framing::none;
  } else if (length) {
    framing_ = Framing::fixed;
    remaining_ = *length;
  } else if (rules_.version >= Version{1, 1}) {
    framing_ = Framing::chunked;
  } else {
    framing_ = Framing::until_close;
    rules_.keep_alive = false;
  }
}

void Response::head(int status, Headers headers) {
  if (state_ != State::fresh) return;
  state_ = State::writing;
  if (status < 200 || status > 599) status = 500;
  for (auto name : {"Connection", "Transfer-Encoding", "Date"}) headers.remove(name);
  choose_framing(status, headers);
  std::string text;
  text.reserve(512);
  append_status_line(text, status);
  append_date(text, rules_.utc_now);
  for (const auto& header : presets_) {
    if (!headers.contains(header.name)) append_header(text, header.name, header.value);
  }
  for (const auto& header : headers) append_header(text, header.name, header.value);
  if (framing_ == Framing::chunked) append_header(text, "Transfer-Encoding", "chunked");
  if (!rules_.keep_alive) {
    append_header(text, "Connection", "close");
  } else if (rules_.version < Version{1, 1}) {
    append_header(text, "Connection", "keep-alive");
  }
  text.append("\r\n");
  if (framing_ == Framing::fixed) {
    held_head_ = std::move(text);
  } else {
    send(std::move(text));
  }
}

WriteResult Response::send(std::string text, ByteView bytes, std::string_view tail) {
  Bytes out;
  out.reserve(text.size() + bytes.size() + tail.size());
  append(out, as_bytes(text));
  append(out, bytes);
  append(out, as_bytes(tail));
  return stream_->write(std::make_shared<const Bytes>(std::move(out)));
}

WriteResult Response::body(ByteView chunk) {
  if (state_ != State::writing) return WriteResult::closed;
  if (framing_ == Framing::none || chunk.empty()) return WriteResult::accepted;
  if (framing_ == Framing::fixed) {
    chunk = chunk.first(std::min<std::uint64_t>(chunk.size(), remaining_));
    remaining_ -= chunk.size();
    return send(std::exchange(held_head_, {}), chunk);
  }
  if (framing_ == Framing::until_close) return send({}, chunk);
  std::array<char, 24> size{};
  auto [end, error] = std::to_chars(size.data(), size.data() + size.size(), chunk.size(), 16);
  return send(std::string(size.data(), end) + "\r\n", chunk, "\r\n");
}

void Response::end() {
  if (state_ != State::writing) return;
  state_ = State::ended;
  if (framing_ == Framing::chunked) send("0\r\n\r\n");
  if (!held_head_.empty()) send(std::exchange(held_head_, {}));
  if (remaining_ > 0) {
    // Less than was promised: only a broken connection tells the client.
    stream_->abort();
    return;
  }
  finished(rules_.keep_alive);
}

void Response::finished(bool keep_alive) {
  {
    std::lock_guard lock(mutex_);
    on_disconnect_ = nullptr;
  }
  if (auto owner = std::exchange(owner_, nullptr)) owner->on_response_ended(keep_alive);
}

void Response::upgrade(Headers headers, AcceptHandler take_over) {
  if (state_ != State::fresh || rules_.version < Version{1, 1}) return;
  state_ = State::ended;
  std::string text;
  append_status_line(text, 101);
  headers.set("Connection", "Upgrade");
  for (const auto& header : headers) append_header(text, header.name, header.value);
  text.append("\r\n");
  send(std::move(text));
  on_disconnect(nullptr);
  if (auto owner = std::exchange(owner_, nullptr)) owner->on_upgrade(std::move(take_over));
}

void Response::on_disconnect(Task task) {
  std::lock_guard lock(mutex_);
  if (state_ == State::ended) task = nullptr;
  if (disconnected_ && task) {
    stream_->loop().post(std::move(task));
  } else {
    on_disconnect_ = std::move(task);
  }
}

void Response::when_room(Task task) {
  {
    std::lock_guard lock(mutex_);
    if (!disconnected_ && stream_->outgoing_size() >= congestion_size) {
      when_room_ = std::move(task);
      return;
    }
  }
  task();
}

void Response::disconnected() {
  Task task;
  {
    std::lock_guard lock(mutex_);
    disconnected_ = true;
    task = std::exchange(on_disconnect_, nullptr);
  }
  if (task) task();
  drained();
}

void Response::drained() {
  Task task;
  {
    std::lock_guard lock(mutex_);
    task = std::exchange(when_room_, nullptr);
  }
  if (task) task();
}

Bytes refusal(int status, UtcTime (*utc_now)()) {
  std::string body(reason_phrase(status));
  body.append("\n");
  std::string text;
  append_status_line(text, status);
  append_date(text, utc_now);
  append_header(text, "Content-Type", "text/plain; charset=utf-8");
  append_header(text, "Content-Length", std::to_string(body.size()));
  append_header(text, "Connection", "close");
  text.append("\r\n").append(body);
  return to_owned(as_bytes(text));
}

}  // namespace ff::net::http
