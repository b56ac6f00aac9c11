// Cookies of the account pages: sealed, so that nobody reads or makes one, and bound to their name.
// Pure. [spec api-conventions §8, identity-server §13]
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/http/message.hpp"
#include "protocol/base/random.hpp"
#include "protocol/crypto/seal.hpp"

namespace ff::api::account {

inline constexpr std::string_view session_cookie = "_session";
inline constexpr std::string_view csrf_cookie = "_csrf";

/// The value of the first cookie of that name, as it was sent.
std::optional<std::string> find_cookie(const net::http::Headers& headers, std::string_view name);

/// For `Set-Cookie`: HttpOnly, SameSite=Lax, Path=/, Secure over TLS, until the browser ends. The
/// value is one of ours: letters, digits, `-` and `_`.
std::string cookie_text(std::string_view name, std::string_view value, bool secure);
/// The same for a cookie that ends now.
std::string expired_cookie_text(std::string_view name, bool secure);

/// Thread safe.
class CookieSeal {
 public:
  /// Both keys count. [spec configuration-and-metrics §2: http.cookie.hash-key, block-key]
  CookieSeal(ByteView hash_key, ByteView block_key);

  std::string seal(std::string_view name, std::string_view text, Random& random) const;
  /// Nothing for what was not sealed here under this name.
  std::optional<std::string> open(std::string_view name, std::string_view value) const;

 private:
  crypto::SealKey key_;
};

/// What `_session` holds.
struct SessionCookie {
  std::string user_id;
  std::string token;  // `ONZW4.…`
};
std::string session_text(const SessionCookie& session);
std::optional<SessionCookie> parse_session(std::string_view text);

}  // namespace ff::api::account
