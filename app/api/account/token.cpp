// `/token`: codes and refresh tokens become access tokens. [spec identity-server §13]
#include <boost/json.hpp>

#include "actors/identity_server/oauth/client.hpp"
#include "actors/identity_server/oauth/errors.hpp"
#include "actors/identity_server/oauth/grants.hpp"
#include "actors/identity_server/oauth/redirect.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/account/acts.hpp"
#include "app/api/account/login.hpp"
#include "app/api/account/routes.hpp"
#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/users.hpp"
#include "app/api/url.hpp"
#include "protocol/base/base64.hpp"

namespace ff::api::account {
namespace {

namespace oauth = identity_server::oauth;
using identity_server::EntityPtr;
using identity_server::TokenKind;
using storage::EntityKey;
using storage::EntityKind;

/// The one client that may have no secret. [spec identity-server §13]
constexpr std::string_view public_client = "cli";

struct Wish {
  oauth::Grant grant = oauth::Grant::authorization_code;
  std::string client_id;
  std::string client_secret;
  std::string text;  // the code or refresh token
  std::string redirect_uri;
  std::string verifier;
};

struct Issue {
  oauth::IssuedToken issued;
  identity_server::ChangeEntities change;
};

/// `Basic base64(id:secret)`, both escaped as in forms (RFC 6749 §2.3.1).
std::optional<std::pair<std::string, std::string>> basic_credentials(std::string_view header) {
  constexpr std::string_view scheme = "Basic ";
  if (!header.starts_with(scheme)) return std::nullopt;
  const auto bytes = base64_decode(header.substr(scheme.size()));
  if (!bytes) return std::nullopt;
  const auto text = as_text(*bytes);
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto id = percent_decode(text.substr(0, colon), true);
  auto secret = percent_decode(text.substr(colon + 1), true);
  return std::pair(id.value_or(std::string(text.substr(0, colon))),
                   secret.value_or(std::string(text.substr(colon + 1))));
}

/// In the order of the reference: clients see the first reason.
Result<Wish> wish_of(const VisitPtr& visit) {
  const auto& form = visit->form();
  Wish wish{.grant = {},
            .client_id = form.value("client_id"),
            .client_secret = form.value("client_secret"),
            .text = {},
            .redirect_uri = form.value("redirect_uri"),
            .verifier = form.value("code_verifier")};
  if (const auto basic = basic_credentials(visit->request().headers.value("Authorization"))) {
    wish.client_id = basic->first;
    wish.client_secret = basic->second;
  }
  const auto& grant = form.value("grant_type");
  if (grant.empty()) return fail(oauth::missing_grant_type);
  if (grant == "authorization_code") {
    wish.text = form.value("code");
    if (wish.text.empty()) return fail(oauth::missing_authorization_code);
  } else if (grant == "refresh_token") {
    wish.grant = oauth::Grant::refresh_token;
    wish.text = form.value("refresh_token");
    if (wish.text.empty()) return fail(oauth::missing_refresh_token);
  } else {
    return fail(oauth::invalid_grant_type, {{"grant_type", grant.substr(0, 64)}});
  }
  if (wish.client_id.empty()) return fail(oauth::missing_client_id);
  if (wish.client_secret.empty() && wish.client_id != public_client)
    return fail(oauth::missing_client_secret);
  return wish;
}

/// Null for what is not there.
Result<EntityPtr> find(const storage::Reader& store, const EntityKey& key) {
  auto entity = identity_server::get_entity(store, key, identity_server::Deleted::without);
  if (!entity && entity.error().code() == Code::not_found) return EntityPtr();
  return entity;
}

Result<oauth::Client> client_of(const storage::Reader& store, const Wish& wish) {
  FF_TRY(const auto entity, find(store, {EntityKind::client, {wish.client_id}}));
  if (!entity) return fail(oauth::invalid_client);
  FF_TRY(auto client, oauth::decode_client(*entity));
  FF_CHECK(oauth::check_secret(client, wish.client_secret));
  FF_CHECK(oauth::check_may_get_token(client, wish.grant));
  return client;
}

Status check_user(const storage::Reader& store, const std::string& user_id) {
  FF_TRY(const auto user, find(store, user_key(user_id)));
  if (!user) return fail(oauth::invalid_grant);
  return {};
}

Result<Issue> by_code(const storage::Reader& store, const Wish& wish, const oauth::Client& client,
                      const AccountPorts& ports) {
  const auto token = identity_server::parse_token(wish.text);
  if (!token || token->kind != TokenKind::authorization_code) return fail(oauth::invalid_grant);
  FF_TRY(const auto entity, find(store, oauth::code_entity(token->id)));
  if (!entity) return fail(oauth::invalid_grant);
  FF_TRY(const auto code, oauth::decode_code(*entity));
  const auto now = ports.utc_now();
  if (!identity_server::is_hash_of(code.hash, token->secret) ||
      code.grantee.client_id != client.id || code.expires_at <= now)
    return fail(oauth::invalid_grant);
  FF_TRY(const auto redirect, oauth::choose_redirect(client.redirect_uris, wish.redirect_uri));
  if (redirect != code.redirect_uri) return fail(oauth::invalid_request);
  if (!oauth::answers(code.challenge, wish.verifier)) return fail(oauth::invalid_grant);
  FF_CHECK(check_user(store, code.grantee.user_id));
  FF_TRY(const auto tokens, oauth::tokens_of(store, code.grantee.user_id, client.id));
  FF_TRY(const auto old, oauth::surplus(store, tokens, now, oauth::tokens_max));
  const auto random = ports.make_random();
  auto issued = oauth::issue_token(code.grantee, client.grants_refresh, *random);
  auto change = oauth::exchange(code, issued.token, old);
  return Issue{std::move(issued), std::move(change)};
}

Result<Issue> by_refresh_token(const storage::Reader& store, const Wish& wish,
                               const oauth::Client& client, const AccountPorts& ports) {
  const auto token = identity_server::parse_token(wish.text);
  if (!token || token->kind != TokenKind::refresh_token) return fail(oauth::invalid_grant);
  FF_TRY(const auto entity, find(store, identity_server::access_token_entity(token->id)));
  if (!entity) return fail(oauth::invalid_grant);
  FF_TRY(const auto old, identity_server::decode_access_token(*entity));
  if (!identity_server::is_hash_of(old.refresh_hash, token->secret) || old.client_id != client.id)
    return fail(oauth::invalid_grant);
  FF_CHECK(check_user(store, old.user_id));
  const auto random = ports.make_random();
  auto issued =
      oauth::issue_token({old.user_id, old.client_id, old.session_id, old.rights}, true, *random);
  auto change = oauth::refresh(old, issued.token);
  return Issue{std::move(issued), std::move(change)};
}

std::string answer_of(const oauth::IssuedToken& issued) {
  boost::json::object out{
      {"access_token", issued.access_text},
      {"token_type", "bearer"},
      {"expires_in", std::chrono::duration_cast<std::chrono::seconds>(oauth::access_time).count()}};
  if (!issued.refresh_text.empty()) out["refresh_token"] = issued.refresh_text;
  return boost::json::serialize(out);
}

void refuse(const VisitPtr& visit, const Error& error) {
  visit->account().count(Outcome::token_refused);
  visit->refuse(error);
}

void store(const VisitPtr& visit, const Issue& issue) {
  const auto stored = [=, issued = issue.issued](const Result<std::vector<EntityPtr>>& done) {
    if (!done) return refuse(visit, done.error());
    visit->account().count(Outcome::token);
    publish_of_user(visit->ports().identity, "oauth.token.exchange", issued.token.user_id,
                    visit->cause());
    visit->json(200, answer_of(issued));
  };
  change_recorded(visit, act_of(visit, "oauth/token", issue.issued.token.user_id), issue.change,
                  stored);
}

}  // namespace

void token(const VisitPtr& visit) {
  const auto wish = wish_of(visit);
  if (!wish) return refuse(visit, wish.error());
  const auto& account = visit->account();
  const auto& ports = visit->ports();
  if (account.clients.begin("", visit->address(), ports.mono_now()))
    return refuse(visit, Error(rate_limit_exceeded,
                               {{"rate", std::to_string(ports.settings.throttle.per_address)},
                                {"key", "http:oauth:" + visit->address()}}));
  auto make = [visit, wish = *wish](const storage::Reader& store) -> Result<Issue> {
    FF_TRY(const auto client, client_of(store, wish));
    return wish.grant == oauth::Grant::authorization_code
               ? by_code(store, wish, client, visit->ports())
               : by_refresh_token(store, wish, client, visit->ports());
  };
  ports.identity.read_slowly<Issue>(make, [=](const Result<Issue>& issue) {
    if (!issue) return refuse(visit, issue.error());
    visit->account().clients.succeeded("", visit->address(), visit->ports().mono_now());
    store(visit, *issue);
  });
}

}  // namespace ff::api::account
