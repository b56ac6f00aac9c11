#include "net/http/https_redirect.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace ff::net::http {
namespace {

/// Of `Host`; 0: no port was said.
struct Host {
  std::string_view name;
  std::uint16_t port = 0;
};

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
}

/// Nothing for what could be more than a host once it is in an address.
std::optional<Host> parse_host(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, is_host_character)) return std::nullopt;
  const auto bracket = text.rfind(']');
  const auto colon = text.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  if (!has_port) return Host{text, 0};
  Host out{text.substr(0, colon), 0};
  const auto digits = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), out.port);
  if (error != std::errc() || end != digits.end() || out.name.empty()) return std::nullopt;
  return out;
}

bool is_secure(const RedirectRules& rules, const Request& request) {
  return request.is_tls() || (holds(rules.trusted_proxies, request.remote) &&
                              request.headers.value("X-Forwarded-Proto") == "https");
}

std::string_view asked_host(const RedirectRules& rules, const Request& request) {
  const auto forwarded = request.headers.value("X-Forwarded-Host");
  if (!forwarded.empty() && holds(rules.trusted_proxies, request.remote)) return forwarded;
  return request.headers.value("Host");
}

/// The port with TLS where `port` is the one without. 0 and 443: none has to be said.
std::uint16_t secure_port(const RedirectRules& rules, std::uint16_t port) {
  if (port == 0 || port == 80 || rules.tls_port == 443) return 0;
  return rules.tls_port;
}

}  // namespace

std::optional<std::string> redirect_target(const RedirectRules& rules, const Request& request) {
  if (!request.target.starts_with('/')) return std::nullopt;
  if (rules.is_exempt && rules.is_exempt(request.path())) return std::nullopt;
  const auto asked = parse_host(asked_host(rules, request));
  if (!asked) return std::nullopt;
  const bool was_secure = is_secure(rules, request);
  const bool to_tls = rules.to_tls && !was_secure;
  auto host = *asked;
  if (to_tls) host.port = secure_port(rules, asked->port);
  if (const auto wanted = parse_host(rules.to_host)) {
    // A host without a port is reached at the one that was asked.
    host.name = wanted->name;
    if (wanted->port != 0) host.port = wanted->port;
  }
  const bool same = host.name == asked->name && host.port == asked->port;
  if (same && !to_tls) return std::nullopt;
  std::string out = was_secure || to_tls ? "https://" : "http://";
  out += host.name;
  if (host.port != 0) out += ":" + std::to_string(host.port);
  return out + request.target;
}

HttpHandler with_redirects(RedirectRules rules, HttpHandler next) {
  if (!rules.is_needed()) return next;
  return [rules = std::move(rules), next = std::move(next)](
             Request request, std::shared_ptr<ResponseWriter> response) {
    const auto target = redirect_target(rules, request);
    if (!target) return next(std::move(request), std::move(response));
    response->respond(302, {{"Location", *target}, {"Content-Type", "text/plain; charset=utf-8"}},
                      as_bytes("Found\n"));
  };
}

}  // namespace ff::net::http
