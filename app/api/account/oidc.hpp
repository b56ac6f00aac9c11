// Logins of another identity provider: OpenID Connect's authorization code flow with PKCE, as a
// client of it. Pure, but for OidcProvider, which asks the provider.
//
// ID tokens come from the provider itself over TLS whose certificate is checked, so that their
// signature adds nothing and is not looked at [OpenID Connect Core §3.1.3.7 (6)].
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "actors/support/reply.hpp"
#include "net/http_client/client.hpp"
#include "protocol/base/random.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace ff::api::account {

inline constexpr ErrorDef oidc_provider_failed{"app/account", "oidc_provider", Code::unavailable,
                                               "the identity provider can not be used: {reason}"};
inline constexpr ErrorDef oidc_refused{"app/account", "oidc_refused", Code::permission_denied,
                                       "the identity provider refused: {reason}"};
inline constexpr ErrorDef oidc_invalid{"app/account", "oidc_invalid", Code::permission_denied,
                                       "the answer of the identity provider is not valid: "
                                       "{reason}"};

struct OidcSettings {
  std::string issuer;
  std::string client_id;
  std::string client_secret;  // empty: a public client
  std::string redirect_uri;   // ours
  bool allow_registrations = false;
};

/// What the provider says of itself.
struct OidcEndpoints {
  std::string authorization;
  std::string token;
};
/// Endpoints without TLS are for providers without. Errors: oidc_provider_failed.
Result<OidcEndpoints> parse_discovery(std::string_view json, const OidcSettings& settings);

/// A login that is under way; kept in a sealed cookie.
struct OidcAttempt {
  std::string state;
  std::string nonce;
  std::string verifier;       // RFC 7636
  std::string next;           // where to go then
  std::string user_id;        // who connects the own account; empty: a login
  std::int64_t began_at = 0;  // seconds since 1970
};
inline constexpr std::string_view oidc_cookie = "_oidc";
inline constexpr std::int64_t oidc_attempt_seconds = 600;

OidcAttempt new_attempt(std::string next, std::string user_id, UtcTime now, Random& random);
std::string attempt_text(const OidcAttempt& attempt);
/// Nothing for what is none or too old.
std::optional<OidcAttempt> parse_attempt(std::string_view text, UtcTime now);
std::string authorization_url(const OidcEndpoints& endpoints, const OidcSettings& settings,
                              const OidcAttempt& attempt);

/// Who it is, as the provider says.
struct OidcClaims {
  std::string subject;
  std::string email;
  bool email_verified = false;
  std::string name;
  std::string username;
};
/// Checks issuer, audience, expiry and nonce. Total on any text. Error: oidc_invalid.
Result<OidcClaims> parse_id_token(std::string_view token, const OidcSettings& settings,
                                  const std::string& nonce, UtcTime now);
/// The token in the answer of the token endpoint. Errors: oidc_refused, oidc_invalid.
Result<std::string> id_token_of(int status, std::string_view json);
/// A user id made of the claims; empty: none can be made.
std::string proposed_user_id(const OidcClaims& claims);

/// The provider's side. Thread safe.
class OidcProvider {
 public:
  using Now = std::function<UtcTime()>;
  /// `client` outlives it.
  OidcProvider(OidcSettings settings, net::http_client::HttpClient& client, Now now)
      : settings_(std::move(settings)), client_(client), now_(std::move(now)) {}

  const OidcSettings& settings() const noexcept { return settings_; }
  /// What the provider said within the last hour, else asked anew.
  void endpoints(actors::Reply<OidcEndpoints> then) const;
  /// Redeems a code. Errors: those above.
  void redeem(const std::string& code, const OidcAttempt& attempt,
              actors::Reply<OidcClaims> then) const;

 private:
  void redeem_at(const std::string& endpoint, const std::string& code, const OidcAttempt& attempt,
                 actors::Reply<OidcClaims> then) const;

  const OidcSettings settings_;
  net::http_client::HttpClient& client_;
  const Now now_;
  mutable std::mutex mutex_;
  mutable std::optional<OidcEndpoints> known_;
  mutable UtcTime known_until_;
};

}  // namespace ff::api::account
