#include "net/http_client/redirect.hpp"

#include <algorithm>

namespace ff::net::http_client {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool may_follow(std::string_view name, const ClientOptions& options) {
  const auto is_name = [&](std::string_view other) {
    return http::equals_ignoring_case(name, other);
  };
  return is_name("Content-Type") || is_name("User-Agent") ||
         std::ranges::any_of(options.harmless_headers, is_name);
}

}  // namespace

std::optional<std::string> origin_of(std::string_view url) {
  const auto colon = url.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  auto scheme = lower(url.substr(0, colon));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  auto authority = url.substr(colon + 3);
  authority = authority.substr(0, authority.find_first_of("/?#\\"));
  if (const auto at = authority.rfind('@'); at != std::string_view::npos)
    authority = authority.substr(at + 1);
  if (authority.empty()) return std::nullopt;
  // A colon inside brackets belongs to an IPv6 address.
  const auto port = authority.rfind(':');
  const auto bracket = authority.rfind(']');
  const bool has_port =
      port != std::string_view::npos && (bracket == std::string_view::npos || port > bracket);
  auto host = lower(has_port ? authority.substr(0, port) : authority);
  std::string number(has_port ? authority.substr(port + 1) : std::string_view());
  if (number.empty()) number = scheme == "http" ? "80" : "443";
  return scheme + "://" + host + ":" + number;
}

bool is_redirect(int status) noexcept {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Result<ClientRequest> redirected(const ClientRequest& request, int status, std::string location,
                                 const ClientOptions& options) {
  const auto from = origin_of(request.url);
  const auto to = origin_of(location);
  if (!to) return fail(redirect_refused, {{"reason", "not to http or https"}});
  if (from && from->starts_with("https:") && !to->starts_with("https:"))
    return fail(redirect_refused, {{"reason", "from https to http"}});
  ClientRequest next;
  next.url = std::move(location);
  // The reference makes a GET of a POST at 301 and 302 too, and loses the message at an endpoint
  // that has moved. [spec integrations §6.8]
  const bool see_other = status == 303;
  next.method = see_other ? "GET" : request.method;
  if (!see_other) next.body = request.body;
  for (const auto& [name, value] : request.headers) {
    if (see_other && http::equals_ignoring_case(name, "Content-Type")) continue;
    if (from == to || may_follow(name, options)) next.headers.add(name, value);
  }
  return next;
}

}  // namespace ff::net::http_client
