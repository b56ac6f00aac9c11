#include "tools/sim/http_client.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace ff::sim {
namespace {

constexpr std::size_t answer_size_max = 16U << 20U;
constexpr timeval answer_timeout{30, 0};

/// The value of a header, case-insensitive; empty if absent.
std::string header(std::string_view head, std::string_view name) {
  std::string lower(head);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto place = lower.find("\r\n" + std::string(name) + ":");
  if (place == std::string::npos) return {};
  auto value = lower.substr(place + name.size() + 3);
  value.resize(std::min(value.find("\r\n"), value.size()));
  value.erase(0, std::min(value.find_first_not_of(' '), value.size()));
  return value;
}

}  // namespace

Result<HttpAddress> parse_http_address(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme)) {
    return fail(http_failed, {{"address", url}, {"reason", "expected http://host:port"}});
  }
  auto rest = url.substr(scheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const auto colon = rest.rfind(':');
  if (colon == std::string_view::npos) return HttpAddress{std::string(rest), "80"};
  return HttpAddress{std::string(rest.substr(0, colon)), std::string(rest.substr(colon + 1))};
}

tl::unexpected<Error> HttpClient::failure(std::string_view reason) const {
  return fail(http_failed, {{"address", address_.host + ":" + address_.port}, {"reason", reason}});
}

void HttpClient::close() noexcept {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  buffer_.clear();
}

Status HttpClient::connect() {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address_.host.c_str(), address_.port.c_str(), &hints, &found) != 0) {
    return failure("unknown host");
  }
  for (const auto* candidate = found; candidate != nullptr; candidate = candidate->ai_next) {
    socket_ = ::socket(candidate->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) continue;
    if (::connect(socket_, candidate->ai_addr, candidate->ai_addrlen) == 0) break;
    close();
  }
  ::freeaddrinfo(found);
  if (socket_ < 0) return failure("can not connect");
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &answer_timeout, sizeof(answer_timeout));
  return {};
}

Status HttpClient::write(std::string_view text) {
  while (!text.empty()) {
    const auto count = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failure(std::strerror(errno));
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<bool> HttpClient::read_more() {
  std::array<char, 16384> bytes;
  while (true) {
    const auto count = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(std::strerror(errno));
    buffer_.append(bytes.data(), static_cast<std::size_t>(count));
    if (buffer_.size() > answer_size_max) return failure("answer is too long");
    return count > 0;
  }
}

Result<std::string> HttpClient::read_exactly(std::size_t size) {
  while (buffer_.size() < size) {
    FF_TRY(const bool more, read_more());
    if (!more) return failure("answer is cut");
  }
  auto taken = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return taken;
}

Result<std::string> HttpClient::read_line() {
  auto end = buffer_.find("\r\n");
  while (end == std::string::npos) {
    FF_TRY(const bool more, read_more());
    if (!more) return failure("answer is cut");
    end = buffer_.find("\r\n");
  }
  FF_TRY(auto line, read_exactly(end + 2));
  line.resize(end);
  return line;
}

Result<std::string> HttpClient::read_chunks() {
  std::string body;
  while (true) {
    FF_TRY(const auto line, read_line());
    std::size_t size = 0;
    const auto read = std::from_chars(line.data(), line.data() + line.size(), size, 16);
    if (read.ec != std::errc{} || size > answer_size_max) return failure("bad chunk");
    FF_TRY(const auto chunk, read_exactly(size + 2));
    if (size == 0) return body;
    body.append(chunk, 0, size);
  }
}

Result<std::string> HttpClient::read_body(std::string_view head) {
  if (header(head, "transfer-encoding") == "chunked") return read_chunks();
  const auto length = header(head, "content-length");
  std::size_t size = 0;
  std::from_chars(length.data(), length.data() + length.size(), size);
  if (size > answer_size_max) return failure("answer is too long");
  return read_exactly(size);
}

Result<HttpAnswer> HttpClient::read_answer() {
  auto end = buffer_.find("\r\n\r\n");
  while (end == std::string::npos) {
    FF_TRY(const bool more, read_more());
    if (!more) return failure("no answer");
    end = buffer_.find("\r\n\r\n");
  }
  FF_TRY(const auto head, read_exactly(end + 4));
  HttpAnswer answer;
  const auto space = head.find(' ');
  if (!head.starts_with("HTTP/1.") || space == std::string::npos) return failure("not HTTP");
  std::from_chars(head.data() + space + 1, head.data() + head.size(), answer.status);
  FF_TRY(auto body, read_body(head));
  answer.body = std::move(body);
  if (header(head, "connection") == "close") close();
  return answer;
}

Result<HttpAnswer> HttpClient::call(const HttpRequest& request) {
  std::string text;
  text.append(request.method).append(" ").append(request.path).append(" HTTP/1.1\r\nHost: ");
  text.append(address_.host).append("\r\nContent-Type: application/json\r\n");
  if (!request.bearer.empty()) {
    text.append("Authorization: Bearer ").append(request.bearer).append("\r\n");
  }
  text.append("Content-Length: ").append(std::to_string(request.body.size()));
  text.append("\r\n\r\n").append(request.body);
  const bool reused = socket_ >= 0;
  if (!reused) FF_CHECK(connect());
  auto written = write(text);
  if (written) {
    auto answer = read_answer();
    if (answer || !reused) return answer;
  } else if (!reused) {
    return fail(written.error());
  }
  close();
  FF_CHECK(connect());
  FF_CHECK(write(text));
  return read_answer();
}

}  // namespace ff::sim
