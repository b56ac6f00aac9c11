// The account application: OAuth's endpoints, the JSON API of logins, and the pages, all below one
// path. What it decides is in actors/identity_server/oauth; what it shows in views.hpp. [spec
// identity-server §13]
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/api/account/api_client.hpp"
#include "app/api/account/cookie.hpp"
#include "app/api/account/oidc.hpp"
#include "app/api/account/views.hpp"
#include "app/api/http_limits.hpp"
#include "app/api/services/audit/calls.hpp"
#include "app/api/services/identity/identity.hpp"
#include "app/api/services/identity/login_throttle.hpp"
#include "net/address/address_block.hpp"
#include "net/http/handler.hpp"

namespace ff::api::account {

/// What is counted.
enum class Outcome : std::uint8_t {
  login,
  login_refused,
  login_throttled,
  token,
  token_refused,
  csrf_refused,
};
inline constexpr std::size_t outcome_count = 6;

struct AccountSettings {
  std::string mount = "/oauth";
  Frame frame;
  /// What browsers may connect to beside the pages' own origin; empty: nothing.
  std::string api_url;
  /// Whose word on addresses and TLS is believed.
  std::vector<net::AddressBlock> trusted_proxies;
  ThrottleRules throttle;
  /// Of single sign-on, for people; empty: there is none.
  std::string provider;
};

struct AccountPorts {
  Identity identity;
  AccountSettings settings;
  CookieSeal seal;
  /// Fit for keys; any thread.
  MakeRandom make_random;
  std::function<UtcTime()> utc_now;
  std::function<MonoTime()> mono_now;
  std::function<std::string()> new_request_id;  ///< A ULID.
  std::function<std::string()> new_error_id;    ///< 32 hex digits.
  std::function<void(Outcome)> count;           ///< May be empty.
  /// Null: users log in here alone.
  std::shared_ptr<const OidcProvider> provider;
  /// Null: nothing is recorded.
  std::shared_ptr<const CallAuditPorts> audit;
};

/// What requests share. Thread safe.
struct Account {
  Account(AccountPorts given, std::weak_ptr<const ApiClient> client)
      : ports(std::move(given)),
        api(std::move(client)),
        logins(ports.identity.ports().logins
                   ? ports.identity.ports().logins
                   : std::make_shared<LoginThrottle>(ports.settings.throttle)),
        clients(ports.settings.throttle) {}

  const AccountPorts ports;
  /// Weak: its owner ends it before the server, whatever requests are under way.
  const std::weak_ptr<const ApiClient> api;
  /// The same as the API's, if that has one. Never null.
  const std::shared_ptr<LoginThrottle> logins;
  mutable LoginThrottle clients;  // secrets of OAuth clients

  void count(Outcome outcome) const {
    if (ports.count) ports.count(outcome);
  }
};

/// Answers everything below the mount, behind the limits of `http:oauth` (endpoints for clients)
/// and `http:account` (pages).
net::http::HttpHandler make_account_handler(std::shared_ptr<const Account> account,
                                            const HttpLimits& limits);

/// Cookies as credentials of the API: a request without `Authorization` and with a session's cookie
/// is the user's; what changes something and is a session's needs a CSRF token. [spec
/// api-conventions §8]
net::http::HttpHandler with_cookie_auth(std::shared_ptr<const Account> account,
                                        net::http::HttpHandler next);

}  // namespace ff::api::account
