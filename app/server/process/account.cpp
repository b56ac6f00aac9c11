#include "app/server/process/account.hpp"

#include <fstream>

#include "app/api/account/style.hpp"
#include "app/server/process/any_target.hpp"
#include "net/tls/private_file.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/crypto/digest.hpp"

namespace ff::app {
namespace {

using api::account::Outcome;

constexpr ErrorDef cookie_keys_unusable{"app/server", "cookie_keys", Code::failed_precondition,
                                        "`{path}` does not hold the keys of cookies"};
constexpr std::size_t hash_key_size = 64;
constexpr std::size_t block_key_size = 32;

struct CookieKeys {
  Bytes hash;
  Bytes block;
};

std::string random_hex(std::size_t bytes, Random& random) {
  Bytes out(bytes);
  random.fill(out);
  return hex_lower(out);
}

/// Two lines of hex, made at the first start; an empty file is one that an earlier start could not
/// write.
Result<std::pair<std::string, std::string>> kept_keys(const std::filesystem::path& path) {
  std::error_code none;
  if (const auto size = std::filesystem::file_size(path, none); none || size == 0) {
    const auto random = make_secure_random();
    FF_CHECK(net::tls::write_private_file(path, random_hex(hash_key_size, *random) + '\n' +
                                                    random_hex(block_key_size, *random) + '\n'));
  }
  std::ifstream file(path);
  std::pair<std::string, std::string> lines;
  file >> lines.first >> lines.second;
  if (!file) return fail(cookie_keys_unusable, {{"path", path.string()}});
  return lines;
}

Result<CookieKeys> cookie_keys(const config::Config& config) {
  auto hash = config.http.cookie.hash_key;
  auto block = config.http.cookie.block_key;
  const auto path = config.storage.directory / "cookie-keys";
  if (hash.empty() || block.empty()) {
    FF_TRY(const auto kept, kept_keys(path));
    if (hash.empty()) hash = kept.first;
    if (block.empty()) block = kept.second;
  }
  const auto hash_key = parse_hex(hash);
  const auto block_key = parse_hex(block);
  if (!hash_key || !block_key || hash_key->empty() || block_key->empty())
    return fail(cookie_keys_unusable, {{"path", path.string()}});
  return CookieKeys{*hash_key, *block_key};
}

Result<api::account::AccountSettings> settings_of(const config::Config& config) {
  const auto& oauth = config.is.oauth;
  const auto style = crypto::sha256(as_bytes(api::account::stylesheet()));
  api::account::AccountSettings out{
      .mount = oauth.mount,
      .frame = {.site_name = oauth.site_name,
                .title = oauth.title,
                .mount = oauth.mount,
                .console_url = oauth.console_url,
                .style_version = hex_lower(ByteView(style).first(6)),
                .sub_title = oauth.sub_title,
                .description = oauth.description,
                .theme_color = oauth.theme_color,
                .icon_url = oauth.branding_url.empty()
                                ? std::string()
                                : oauth.branding_url + "/" + oauth.icon_prefix + "favicon.ico",
                .documentation_url = oauth.documentation_url,
                .status_page_url = oauth.status_page_url},
      .api_url = oauth.api_url,
      .trusted_proxies = {},
      .throttle = throttle_rules(config.is.login_throttle),
      .provider = config.is.oidc.issuer.empty() ? std::string() : config.is.oidc.name};
  for (const auto& text : config.http.trusted_proxies) {
    FF_TRY(const auto block, net::AddressBlock::parse(text));
    out.trusted_proxies.push_back(block);
  }
  return out;
}

std::shared_ptr<const api::account::OidcProvider> provider_of(const AccountDeps& deps) {
  if (deps.provider_client == nullptr) return nullptr;
  const auto& oidc = deps.config.is.oidc;
  return std::make_shared<const api::account::OidcProvider>(
      api::account::OidcSettings{
          .issuer = oidc.issuer,
          .client_id = oidc.client_id,
          .client_secret = oidc.client_secret,
          .redirect_uri = deps.config.is.oauth.canonical_url + "/oidc/callback",
          .allow_registrations = oidc.allow_registrations},
      *deps.provider_client, [clock = deps.clock] { return clock->now().utc; });
}

}  // namespace

Result<std::unique_ptr<net::http_client::HttpClient>> make_provider_client(
    const config::OpenIdConnect& oidc) {
  if (oidc.issuer.empty()) return std::unique_ptr<net::http_client::HttpClient>();
  net::http_client::ClientOptions options;
  options.targets = any_target();
  options.under_way_max = 16;
  options.waiting_max = 64;
  options.answer_size_max = std::size_t{64} << 10U;
  options.redirects_max = 0;
  options.ca_file = oidc.ca.string();
  return net::http_client::make_http_client(std::move(options));
}

api::ThrottleRules throttle_rules(const config::LoginThrottle& throttle) {
  return {.per_account = throttle.attempts_per_account,
          .per_address = throttle.attempts_per_address,
          .window = throttle.window};
}

AccountProbe::AccountProbe(actors::Metrics& metrics)
    : counters_{&metrics.counter("farfield_account_logins_total", "Logins that were right."),
                &metrics.counter("farfield_account_logins_refused_total",
                                 "Logins with a wrong password or token."),
                &metrics.counter("farfield_account_logins_throttled_total",
                                 "Logins that were not tried: too many had failed."),
                &metrics.counter("farfield_account_tokens_total", "Access tokens issued."),
                &metrics.counter("farfield_account_tokens_refused_total",
                                 "Requests for access tokens that were refused."),
                &metrics.counter("farfield_account_csrf_refused_total",
                                 "Requests without a right CSRF token.")} {}

void AccountProbe::count(Outcome outcome) {
  counters_.at(static_cast<std::size_t>(outcome))->Increment();
}

Result<std::shared_ptr<const api::account::Account>> make_account(
    const AccountDeps& deps, std::weak_ptr<const api::account::ApiClient> client) {
  FF_TRY(const auto keys, cookie_keys(deps.config));
  FF_TRY(auto settings, settings_of(deps.config));
  auto probe = std::make_shared<AccountProbe>(deps.metrics);
  api::account::AccountPorts ports{.identity = deps.identity,
                                   .settings = std::move(settings),
                                   .seal = api::account::CookieSeal(keys.hash, keys.block),
                                   .make_random = make_secure_random,
                                   .utc_now = [clock = deps.clock] { return clock->now().utc; },
                                   .mono_now = [clock = deps.clock] { return clock->now().mono; },
                                   .new_request_id = deps.new_request_id,
                                   .new_error_id = deps.new_error_id,
                                   .count = [probe](Outcome outcome) { probe->count(outcome); },
                                   .provider = provider_of(deps),
                                   .audit = deps.audit};
  return std::make_shared<const api::account::Account>(std::move(ports), std::move(client));
}

}  // namespace ff::app
