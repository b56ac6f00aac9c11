#include "app/api/services/identity/login_tokens.hpp"

#include "actors/identity_server/api_keys/admin.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/services/identity/entity_registry.hpp"
#include "app/api/services/identity/kinds.hpp"
#include "app/api/services/identity/passwords.hpp"

namespace ff::api {
namespace {

using identity_server::EntityPtr;
using identity_server::EntityRows;
using storage::EntityKey;
using storage::EntityKind;

constexpr ErrorDef login_tokens_disabled{"pkg/identityserver", "login_tokens_disabled",
                                         Code::failed_precondition, "login tokens are disabled"};
constexpr ErrorDef login_tokens_still_valid{"pkg/identityserver", "login_tokens_still_valid",
                                            Code::already_exists,
                                            "previously created login tokens are still valid"};
constexpr std::uint64_t live_max = 5;

/// All tokens are looked at: they live an hour. Error: login_tokens_still_valid.
Result<std::vector<EntityKey>> useless_tokens(const storage::Reader& store,
                                              const std::string& user_id, UtcTime now) {
  identity_server::PageWish wish;
  wish.limit = identity_server::entities_max / 2;
  wish.filter = [&](const identity_server::Entity& entity) {
    const auto token = entity_message<pb::LoginToken>(entity);
    return token && token->user_ids().user_id() == user_id;
  };
  FF_TRY(const auto page, identity_server::page_of_kind(store, EntityKind::login_token, {}, wish));
  std::vector<EntityKey> useless;
  for (const auto& entity : page.entities) {
    FF_TRY(const auto token, entity_message<pb::LoginToken>(*entity));
    if (token.used() || time_of(token.expires_at()) <= now) useless.push_back(entity->key);
  }
  if (page.total - useless.size() >= live_max) return fail(login_tokens_still_valid);
  return useless;
}

Result<pb::User> user_of(const storage::Reader& store, const EntityKey& key) {
  FF_TRY(const auto entity,
         identity_server::get_entity(store, key, identity_server::Deleted::without));
  return entity_message<pb::User>(*entity);
}

Mail mail_of(const pb::User& user, const std::string& token) {
  return {.to = user.primary_email_address(),
          .subject = "Your login token",
          .text = "A login token for user " + user.ids().user_id() + " was asked for.\n\n" +
                  "account:/token-login?token=" + token + "\n\nToken: " + token +
                  "\n\nIt can be used once, for a short time. If you did not ask for it, ignore "
                  "this mail.\n"};
}

}  // namespace

struct LoginTokens::Found {
  pb::User user;
  std::vector<EntityKey> useless;
};

void LoginTokens::create(const std::shared_ptr<const Call>& call,
                         const pb::CreateLoginTokenRequest& request,
                         const Reply<pb::CreateLoginTokenResponse>& reply) const {
  if (!identity_.settings().login_tokens_enabled) return reply(fail(login_tokens_disabled));
  auto decide = [=, this, &request](const identity_server::AuthInfoPtr& caller) {
    const bool by_admin = caller && acts_as_admin(*caller);
    // All tokens are looked through, and mail is sent.
    const auto limited =
        by_admin ? Status() : begin_attempt(identity_.ports(), {}, call->remote_address);
    if (!limited) return reply(fail(limited.error()));
    create(call, request, by_admin, reply);
  };
  identity_.caller_if_any(call->metadata, decide);
}

void LoginTokens::create(const CallPtr& call, const pb::CreateLoginTokenRequest& request,
                         bool by_admin, const Reply<pb::CreateLoginTokenResponse>& reply) const {
  const EntityKey user_key{EntityKind::user, {request.user_ids().user_id()}};
  const auto now = identity_.ports().now ? identity_.ports().now() : UtcTime();
  auto find = [user_key, now](const storage::Reader& store) -> Result<Found> {
    FF_TRY(auto user, user_of(store, user_key));
    FF_TRY(auto useless, useless_tokens(store, user_key.ids.front(), now));
    return Found{std::move(user), std::move(useless)};
  };
  const bool shows = by_admin && request.skip_email();
  identity_.scan<Found>(find, [=, this](const Result<Found>& found) {
    if (!found) return reply(fail(found.error()));
    if (shows && found->user.admin()) return reply(fail(permission_denied));
    store(call, *found, shows, reply);
  });
}

void LoginTokens::store(const CallPtr& call, const Found& found, bool shows,
                        const Reply<pb::CreateLoginTokenResponse>& reply) const {
  auto random = make_random_();
  const auto token =
      identity_server::make_token(identity_server::TokenKind::session, *random).secret;
  const EntityKey key{EntityKind::login_token, {token}};
  identity_server::ChangeEntities message;
  message.keys = found.useless;
  message.keys.push_back(key);
  message.decide = [=, useless = found.useless, user = found.user.ids(),
                    ttl = identity_.settings().login_token_ttl](EntityRows& rows,
                                                                UtcTime now) -> Status {
    for (const auto& old : useless) rows.erase(old);
    pb::LoginToken login;
    *login.mutable_user_ids() = user;
    login.set_token(token);
    put_time(now + ttl, *login.mutable_expires_at());
    rows.put(key, {.message = entity_bytes(login), .unique = {}});
    return {};
  };
  identity_.of(*call).change(std::move(message), [=, this, user = found.user](
                                                     const Result<std::vector<EntityPtr>>& stored) {
    if (!stored) return reply(fail(stored.error()));
    pb::CreateLoginTokenResponse response;
    if (shows) response.set_token(token);
    if (!shows && identity_.ports().send_mail) identity_.ports().send_mail(mail_of(user, token));
    reply(std::move(response));
  });
}

}  // namespace ff::api
