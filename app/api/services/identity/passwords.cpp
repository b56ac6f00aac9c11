#include "app/api/services/identity/passwords.hpp"

#include "actors/identity_server/api_keys/session.hpp"
#include "actors/identity_server/policy/password.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/credentials_of_user.hpp"
#include "app/api/services/identity/notifications.hpp"
#include "app/api/services/identity/users.hpp"
#include "net/rate_limit/rate_limiter.hpp"

namespace ff::api {
namespace {

using identity_server::Draft;
using identity_server::Entity;
using identity_server::EntityPtr;

constexpr ErrorDef password_equals_old{"pkg/identityserver", "password_equals_old",
                                       Code::invalid_argument,
                                       "the new password can not be the old one"};
constexpr ErrorDef old_password{"pkg/identityserver", "old_password", Code::unauthenticated,
                                "incorrect old password"};
constexpr ErrorDef temporary_password_expired{"pkg/identityserver", "temporary_password_expired",
                                              Code::unauthenticated,
                                              "the temporary password has expired"};
constexpr ErrorDef temporary_password_still_valid{
    "pkg/identityserver", "temporary_password_still_valid", Code::invalid_argument,
    "the previous temporary password is still valid"};

/// Why the old password does not do; nothing: it does.
Status check_old(const pb::User& user, const std::string& old, UtcTime now) {
  using identity_server::is_hash_of;
  if (!user.password().empty() && is_hash_of(user.password(), old)) return {};
  if (user.temporary_password().empty() || !is_hash_of(user.temporary_password(), old))
    return fail(old_password);
  if (time_of(user.temporary_password_expires_at()) <= now) return fail(temporary_password_expired);
  return {};
}

Result<pb::User> user_of(const storage::Reader& store, const storage::EntityKey& key) {
  FF_TRY(const auto entity,
         identity_server::get_entity(store, key, identity_server::Deleted::without));
  return entity_message<pb::User>(*entity);
}

std::string hash_of(const std::string& password, const MakeRandom& make_random) {
  auto random = make_random();
  return identity_server::hash_password(password, *random);
}

/// Errors: temporary_password_still_valid.
Status check_no_temporary(const pb::User& user, UtcTime now) {
  if (user.temporary_password().empty() || time_of(user.temporary_password_expires_at()) <= now)
    return {};
  return fail(temporary_password_still_valid);
}

void clear_temporary(pb::User& user) {
  user.clear_temporary_password();
  user.clear_temporary_password_created_at();
  user.clear_temporary_password_expires_at();
}

Mail mail_of(const pb::User& user, const std::string& password) {
  return {.to = user.primary_email_address(),
          .subject = "Your temporary password",
          .text = "A temporary password for user " + user.ids().user_id() +
                  " was asked for.\n\nTemporary password: " + password +
                  "\n\nUse it as the old password when you set a new one:\n\n"
                  "account:/update-password?user=" +
                  user.ids().user_id() + "\n\nIf you did not ask for it, ignore this mail.\n"};
}

}  // namespace

Status begin_attempt(const IdentityPorts& ports, const std::string& account,
                     const std::string& address) {
  if (!ports.logins || !ports.logins->begin(account, address, ports.mono_now())) return {};
  const auto& rules = ports.logins->rules();
  return fail(net::rate_limit_exceeded,
              {{"rate", std::to_string(account.empty() ? rules.per_address : rules.per_account)},
               {"key", account.empty() ? "ip:" + address : "user:" + account}});
}

struct Passwords::Update {
  CallPtr call;
  pb::UpdateUserPasswordRequest request;
  Reply<Empty> reply;
  pb::User user;     // as its old password was checked
  std::string hash;  // of the new one
};

void Passwords::hash(const std::string& password, actors::Reply<std::string> then) const {
  if (password.empty()) return then(std::string());
  auto compute = [password, make = make_random_](const storage::Reader&) -> Result<std::string> {
    return hash_of(password, make);
  };
  identity_.read_slowly<std::string>(compute, std::move(then));
}

struct Passwords::Temporary {
  CallPtr call;
  std::string user_id;
  std::string password;
  std::string hash;
};

/// Hashing takes long: it is looked before whether there is a reason for it.
void Passwords::create_temporary(const CallPtr& call, const std::string& user_id,
                                 const Reply<Empty>& reply) const {
  if (const auto limited = begin_attempt(identity_.ports(), {}, call->remote_address); !limited)
    return reply(fail(limited.error()));
  auto check = [key = user_key(user_id),
                now = context_.now()](const storage::Reader& store) -> Result<bool> {
    FF_TRY(const auto user, user_of(store, key));
    FF_CHECK(check_no_temporary(user, now));
    return true;
  };
  identity_.read<bool>(check, [=, this](const Result<bool>& wanted) {
    if (!wanted) return reply(fail(wanted.error()));
    auto random = make_random_();
    const auto password =
        identity_server::make_token(identity_server::TokenKind::session, *random).secret;
    hash(password, [=, this](const Result<std::string>& hashed) {
      if (!hashed) return reply(fail(hashed.error()));
      store(Temporary{call, user_id, password, *hashed}, reply);
    });
  });
}

void Passwords::store(const Temporary& temporary, const Reply<Empty>& reply) const {
  identity_server::ChangeEntity message;
  message.key = user_key(temporary.user_id);
  message.change = [key = message.key, hash = temporary.hash,
                    ttl = identity_.settings().temporary_password_ttl](
                       const Entity& current, UtcTime now) -> Result<Draft> {
    if (current.deleted_at) return fail(identity_server::not_found(key));
    FF_TRY(auto user, entity_message<pb::User>(current));
    FF_CHECK(check_no_temporary(user, now));
    user.set_temporary_password(hash);
    put_time(now, *user.mutable_temporary_password_created_at());
    put_time(now + ttl, *user.mutable_temporary_password_expires_at());
    return Draft{entity_bytes(user), email_key(user), false};
  };
  identity_.of(*temporary.call)
      .change(std::move(message),
              [=, this, password = temporary.password](const Result<EntityPtr>& changed) {
                if (!changed) return reply(fail(changed.error()));
                const auto user = entity_message<pb::User>(**changed);
                if (user && identity_.ports().send_mail)
                  identity_.ports().send_mail(mail_of(*user, password));
                reply(Empty());
              });
}

void Passwords::update(const CallPtr& call, const pb::UpdateUserPasswordRequest& request,
                       const Reply<Empty>& reply) const {
  const auto& id = request.user_ids().user_id();
  const auto allowed = identity_server::check_password(identity_.settings().registration.passwords,
                                                       id, request.new_());
  if (!allowed) return reply(fail(allowed.error()));
  if (request.new_() == request.old()) return reply(fail(password_equals_old));
  if (const auto limited = begin_attempt(identity_.ports(), id, call->remote_address); !limited)
    return reply(fail(limited.error()));
  auto update = std::make_shared<Update>(Update{call, request, reply, {}, {}});
  auto check = [update, key = user_key(id), now = context_.now(),
                make = make_random_](const storage::Reader& store) -> Result<pb::User> {
    FF_TRY(auto user, user_of(store, key));
    FF_CHECK(check_old(user, update->request.old(), now));
    update->hash = hash_of(update->request.new_(), make);
    return user;
  };
  identity_.read_slowly<pb::User>(check, [=, this](const Result<pb::User>& user) {
    if (!user) {
      if (user.error().is(old_password) || user.error().is(temporary_password_expired))
        publish_change(identity_, *call, user_key(id), "update.incorrect_password");
      return update->reply(fail(user.error()));
    }
    const auto& ports = identity_.ports();
    if (ports.logins)
      ports.logins->succeeded(user->ids().user_id(), call->remote_address, ports.mono_now());
    update->user = *user;
    store(update);
  });
}

void Passwords::store(const std::shared_ptr<Update>& update) const {
  identity_server::ChangeEntity message;
  message.key = user_key(update->user.ids().user_id());
  message.change = [update, key = message.key](const Entity& current,
                                               UtcTime now) -> Result<Draft> {
    if (current.deleted_at) return fail(identity_server::not_found(key));
    FF_TRY(auto user, entity_message<pb::User>(current));
    // What was checked has been replaced or used meanwhile.
    if (user.password() != update->user.password() ||
        user.temporary_password() != update->user.temporary_password())
      return fail(old_password);
    user.set_password(update->hash);
    put_time(now, *user.mutable_password_updated_at());
    user.clear_require_password_update();
    clear_temporary(user);
    return Draft{entity_bytes(user), email_key(user), false};
  };
  identity_.of(*update->call)
      .change(std::move(message), [=, this](const Result<EntityPtr>& changed) {
        if (!changed) return update->reply(fail(changed.error()));
        publish_change(identity_, *update->call, (*changed)->key, "update", {"password"});
        notify(identity_, *update->call,
               {.entity = (*changed)->key, .type = "password_changed", .data = {}, .email = true});
        revoke(update);
      });
}

void Passwords::revoke(const std::shared_ptr<Update>& update) const {
  if (!update->request.revoke_all_access()) return update->reply(Empty());
  erase_credentials(identity_.of(*update->call), update->user.ids().user_id(),
                    [update](const Status& erased) {
                      if (!erased) return update->reply(fail(erased.error()));
                      update->reply(Empty());
                    });
}

}  // namespace ff::api
