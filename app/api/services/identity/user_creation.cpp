#include "app/api/services/identity/user_creation.hpp"

#include "actors/identity_server/api_keys/admin.hpp"
#include "actors/identity_server/pictures/picture.hpp"
#include "actors/identity_server/policy/names.hpp"
#include "actors/identity_server/policy/password.hpp"
#include "app/api/services/base/cause.hpp"
#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/invitations.hpp"
#include "app/api/services/identity/notifications.hpp"
#include "app/api/services/identity/pictures.hpp"

namespace ff::api {
namespace {

using identity_server::EntityPtr;
using identity_server::EntityRows;

constexpr ErrorDef invitation_token_required{"pkg/identityserver", "invitation_token_required",
                                             Code::invalid_argument, "invitation token required"};
constexpr ErrorDef user_registration_disabled{"pkg/identityserver", "user_registration_disabled",
                                              Code::invalid_argument,
                                              "user registration is disabled"};
constexpr ErrorDef invitation_not_found{"pkg/identityserver/store", "invitation_not_found",
                                        Code::not_found, "invitation not found"};

/// In the order of the reference: clients see the first reason.
Status check(const pb::CreateUserRequest& request, bool by_admin,
             const identity_server::RegistrationRules& rules) {
  const auto& user = request.user();
  FF_CHECK(identity_server::check_name(user.ids().user_id()));
  if (!by_admin && rules.invitation_required && request.invitation_token().empty())
    return fail(invitation_token_required);
  if (!by_admin && !rules.enabled) return fail(user_registration_disabled);
  return identity_server::check_password(rules.passwords, user.ids().user_id(), user.password());
}

void prepare(pb::User& user, bool by_admin, const identity_server::RegistrationRules& rules) {
  // Deprecated, and nobody's to say that it is validated. [spec identity-server §2]
  user.clear_contact_info();
  if (by_admin) return;
  clear_admin_fields(user);
  user.set_state(pb::STATE_APPROVED);
  if (!rules.admin_approval_required) return;
  user.set_state(pb::STATE_REQUESTED);
  user.set_state_description("admin approval required");
}

void date_temporary_password(pb::User& user, UtcTime now) {
  if (user.temporary_password().empty()) return;
  if (!user.has_temporary_password_created_at())
    put_time(now, *user.mutable_temporary_password_created_at());
  if (!user.has_temporary_password_expires_at())
    put_time(now + given_password_ttl, *user.mutable_temporary_password_expires_at());
}

void tell_admins(const Identity& identity, const pb::User& user, const events::Cause& cause,
                 const std::string& sender) {
  pb::CreateUserRequest request;
  *request.mutable_user() = user;
  request.mutable_user()->clear_password();
  request.mutable_user()->clear_temporary_password();
  create_notification(identity,
                      {.entity = user_key(user.ids().user_id()),
                       .type = "user_requested",
                       .data = packed(request),
                       .email = true,
                       .to_admins = true,
                       .sender = sender,
                       .correlation_ids = cause.correlation_ids.list()},
                      [](const Result<std::string>&) {});
}

}  // namespace

void announce_user(const Identity& identity, const MakeRandom& make_random, const pb::User& user,
                   const events::Cause& cause, const std::string& sender) {
  publish_of_user(identity, "user.create", user.ids().user_id(), cause);
  EmailValidations(identity, make_random).send(user);
  if (user.state() == pb::STATE_REQUESTED) tell_admins(identity, user, cause, sender);
}

struct UserCreation::Creation {
  CallPtr call;
  pb::User user;
  std::string invitation_token;
  Reply<pb::User> reply;
  std::optional<storage::EntityKey> invitation;
  PictureChange picture = {};
};

void UserCreation::create(const CallPtr& call, const pb::CreateUserRequest& request,
                          const Reply<pb::User>& reply) const {
  auto creation = std::make_shared<Creation>(
      Creation{call, request.user(), request.invitation_token(), reply, {}});
  identity_.caller_if_any(
      call->metadata, [=, this, &request](const identity_server::AuthInfoPtr& caller) {
        const bool by_admin = caller && acts_as_admin(*caller);
        const auto& rules = identity_.settings().registration;
        if (const auto allowed = check(request, by_admin, rules); !allowed)
          return reply(fail(allowed.error()));
        // Pictures and passwords cost as much as a login, and mail is sent.
        const auto& ports = identity_.ports();
        const auto limited = by_admin ? Status() : begin_attempt(ports, {}, call->remote_address);
        if (!limited) return reply(fail(limited.error()));
        create(creation, by_admin);
      });
}

void UserCreation::create(const std::shared_ptr<Creation>& creation, bool by_admin) const {
  prepare(creation->user, by_admin, identity_.settings().registration);
  with_invitation(creation);
}

/// Before what takes long: an invitation that was made up costs nothing but this.
void UserCreation::with_invitation(const std::shared_ptr<Creation>& creation) const {
  if (creation->invitation_token.empty()) return with_picture(creation);
  identity_.find(
      invitation_index(creation->invitation_token), [=, this](const Result<EntityPtr>& invitation) {
        if (!invitation) return creation->reply(fail(invitation.error()));
        if (!*invitation) {
          return creation->reply(
              fail(invitation_not_found, {{"invitation_token", creation->invitation_token}}));
        }
        creation->invitation = (*invitation)->key;
        with_picture(creation);
      });
}

void UserCreation::with_picture(const std::shared_ptr<Creation>& creation) const {
  if (!creation->user.has_profile_picture()) return hash_passwords(creation);
  const PictureWish wish{.entity = user_key(creation->user.ids().user_id()),
                         .rules = identity_.settings().profile_pictures,
                         .disabled = profile_picture_uploads_disabled,
                         .maybe_picture = &creation->user.profile_picture()};
  prepare_picture(identity_, wish, [=, this](const Result<PictureChange>& picture) {
    if (!picture) return creation->reply(fail(picture.error()));
    creation->picture = *picture;
    creation->user.clear_profile_picture();
    if (picture->kind == PictureChange::Kind::put)
      *creation->user.mutable_profile_picture() = picture->shown;
    hash_passwords(creation);
  });
}

void UserCreation::hash_passwords(const std::shared_ptr<Creation>& creation) const {
  const auto& user = creation->user;
  passwords_.hash(user.password(), [=, this](const Result<std::string>& hash) {
    if (!hash) return creation->reply(fail(hash.error()));
    creation->user.set_password(*hash);
    passwords_.hash(creation->user.temporary_password(),
                    [=, this](const Result<std::string>& temporary) {
                      if (!temporary) return creation->reply(fail(temporary.error()));
                      creation->user.set_temporary_password(*temporary);
                      store(creation);
                    });
  });
}

void UserCreation::store(const std::shared_ptr<Creation>& creation) const {
  const auto key = user_key(creation->user.ids().user_id());
  const storage::EntityKey namesake{storage::EntityKind::organization, key.ids};
  identity_server::ChangeEntities message;
  message.keys = {key, namesake};
  if (creation->invitation) message.keys.push_back(*creation->invitation);
  if (creation->picture.kind == PictureChange::Kind::put)
    message.keys.push_back(identity_server::picture_key(key));
  message.decide = [creation, key, namesake](EntityRows& rows, UtcTime now) -> Status {
    if (rows.find(key) != nullptr || rows.find(namesake) != nullptr)
      return fail(identity_server::id_taken);
    auto user = creation->user;
    put_time(now, *user.mutable_password_updated_at());
    date_temporary_password(user, now);
    if (creation->invitation) {
      FF_TRY(const auto accepted,
             accept(rows.find(*creation->invitation), creation->invitation_token, user.ids(), now));
      rows.put(*creation->invitation, invitation_draft(accepted));
    }
    rows.put(key, {.message = entity_bytes(user), .unique = email_key(user)});
    if (creation->picture.kind == PictureChange::Kind::put)
      change_picture(creation->picture, key, rows);
    return {};
  };
  identity_.of(*creation->call)
      .change(std::move(message), [=, this](const Result<std::vector<EntityPtr>>& stored) {
        if (!stored) return creation->reply(fail(stored.error()));
        auto user = entity_message<pb::User>(*stored->front());
        if (!user) return creation->reply(fail(std::move(user).error()));
        const auto& call = *creation->call;
        announce_user(identity_, make_random_, *user, cause_of(call), user_who_calls(call));
        hide_secrets(*user, identity_.settings());
        creation->reply(std::move(user));
      });
}

}  // namespace ff::api
