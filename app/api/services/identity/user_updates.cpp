#include "app/api/services/identity/user_updates.hpp"

#include "actors/identity_server/pictures/picture.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/notifications.hpp"
#include "app/api/services/identity/pictures.hpp"
#include "app/api/services/identity/state_notice.hpp"
#include "app/api/services/identity/users.hpp"

namespace ff::api {
namespace {

using identity_server::Draft;
using identity_server::Entity;
using identity_server::EntityPtr;
using identity_server::EntityRows;

constexpr int attempts_max = 5;

}  // namespace

/// Ready to be applied.
struct UserUpdates::FieldChange {
  pb::User requested;
  Paths paths;
  bool by_admin = false;
  PictureChange picture = {};

  bool has(std::string_view path) const { return has_path(paths, path); }
};

namespace {

/// What goes with the named fields.
template <class FieldChange>
void complete(FieldChange& change) {
  // A state that is set without its description has none.
  if (change.has("state") && !change.has("state_description")) {
    change.requested.clear_state_description();
    change.paths.emplace_back("state_description");
  }
}

template <class FieldChange>
Result<Draft> apply(const FieldChange& change, const Entity& current, UtcTime now) {
  FF_TRY(auto user, entity_message<pb::User>(current));
  const auto address = user.primary_email_address();
  FF_CHECK(
      field_mask::copy(change.requested, without_picture(change.paths, "profile_picture"), user));
  if (change.picture.kind == PictureChange::Kind::put)
    *user.mutable_profile_picture() = change.picture.shown;
  if (change.picture.kind == PictureChange::Kind::remove) user.clear_profile_picture();
  if (!change.by_admin && user.primary_email_address() != address)
    user.clear_primary_email_address_validated_at();
  if (change.has("temporary_password") && !user.temporary_password().empty()) {
    if (!change.has("temporary_password_created_at"))
      put_time(now, *user.mutable_temporary_password_created_at());
    if (!change.has("temporary_password_expires_at"))
      put_time(now + given_password_ttl, *user.mutable_temporary_password_expires_at());
  }
  return Draft{entity_bytes(user), email_key(user), false};
}

}  // namespace

struct UserUpdates::Transaction {
  CallPtr call;
  storage::EntityKey key;
  bool admins_matter = false;
  std::function<Result<Draft>(const Entity&, UtcTime)> change;
  PictureChange picture = {};
  int attempts = 0;
};

void UserUpdates::change(const Transaction& transaction, actors::Reply<EntityPtr> then) const {
  auto store = [=, this](const Admins& admins) {
    identity_server::ChangeEntities message;
    message.keys = {transaction.key};
    if (admins.other) message.keys.push_back(*admins.other);
    if (transaction.picture.kind != PictureChange::Kind::keep)
      message.keys.push_back(identity_server::picture_key(transaction.key));
    message.decide = [=](EntityRows& rows, UtcTime now) -> Status {
      FF_TRY(const auto* current, rows.live(transaction.key));
      if (transaction.admins_matter) FF_CHECK(check_not_last(admins, transaction.key, rows));
      FF_TRY(auto draft, transaction.change(*current, now));
      rows.put(transaction.key, std::move(draft));
      change_picture(transaction.picture, transaction.key, rows);
      return {};
    };
    auto changed = [=, this](const Result<std::vector<EntityPtr>>& done) {
      if (!done && done.error().is(admins_changed) && transaction.attempts < attempts_max) {
        auto again = transaction;
        ++again.attempts;
        return change(again, then);
      }
      if (!done) return then(fail(done.error()));
      then(done->front());
    };
    identity_.of(*transaction.call).change(std::move(message), std::move(changed));
  };
  if (!transaction.admins_matter) return store({});
  auto find = [key = transaction.key](const storage::Reader& reader) {
    return find_admins(reader, key);
  };
  identity_.scan<Admins>(find, [=](const Result<Admins>& admins) {
    if (!admins) return then(fail(admins.error()));
    store(*admins);
  });
}

void UserUpdates::update(const CallPtr& call, const pb::UpdateUserRequest& request,
                         const Reply<pb::User>& reply) const {
  FieldChange change_of{request.user(), change_paths(request.field_mask()), call->auth.is_admin};
  std::erase_if(change_of.paths,
                [](const std::string& path) { return path.starts_with("contact_info"); });
  const auto path = admin_path_of_user(change_of.paths);
  if (!path.empty() && !change_of.by_admin)
    return reply(fail(update_admin_field, {{"field", path}}));
  complete(change_of);
  const auto temporary =
      change_of.has("temporary_password") ? change_of.requested.temporary_password() : "";
  const auto answered = answer_paths(request.field_mask());
  with_picture(change_of, reply, [=, this](const FieldChange& pictured) {
    passwords_.hash(temporary, [=, this](const Result<std::string>& hash) {
      if (!hash) return reply(fail(hash.error()));
      auto hashed = pictured;
      hashed.requested.set_temporary_password(*hash);
      store(call, hashed, answered, reply);
    });
  });
}

/// Calls `then` with what becomes of the picture; else answers why not.
void UserUpdates::with_picture(const FieldChange& change_of, const Reply<pb::User>& reply,
                               std::function<void(const FieldChange&)> then) const {
  if (!names_picture(change_of.paths, "profile_picture")) return then(change_of);
  const auto& user = change_of.requested;
  const PictureWish wish{
      .entity = user_key(user.ids().user_id()),
      .rules = identity_.settings().profile_pictures,
      .disabled = profile_picture_uploads_disabled,
      .maybe_picture = user.has_profile_picture() ? &user.profile_picture() : nullptr};
  prepare_picture(identity_, wish,
                  [change_of, reply, then = std::move(then)](const Result<PictureChange>& picture) {
                    if (!picture) return reply(fail(picture.error()));
                    auto pictured = change_of;
                    pictured.picture = *picture;
                    pictured.requested.clear_profile_picture();
                    then(pictured);
                  });
}

void UserUpdates::store(const CallPtr& call, const FieldChange& change_of, const Paths& paths,
                        const Reply<pb::User>& reply) const {
  const auto key = user_key(change_of.requested.ids().user_id());
  auto answer = [=, this](const Result<EntityPtr>& entity) {
    if (!entity) return reply(fail(entity.error()));
    auto user = entity_message<pb::User>(**entity);
    if (!user) return reply(fail(std::move(user).error()));
    publish_change(identity_, *call, key, "update", change_of.paths);
    if (change_of.has("state")) notify(identity_, *call, state_notice(key, *user));
    if (change_of.has("primary_email_address") && !change_of.by_admin) validations_.send(*user);
    hide_secrets(*user, identity_.settings());
    reply(masked(*std::move(user), paths));
  };
  change({.call = call,
          .key = key,
          .admins_matter = change_of.has("admin"),
          .change = [change_of](const Entity& current,
                                UtcTime now) { return apply(change_of, current, now); },
          .picture = change_of.picture},
         answer);
}

void UserUpdates::erase(const CallPtr& call, const storage::EntityKey& key,
                        actors::Reply<void> then) const {
  auto keep = [](const Entity& current, UtcTime) -> Result<Draft> {
    return Draft{current.message, {}, true};
  };
  const Transaction deletion{.call = call, .key = key, .admins_matter = true, .change = keep};
  change(deletion, [then = std::move(then)](const Result<EntityPtr>& erased) {
    if (!erased) return then(fail(erased.error()));
    then({});
  });
}

}  // namespace ff::api
