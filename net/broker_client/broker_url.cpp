#include "net/broker_client/broker_url.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace ff::net::broker_client {
namespace {

/// A JWT with permissions fits.
constexpr std::size_t url_size_max = 4096;

struct SchemeRow {
  std::string_view name;
  Scheme scheme;
  std::uint16_t port;
};
constexpr std::array schemes{
    SchemeRow{"mqtt", Scheme::mqtt, 1883}, SchemeRow{"mqtts", Scheme::mqtts, 8883},
    SchemeRow{"ws", Scheme::ws, 80},       SchemeRow{"wss", Scheme::wss, 443},
    SchemeRow{"nats", Scheme::nats, 4222}, SchemeRow{"tls", Scheme::tls, 4222},
};

tl::unexpected<Error> no(std::string_view reason) {
  return fail(invalid_url, {{"reason", reason}});
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Nothing for a `%` without two digits, and for control characters however they are written.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
    out.push_back(c);
  }
  return out;
}

bool is_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '_';
  });
}

bool is_v6(std::string_view host) {
  return !host.empty() && host.size() <= 45 && std::ranges::all_of(host, [](char c) {
    return hex_digit(c) >= 0 || c == ':' || c == '.';
  });
}

Status take_user(std::string_view info, BrokerUrl& out) {
  const auto colon = info.find(':');
  const auto user = decoded(info.substr(0, colon));
  if (!user) return no("user");
  out.user = *user;
  if (colon == std::string_view::npos) return {};
  const auto password = decoded(info.substr(colon + 1));
  if (!password) return no("password");
  out.password = *password;
  out.has_password = true;
  return {};
}

Status take_port(std::string_view text, BrokerUrl& out) {
  if (text.empty()) return {};
  if (text.front() != ':') return no("host");
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 1, end, out.port);
  if (error != std::errc{} || stop != end || out.port == 0) return no("port");
  return {};
}

/// `[::1]:1883` or `host:1883`.
Status take_host(std::string_view text, BrokerUrl& out) {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos || !is_v6(text.substr(1, close - 1))) return no("host");
    out.host = text.substr(1, close - 1);
    return take_port(text.substr(close + 1), out);
  }
  const auto colon = std::min(text.find(':'), text.size());
  if (!is_name(text.substr(0, colon))) return no("host");
  out.host = text.substr(0, colon);
  return take_port(text.substr(colon), out);
}

Status take_nats_query(std::string_view query, BrokerUrl& out) {
  for (;;) {
    const auto end = std::min(query.find('&'), query.size());
    const auto one = query.substr(0, end);
    if (one == "jetstream=true" || one == "jetstream=false") {
      out.jetstream = one == "jetstream=true";
    } else if (one == "auth=jwt") {
      out.login = NatsLogin::jwt;
    } else if (one == "auth=nkey") {
      out.login = NatsLogin::nkey;
    } else {
      return no("query");
    }
    if (end == query.size()) return {};
    query.remove_prefix(end + 1);
  }
}

/// Base 32 with the letters of its kind in front: `U` of users' keys, `SU` of their seeds.
bool is_nkey(std::string_view text, std::string_view kind, std::size_t size) {
  return text.size() == size && text.starts_with(kind) && std::ranges::all_of(text, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7');
         });
}

/// That the check sum of a key is right, the library says when it connects.
Status check_login(const BrokerUrl& url) {
  constexpr std::size_t key_size = 56;
  constexpr std::size_t seed_size = 58;
  if (url.login == NatsLogin::plain) return {};
  if (!is_nkey(url.password, "SU", seed_size)) return no("the password is not the seed of a user");
  const bool is_jwt = url.user.starts_with("eyJ") && std::ranges::count(url.user, '.') == 2;
  if (url.login == NatsLogin::jwt && !is_jwt) return no("the user is not a JWT");
  if (url.login == NatsLogin::nkey && !is_nkey(url.user, "U", key_size))
    return no("the user is not the public key of a user");
  return {};
}

Status take_rest(std::string_view rest, BrokerUrl& out) {
  const auto question = std::min(rest.find('?'), rest.size());
  const auto path = rest.substr(0, question);
  const auto query = rest.substr(question);
  if (out.is_web_socket()) {
    // The query is the broker's business: some have their access tokens there.
    out.path = rest.starts_with('?') ? "/" + std::string(rest) : std::string(rest);
    return {};
  }
  if (!path.empty() && path != "/") return no("a path is only for WebSockets");
  if (query.empty()) return {};
  if (!out.is_nats()) return no("query");
  FF_CHECK(take_nats_query(query.substr(1), out));
  return check_login(out);
}

}  // namespace

Result<BrokerUrl> parse_broker_url(std::string_view text) {
  if (text.size() > url_size_max) return no("it is too long");
  const bool is_plain =
      std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
  if (!is_plain) return no("it has characters that do not belong into URLs");
  const auto slashes = text.find("://");
  if (slashes == std::string_view::npos) return no("no scheme");
  const auto row = std::ranges::find(schemes, text.substr(0, slashes), &SchemeRow::name);
  if (row == schemes.end()) return no("scheme");
  BrokerUrl out;
  out.scheme = row->scheme;
  out.port = row->port;
  const auto behind = text.substr(slashes + 3);
  const auto end = std::min(behind.find_first_of("/?"), behind.size());
  auto authority = behind.substr(0, end);
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    FF_CHECK(take_user(authority.substr(0, at), out));
    authority.remove_prefix(at + 1);
  }
  FF_CHECK(take_host(authority, out));
  FF_CHECK(take_rest(behind.substr(end), out));
  return out;
}

}  // namespace ff::net::broker_client
