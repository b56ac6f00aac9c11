// The OAuth exchange of the command line: codes and refresh tokens for access tokens. [spec cli §2]
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "app/cli/account/credentials.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace ff::cli {

inline constexpr ErrorDef oauth_refused{"cli", "oauth", Code::unauthenticated,
                                        "the OAuth server answers {status}: {reason}"};

struct OAuthServer {
  std::string address;  ///< `https://example.com/oauth`
  std::string ca;       ///< PEM file; empty: the system's authorities alone.
};

/// Where the user logs in. `redirect_uri` is `local-callback` or `code`.
std::string authorize_url(const OAuthServer& server, std::string_view redirect_uri,
                          std::string_view state);

/// Errors: oauth_refused, those of the HTTP client.
Result<OAuthToken> exchange_code(const OAuthServer& server, const std::string& code,
                                 std::string_view redirect_uri, UtcTime now);
/// A server that sends no new refresh token lets the old one live.
Result<OAuthToken> refresh_token(const OAuthServer& server, const OAuthToken& token, UtcTime now);

/// The token in the body of an answer of the token endpoint; nothing if there is none.
std::optional<OAuthToken> parse_token(std::string_view json, UtcTime now);

/// The value of `name` in `a=1&b=2`, decoded; empty if it is not there.
std::string query_value(std::string_view query, std::string_view name);

}  // namespace ff::cli
