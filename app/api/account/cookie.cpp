#include "app/api/account/cookie.hpp"

#include <algorithm>

#include "app/api/account/text.hpp"
#include "protocol/base/base64.hpp"

namespace ff::api::account {
namespace {

constexpr std::size_t value_max = 4096;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

std::string attributes(bool secure) {
  return std::string("; Path=/; HttpOnly; SameSite=Lax") + (secure ? "; Secure" : "");
}

}  // namespace

std::optional<std::string> find_cookie(const net::http::Headers& headers, std::string_view name) {
  for (auto line : headers.all("Cookie")) {
    while (!line.empty()) {
      const auto semicolon = std::min(line.find(';'), line.size());
      const auto pair = trimmed(line.substr(0, semicolon));
      line.remove_prefix(std::min(semicolon + 1, line.size()));
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name &&
          pair.size() <= value_max)
        return std::string(pair.substr(equals + 1));
    }
  }
  return std::nullopt;
}

std::string cookie_text(std::string_view name, std::string_view value, bool secure) {
  return std::string(name) + '=' + std::string(value) + attributes(secure);
}

std::string expired_cookie_text(std::string_view name, bool secure) {
  return std::string(name) + "=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT" +
         attributes(secure);
}

CookieSeal::CookieSeal(ByteView hash_key, ByteView block_key)
    : key_(crypto::hmac_sha256(hash_key, block_key)) {}

std::string CookieSeal::seal(std::string_view name, std::string_view text, Random& random) const {
  crypto::SealNonce nonce;
  random.fill(nonce);
  return base64url(crypto::seal(key_, nonce, as_bytes(name), as_bytes(text)));
}

std::optional<std::string> CookieSeal::open(std::string_view name, std::string_view value) const {
  const auto sealed = base64_decode(value);
  if (!sealed) return std::nullopt;
  const auto text = crypto::open_sealed(key_, as_bytes(name), *sealed);
  if (!text) return std::nullopt;
  return std::string(as_text(*text));
}

std::string session_text(const SessionCookie& session) {
  return session.user_id + '\n' + session.token;
}

std::optional<SessionCookie> parse_session(std::string_view text) {
  const auto line = text.find('\n');
  if (line == std::string_view::npos || line == 0 || line + 1 == text.size()) return std::nullopt;
  return SessionCookie{std::string(text.substr(0, line)), std::string(text.substr(line + 1))};
}

}  // namespace ff::api::account
