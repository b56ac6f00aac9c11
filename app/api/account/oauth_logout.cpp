// `/logout` as clients use it: the id of an access token ends the token, the session it came from
// and the browser's. [spec identity-server §13]
#include <algorithm>

#include "actors/identity_server/api_keys/session.hpp"
#include "actors/identity_server/oauth/client.hpp"
#include "actors/identity_server/oauth/errors.hpp"
#include "actors/identity_server/oauth/redirect.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/account/acts.hpp"
#include "app/api/account/login.hpp"
#include "app/api/account/routes.hpp"
#include "app/api/services/identity/changes.hpp"

namespace ff::api::account {
namespace {

namespace oauth = identity_server::oauth;
using identity_server::AccessToken;
using identity_server::EntityPtr;
using storage::EntityKind;

struct Facts {
  AccessToken token;
  std::string target;
};

/// Where to go: as asked if the client registered it, else its first, else our own pages.
Result<std::string> target_of(const storage::Reader& store, const std::string& client_id,
                              const std::string& wanted, const std::string& mount) {
  const auto entity = identity_server::get_entity(store, {EntityKind::client, {client_id}},
                                                  identity_server::Deleted::without);
  std::vector<std::string> registered;
  if (entity) {
    FF_TRY(const auto client, oauth::decode_client(**entity));
    registered = client.logout_redirect_uris;
  } else if (entity.error().code() != Code::not_found) {
    return fail(entity.error());
  }
  if (wanted.empty())
    return registered.empty() ? mount : oauth::redirect_location(registered.front(), mount, {});
  const bool is_known = std::ranges::any_of(
      registered, [&](const std::string& one) { return oauth::matches_redirect(one, wanted); });
  if (!is_known) return fail(oauth::invalid_logout_redirect_uri);
  return oauth::redirect_location(wanted, mount, {});
}

Result<Facts> facts_of(const storage::Reader& store, const std::string& token_id,
                       const std::string& wanted, const std::string& mount) {
  const auto entity = identity_server::get_entity(
      store, identity_server::access_token_entity(token_id), identity_server::Deleted::without);
  if (!entity && entity.error().code() == Code::not_found)
    return fail(oauth::access_token_not_found, {{"access_token_id", token_id}});
  if (!entity) return fail(entity.error());
  FF_TRY(auto token, identity_server::decode_access_token(**entity));
  FF_TRY(auto target, target_of(store, token.client_id, wanted, mount));
  return Facts{std::move(token), std::move(target)};
}

identity_server::ChangeEntities ending(const AccessToken& token) {
  identity_server::ChangeEntities change;
  change.keys = {identity_server::access_token_entity(token.id)};
  if (!token.session_id.empty())
    change.keys.push_back(identity_server::session_entity(token.user_id, token.session_id));
  change.decide = [keys = change.keys](identity_server::EntityRows& rows, UtcTime) -> Status {
    for (const auto& key : keys) {
      if (rows.find(key) != nullptr) rows.erase(key);
    }
    return {};
  };
  return change;
}

}  // namespace

void oauth_logout(const VisitPtr& visit) {
  const auto& token_id = visit->query().value("access_token_id");
  if (token_id.empty()) return visit->refuse(Error(oauth::missing_access_token_id));
  auto find = [token_id = token_id.substr(0, 64),
               wanted = visit->query().value("post_logout_redirect_uri"),
               mount = visit->mount()](const storage::Reader& store) {
    return facts_of(store, token_id, wanted, mount);
  };
  visit->ports().identity.read<Facts>(find, [=](const Result<Facts>& facts) {
    if (!facts) return visit->refuse(facts.error());
    const auto ended = [=, facts = *facts](const Result<std::vector<EntityPtr>>& done) {
      if (!done) return visit->refuse(done.error());
      const auto& identity = visit->ports().identity;
      for (const char* name : {"oauth.token.deleted", "oauth.session.terminated"})
        publish_of_user(identity, name, facts.token.user_id, visit->cause());
      log_out(visit, [=] { visit->redirect(facts.target); });
    };
    change_recorded(visit, act_of(visit, "oauth/logout", facts->token.user_id),
                    ending(facts->token), ended);
  });
}

}  // namespace ff::api::account
