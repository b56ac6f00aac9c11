#include "app/api/account/login.hpp"

#include "app/api/account/acts.hpp"

#include "actors/identity_server/api_keys/session.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/page_wish.hpp"
#include "app/api/services/identity/users.hpp"

namespace ff::api::account {
namespace {

using identity_server::EntityPtr;
using identity_server::EntityRows;
using storage::EntityKey;
using storage::EntityKind;

constexpr ErrorDef login_tokens_disabled{"pkg/identityserver", "login_tokens_disabled",
                                         Code::failed_precondition, "login tokens are disabled"};
constexpr ErrorDef login_token_not_found{"pkg/identityserver/store", "login_token_not_found",
                                         Code::not_found, "login token not found"};
constexpr ErrorDef login_token_expired{"pkg/identityserver/store", "login_token_expired",
                                       Code::failed_precondition, "login token expired"};
constexpr ErrorDef login_token_already_used{"pkg/identityserver/store", "login_token_already_used",
                                            Code::failed_precondition, "login token already used"};

/// Of a user; the oldest make room.
constexpr std::size_t sessions_max = 100;
/// Of a password that nobody has: unknown users take as long as known ones.
constexpr std::string_view nobodys_hash =
    "Argon2id$v19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A session that is about to be.
struct Opening {
  identity_server::IssuedSession issued;
  std::vector<EntityKey> surplus;
  bool must_change_password = false;
};

Result<pb::User> user_of(const storage::Reader& store, const std::string& user_id) {
  FF_TRY(const auto entity,
         identity_server::get_entity(store, user_key(user_id), identity_server::Deleted::without));
  return entity_message<pb::User>(*entity);
}

Result<std::vector<EntityKey>> surplus_sessions(const storage::Reader& store,
                                                const std::string& user_id) {
  identity_server::PageWish wish;
  wish.sort_text = [](const identity_server::Entity& entity) {
    return api::time_text(entity.created_at);
  };
  wish.descending = true;
  wish.skip = sessions_max - 1;
  FF_TRY(const auto page,
         identity_server::page_of_kind(store, EntityKind::user_session, {user_id}, wish));
  std::vector<EntityKey> keys;
  for (const auto& entity : page.entities) keys.push_back(entity->key);
  return keys;
}

Result<Opening> opening_of(const storage::Reader& store, const pb::User& user,
                           const MakeRandom& make_random) {
  const auto& user_id = user.ids().user_id();
  const auto random = make_random();
  FF_TRY(auto surplus, surplus_sessions(store, user_id));
  return Opening{.issued = identity_server::issue_session(user_id, *random),
                 .surplus = std::move(surplus),
                 .must_change_password = user.require_password_update()};
}

/// The transaction that makes it; `more` decides on the row behind `also`.
identity_server::ChangeEntities opening_change(const Opening& opening,
                                               std::optional<EntityKey> also,
                                               std::function<Status(EntityRows&, UtcTime)> more) {
  const auto& session = opening.issued.session;
  const auto key = identity_server::session_entity(session.user_id, session.id);
  identity_server::ChangeEntities change;
  change.keys = {key};
  if (also) change.keys.push_back(*also);
  for (const auto& old : opening.surplus) change.keys.push_back(old);
  change.decide = [=, surplus = opening.surplus](EntityRows& rows, UtcTime now) -> Status {
    if (more) FF_CHECK(more(rows, now));
    rows.put(key, identity_server::session_draft(session, now, now));
    for (const auto& old : surplus) rows.erase(old);
    return {};
  };
  return change;
}

void end_old_session(const VisitPtr& visit) {
  const auto id = visit->session_id();
  if (id.empty()) return;
  const auto key = identity_server::session_entity(visit->session()->user_id, id);
  visit->ports().identity.erase(
      key, [](const Status& ended) { ignore(ended, "the session may have ended before"); });
}

void store(const VisitPtr& visit, const Opening& opening, identity_server::ChangeEntities change,
           actors::Reply<LoggedIn> then) {
  const auto finish = [=, then = std::move(then)](const Result<Entities>& stored) {
    if (!stored) return then(fail(stored.error()));
    const auto& session = opening.issued.session;
    end_old_session(visit);
    visit->set_session({session.user_id, opening.issued.text});
    visit->account().count(Outcome::login);
    publish_of_user(visit->ports().identity, "oauth.user.login", session.user_id, visit->cause());
    then(LoggedIn{*visit->session(), opening.must_change_password});
  };
  change_recorded(visit, act_of(visit, "account/login", opening.issued.session.user_id),
                  std::move(change), finish);
}

/// False: it was answered.
bool may_try(const VisitPtr& visit, const std::string& account,
             const actors::Reply<LoggedIn>& then) {
  const auto& ports = visit->ports();
  const auto wait = visit->account().logins->begin(account, visit->address(), ports.mono_now());
  if (!wait) return true;
  visit->account().count(Outcome::login_throttled);
  const auto& rules = ports.settings.throttle;
  then(fail(rate_limit_exceeded, {{"rate", std::to_string(rules.per_account)},
                                  {"key", "http:account:" + visit->address()}}));
  return false;
}

}  // namespace

bool is_throttled(const VisitPtr& visit, const Refusal& refusal) {
  if (!refusal.name.ends_with(":rate_limit_exceeded")) return false;
  visit->account().count(Outcome::login_throttled);
  return true;
}

void log_in(const VisitPtr& visit, const std::string& user_id, const std::string& password,
            actors::Reply<LoggedIn> then) {
  if (!may_try(visit, user_id, then)) return;
  auto known = std::make_shared<bool>(false);
  auto check = [known, user_id, password, make = visit->ports().make_random](
                   const storage::Reader& store) -> Result<Opening> {
    const auto user = user_of(store, user_id);
    if (!user && user.error().code() != Code::not_found) return fail(user.error());
    *known = user.has_value();
    const bool has_password = user && !user->password().empty();
    const bool is_right = identity_server::is_hash_of(
        has_password ? std::string_view(user->password()) : nobodys_hash, password);
    if (!has_password || !is_right) return fail(no_user_id_password_match);
    return opening_of(store, *user, make);
  };
  visit->ports().identity.read_slowly<Opening>(check, [=, then = std::move(then)](
                                                          const Result<Opening>& opening) {
    const auto& account = visit->account();
    if (!opening) {
      const bool is_wrong = opening.error().is(no_user_id_password_match);
      if (is_wrong) account.count(Outcome::login_refused);
      if (!is_wrong || !*known) return then(fail(opening.error()));
      publish_of_user(account.ports.identity, "account.user.login_failed", user_id, visit->cause());
      const auto refuse = [then, error = opening.error()](const Status&) { then(fail(error)); };
      return act_of(visit, "account/login", user_id).write(fail(opening.error()), refuse);
    }
    account.logins->succeeded(user_id, visit->address(), account.ports.mono_now());
    store(visit, *opening, opening_change(*opening, {}, nullptr), then);
  });
}

void log_in_by_token(const VisitPtr& visit, const std::string& token,
                     actors::Reply<LoggedIn> then) {
  const auto& identity = visit->ports().identity;
  if (!identity.settings().login_tokens_enabled) return then(fail(login_tokens_disabled));
  if (!may_try(visit, "", then)) return;
  const EntityKey key{EntityKind::login_token, {token.substr(0, 64)}};
  auto find = [key,
               make = visit->ports().make_random](const storage::Reader& store) -> Result<Opening> {
    const auto entity = identity_server::get_entity(store, key, identity_server::Deleted::without);
    if (!entity && entity.error().code() == Code::not_found) return fail(login_token_not_found);
    if (!entity) return fail(entity.error());
    FF_TRY(const auto login, entity_message<pb::LoginToken>(**entity));
    const auto user = user_of(store, login.user_ids().user_id());
    if (!user && user.error().code() == Code::not_found) return fail(login_token_not_found);
    if (!user) return fail(user.error());
    return opening_of(store, *user, make);
  };
  auto use = [key](EntityRows& rows, UtcTime now) -> Status {
    const auto* row = rows.find(key);
    if (row == nullptr) return fail(login_token_not_found);
    FF_TRY(auto login, entity_message<pb::LoginToken>(*row));
    if (login.used()) return fail(login_token_already_used);
    if (time_of(login.expires_at()) <= now) return fail(login_token_expired);
    login.set_used(true);
    rows.put(key, {.message = entity_bytes(login), .unique = {}});
    return {};
  };
  identity.read<Opening>(find, [=, then = std::move(then)](const Result<Opening>& opening) {
    if (!opening) {
      visit->account().count(Outcome::login_refused);
      return then(fail(opening.error()));
    }
    visit->account().logins->succeeded("", visit->address(), visit->ports().mono_now());
    store(visit, *opening, opening_change(*opening, key, use), then);
  });
}

void log_in_recognized(const VisitPtr& visit, const std::string& user_id,
                       actors::Reply<LoggedIn> then) {
  auto find = [user_id,
               make = visit->ports().make_random](const storage::Reader& store) -> Result<Opening> {
    FF_TRY(const auto user, user_of(store, user_id));
    return opening_of(store, user, make);
  };
  visit->ports().identity.read<Opening>(
      find, [=, then = std::move(then)](const Result<Opening>& opening) {
        if (!opening) return then(fail(opening.error()));
        store(visit, *opening, opening_change(*opening, {}, nullptr), then);
      });
}

void log_out(const VisitPtr& visit, std::function<void()> then) {
  const auto id = visit->session_id();
  if (id.empty()) {
    visit->clear_session();
    return then();
  }
  const auto user_id = visit->session()->user_id;
  const auto key = identity_server::session_entity(user_id, id);
  const auto act = act_of(visit, "account/logout", user_id);
  const auto finish = [=, then = std::move(then)](const Status& ended) {
    if (ended)
      publish_of_user(visit->ports().identity, "oauth.user.logout", user_id, visit->cause());
    visit->clear_session();
    // Who logs out is logged out, whatever becomes of the record.
    act.write(ended, [then](const Status&) { then(); });
  };
  visit->ports().identity.telling(act.trail()).erase(key, finish);
}

}  // namespace ff::api::account
