// The account application as this process runs it: what the operator set, keys of cookies, counts.
#pragma once

#include <array>
#include <memory>

#include "actors/support/clock.hpp"
#include "actors/support/metrics.hpp"
#include "app/api/account/account.hpp"
#include "config/config.hpp"

namespace ff::app {

/// What is counted of logins and tokens, by outcome.
class AccountProbe {
 public:
  explicit AccountProbe(actors::Metrics& metrics);
  void count(api::account::Outcome outcome);

 private:
  std::array<prometheus::Counter*, api::account::outcome_count> counters_;
};

api::ThrottleRules throttle_rules(const config::LoginThrottle& throttle);

/// Everything but `metrics` is copied.
struct AccountDeps {
  const config::Config& config;
  api::Identity identity;
  std::shared_ptr<const actors::Clock> clock;
  actors::Metrics& metrics;
  std::function<std::string()> new_request_id;
  std::function<std::string()> new_error_id;
  /// Null: without another identity provider; outlives the account.
  net::http_client::HttpClient* provider_client = nullptr;
  /// Null: nothing is recorded.
  std::shared_ptr<const api::CallAuditPorts> audit;
};

/// For the identity provider of `is.oidc`; null without one. It may be in any network: the operator
/// has named it. Error: of the client.
Result<std::unique_ptr<net::http_client::HttpClient>> make_provider_client(
    const config::OpenIdConnect& oidc);

/// The keys of cookies are those of the settings; without, those in `cookie-keys` (0600) of the
/// data directory, which is made if it is not there: sessions outlive a restart. Errors: a file
/// that can not be read or written; blocks of proxies that are none.
Result<std::shared_ptr<const api::account::Account>> make_account(
    const AccountDeps& deps, std::weak_ptr<const api::account::ApiClient> client);

}  // namespace ff::app
