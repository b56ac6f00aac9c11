#include "net/http_client/curl_transfer.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "net/address/socket_address.hpp"
#include "net/http_client/redirect.hpp"

namespace ff::net::http_client {
namespace {

constexpr std::array<std::string_view, 5> own_headers{"Content-Length", "Transfer-Encoding",
                                                      "Connection", "Expect", "Upgrade"};

/// `name: value` as libcurl takes it; nothing for what would split the header.
std::optional<std::string> header_line(const http::Header& header) {
  const auto splits = [](std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
  };
  if (header.name.empty() || header.name.find_first_of(":; ") != std::string::npos) return {};
  if (splits(header.name) || splits(header.value)) return {};
  const auto is_own = [&](std::string_view own) {
    return http::equals_ignoring_case(own, header.name);
  };
  if (std::ranges::any_of(own_headers, is_own)) return {};
  // To libcurl `Name:` takes a header away and `Name;` sends it without a value.
  if (header.value.empty()) return header.name + ";";
  return header.name + ": " + header.value;
}

struct FreeUrl {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};

long milliseconds(Duration duration) {
  // 0 would be: no limit.
  return std::max<long>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count(), 1);
}

}  // namespace

Transfer::Transfer(ClientRequest request, HttpClient::Then then, const ClientOptions& options)
    : options_(options),
      request_(std::move(request)),
      then_(std::move(then)),
      easy_(curl_easy_init()),
      left_(std::min(options.timeout, request_.timeout.value_or(options.timeout))) {}

Status Transfer::prepare() {
  if (!easy_) return fail(connection_failed, {{"reason", "no memory"}});
  FF_CHECK(check_url());
  // Connections are the multi handle's and stay.
  curl_easy_reset(easy_.get());
  sent_ = 0;
  body_.clear();
  whole_ = true;
  headers_complete_ = false;
  header_size_ = 0;
  refused_.clear();
  tried_ = false;
  set_request();
  set_headers();
  set_limits();
  set_tls();
  return {};
}

/// With a proxy nobody sees the address that a name stands for; one that is written in the URL is
/// judged in any case.
Status Transfer::check_url() const {
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  const auto code =
      url ? curl_url_set(url.get(), CURLUPART_URL, request_.url.c_str(), 0) : CURLUE_OUT_OF_MEMORY;
  if (code != CURLUE_OK) return fail(invalid_url, {{"reason", curl_url_strerror(code)}});
  if (!origin_of(request_.url)) return fail(invalid_url, {{"reason", "scheme or host"}});
  if (options_.proxy.empty()) return {};
  char* text = nullptr;
  if (curl_url_get(url.get(), CURLUPART_HOST, &text, 0) != CURLUE_OK) return {};
  const std::string host(text);
  curl_free(text);
  const auto literal = Endpoint::parse(host + ":0");
  if (literal && !options_.targets.allows(*literal))
    return fail(target_refused, {{"address", literal->address_text()}});
  return {};
}

void Transfer::set_request() {
  set(CURLOPT_URL, request_.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  if (request_.method == "GET") {
    set(CURLOPT_HTTPGET, 1L);
  } else {
    set_body();
  }
  set(CURLOPT_HTTP_VERSION,
      static_cast<long>(options_.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  set(CURLOPT_PIPEWAIT, options_.http2 ? 1L : 0L);
  // An empty text also keeps the environment's proxies away.
  set(CURLOPT_PROXY, options_.proxy.c_str());
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
}

void Transfer::set_body() {
  const auto size = request_.body ? request_.body->size() : 0;
  set(CURLOPT_POST, 1L);
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(size));
  if (!request_.once || size == 0) {
    set(CURLOPT_POSTFIELDS, size == 0 ? "" : reinterpret_cast<const char*>(request_.body->data()));
    return;
  }
  // libcurl repeats a request without answer on a kept connection by itself, unless its body can
  // not be had a second time.
  set(CURLOPT_READFUNCTION, &Transfer::on_read);
  set(CURLOPT_READDATA, static_cast<void*>(this));
  set(CURLOPT_SEEKFUNCTION, &Transfer::on_rewind);
  set(CURLOPT_SEEKDATA, static_cast<void*>(this));
}

void Transfer::set_headers() {
  headers_.reset(curl_slist_append(nullptr, "Expect:"));
  for (const auto& header : request_.headers) {
    const auto line = header_line(header);
    if (!line) continue;
    if (auto* list = curl_slist_append(headers_.get(), line->c_str()); list != nullptr) {
      static_cast<void>(headers_.release());
      headers_.reset(list);
    }
  }
  set(CURLOPT_HTTPHEADER, headers_.get());
}

void Transfer::set_limits() {
  set(CURLOPT_NOSIGNAL, 1L);
  // All transfers are on one thread: one that ends while its name is looked up does not wait there
  // for the look-up.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(std::min(options_.connect_timeout, left_)));
  set(CURLOPT_TIMEOUT_MS, milliseconds(left_));
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
}

void Transfer::set_tls() {
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // The system's authorities are in libcurl's default folder and stay trusted.
  if (!options_.ca_file.empty()) set(CURLOPT_CAINFO, options_.ca_file.c_str());
  if (options_.certificate_file.empty()) return;
  set(CURLOPT_SSLCERT, options_.certificate_file.c_str());
  set(CURLOPT_SSLKEY, options_.key_file.c_str());
}

std::size_t Transfer::on_body(char* bytes, std::size_t size, std::size_t count,
                              void* self) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  const auto all = size * count;
  const auto room = transfer.options_.answer_size_max - transfer.body_.size();
  transfer.body_.append(bytes, std::min(all, room));
  if (all <= room) return all;
  // What is behind it is not read: the connection ends, the status counts.
  transfer.whole_ = false;
  return 0;
}

std::size_t Transfer::on_read(char* to, std::size_t size, std::size_t count, void* self) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  const auto left = ByteView(*transfer.request_.body).subspan(transfer.sent_);
  const auto piece = left.first(std::min(left.size(), size * count));
  std::ranges::copy(piece, to);
  transfer.sent_ += piece.size();
  return piece.size();
}

int Transfer::on_rewind(void*, curl_off_t, int) noexcept {
  return CURL_SEEKFUNC_FAIL;
}

std::size_t Transfer::on_header(char* bytes, std::size_t size, std::size_t count,
                                void* self) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.header_size_ += size * count;
  if (transfer.header_size_ > transfer.options_.header_size_max) return 0;
  transfer.take_header({bytes, size * count});
  return size * count;
}

void Transfer::take_header(std::string_view line) {
  if (line != "\r\n" && line != "\n") return;
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  // Not the end of 100 or 103, nor of a proxy's answer to CONNECT.
  headers_complete_ = status >= 200;
}

curl_socket_t Transfer::on_socket(void* self, curlsocktype, curl_sockaddr* address) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  // A proxy is the operator's choice, wherever it is.
  if (transfer.options_.proxy.empty()) {
    SocketAddress target;
    target.size = std::min<socklen_t>(address->addrlen, sizeof(target.storage));
    std::memcpy(&target.storage, &address->addr, target.size);
    const auto endpoint = to_endpoint(target);
    if (!endpoint || !transfer.options_.targets.allows(*endpoint)) {
      transfer.refused_ = endpoint ? endpoint->address_text() : "unknown family";
      return CURL_SOCKET_BAD;
    }
  }
  transfer.tried_ = true;
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

bool Transfer::finish(CURLcode code) {
  long status = 0;
  curl_off_t spent = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy_.get(), CURLINFO_TOTAL_TIME_T, &spent);
  left_ -= std::chrono::microseconds{spent};
  if (code != CURLE_OK && !(headers_complete_ && status >= 200)) {
    outcome_ = fail(error_of(code));
    return false;
  }
  if (is_redirect(static_cast<int>(status)) && follow(static_cast<int>(status))) return true;
  if (code != CURLE_OK) whole_ = false;
  if (!is_redirect(static_cast<int>(status)) || outcome_)
    outcome_ = ClientAnswer{static_cast<int>(status), std::move(body_), whole_, kept_headers()};
  return false;
}

http::Headers Transfer::kept_headers() const {
  http::Headers out;
  for (const auto& name : options_.answer_headers) {
    curl_header* header = nullptr;
    if (curl_easy_header(easy_.get(), name.c_str(), 0, CURLH_HEADER, -1, &header) == CURLHE_OK)
      out.add(name, header->value);
  }
  return out;
}

/// False with an error in outcome_ when the redirect is not followed; without a Location the answer
/// is an answer.
bool Transfer::follow(int status) {
  char* location = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_REDIRECT_URL, &location);
  if (location == nullptr) {
    outcome_ = ClientAnswer{};
    return false;
  }
  if (redirects_ >= options_.redirects_max) {
    outcome_ = fail(redirect_refused, {{"reason", "too many"}});
    return false;
  }
  auto next = redirected(request_, status, location, options_);
  if (!next) {
    outcome_ = fail(next.error());
    return false;
  }
  ++redirects_;
  request_ = *std::move(next);
  return true;
}

Error Transfer::error_of(CURLcode code) const {
  // A name may have addresses of both kinds: then what became of the others is the reason.
  if (!refused_.empty() && !tried_) return Error(target_refused, {{"address", refused_}});
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return Error(timed_out);
    case CURLE_COULDNT_RESOLVE_HOST:
      return Error(host_not_found);
    case CURLE_COULDNT_CONNECT:
      return Error(not_connected, {{"reason", curl_easy_strerror(code)}});
    case CURLE_URL_MALFORMAT:
      return Error(invalid_url, {{"reason", curl_easy_strerror(code)}});
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
      return Error(tls_failed, {{"reason", curl_easy_strerror(code)}});
    case CURLE_WRITE_ERROR:
      if (header_size_ > options_.header_size_max) return Error(answer_too_large);
      [[fallthrough]];
    default:
      return Error(connection_failed, {{"reason", curl_easy_strerror(code)}});
  }
}

}  // namespace ff::net::http_client
