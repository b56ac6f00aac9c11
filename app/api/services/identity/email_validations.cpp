#include "app/api/services/identity/email_validations.hpp"

#include "actors/identity_server/registry/errors.hpp"
#include "app/api/services/identity/users.hpp"
#include "protocol/crypto/digest.hpp"

namespace ff::api {
namespace {

using identity_server::Draft;
using identity_server::EntityPtr;
using identity_server::EntityRows;

constexpr ErrorDef no_validation_needed{"pkg/identityserver", "no_validation_needed",
                                        Code::invalid_argument, "no validation needed"};
constexpr ErrorDef validation_request_forbidden{
    "pkg/identityserver", "validation_request_forbidden", Code::permission_denied,
    "a validation has been asked for already; try again after `{retry_interval}`"};
constexpr ErrorDef validation_token_not_found{"pkg/identityserver/store",
                                              "validation_token_not_found", Code::not_found,
                                              "validation token not found"};
constexpr ErrorDef validation_token_expired{"pkg/identityserver/store", "validation_token_expired",
                                            Code::failed_precondition, "validation token expired"};
constexpr ErrorDef validation_token_already_used{
    "pkg/identityserver/store", "validation_token_already_used", Code::failed_precondition,
    "validation token already used"};

/// ON-DISK: ttn.lorawan.v3.EmailValidation; its key is the user's id, so that there is one. Used
/// when it has no token any more.
storage::EntityKey validation_key(const std::string& user_id) {
  return {storage::EntityKind::contact_validation, {user_id}};
}

Bytes id_index(const std::string& id) {
  return storage::text_index_key(storage::EntityIndex::name_registry, {"email_validation", id});
}

Draft draft_of(const pb::EmailValidation& validation) {
  return {.message = entity_bytes(validation), .unique = {{id_index(validation.id()), {}}}};
}

std::string interval_text(Duration interval) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(interval).count();
  return std::to_string(seconds / 3600) + "h" + std::to_string(seconds / 60 % 60) + "m" +
         std::to_string(seconds % 60) + "s";
}

/// The pending validation with a later end, or a new one.
Result<pb::EmailValidation> renew(const identity_server::Entity* pending, const pb::User& user,
                                  pb::EmailValidation fresh,
                                  const identity_server::RegistrationRules& rules, UtcTime now) {
  fresh.set_address(user.primary_email_address());
  put_time(now + rules.validation_ttl, *fresh.mutable_expires_at());
  if (pending == nullptr) return fresh;
  FF_TRY(auto validation, entity_message<pb::EmailValidation>(*pending));
  const bool usable = !validation.token().empty() &&
                      validation.address() == user.primary_email_address() &&
                      time_of(validation.expires_at()) > now;
  if (!usable) return fresh;
  if (pending->updated_at + rules.validation_retry_interval > now) {
    return fail(validation_request_forbidden,
                {{"retry_interval", interval_text(rules.validation_retry_interval)}});
  }
  *validation.mutable_expires_at() = fresh.expires_at();
  return validation;
}

Mail mail_of(const pb::EmailValidation& validation) {
  return {.to = validation.address(),
          .subject = "Please validate your email address",
          .text = "Please confirm that this address is yours:\n\naccount:/validate?reference=" +
                  validation.id() + "&token=" + validation.token() +
                  "\n\nOr give these to your client:\n\nValidation ID: " + validation.id() +
                  "\nToken: " + validation.token() +
                  "\n\nIf you have no account with us, ignore this mail.\n"};
}

}  // namespace

void EmailValidations::send(const pb::User& user) const {
  if (user.primary_email_address().empty() || user.has_primary_email_address_validated_at() ||
      !identity_.ports().send_mail)
    return;
  request(user.ids().user_id(), [](const Result<pb::EmailValidation>&) {});
}

void EmailValidations::request(const std::string& user_id, actors::Reply<pb::EmailValidation> then,
                               std::shared_ptr<AuditTrail> trail) const {
  auto random = make_random_();
  const auto token = identity_server::make_token(identity_server::TokenKind::session, *random);
  pb::EmailValidation fresh;
  fresh.set_id(token.id);
  fresh.set_token(token.secret);
  const auto user = user_key(user_id);
  const auto validation = validation_key(user_id);
  identity_server::ChangeEntities message;
  message.keys = {validation, user};
  message.decide = [=, rules = identity_.settings().registration](EntityRows& rows,
                                                                  UtcTime now) -> Status {
    FF_TRY(const auto* entity, rows.live(user));
    FF_TRY(const auto account, entity_message<pb::User>(*entity));
    if (account.primary_email_address().empty() || account.has_primary_email_address_validated_at())
      return fail(no_validation_needed);
    FF_TRY(const auto pending, renew(rows.find(validation), account, fresh, rules, now));
    rows.put(validation, draft_of(pending));
    return {};
  };
  // With a copy: nobody may wait for it any more, and the services may be gone.
  identity_.telling(trail).change(
      std::move(message),
      [identity = identity_, then](const Result<std::vector<EntityPtr>>& stored) {
        if (!stored) return then(fail(stored.error()));
        auto pending = entity_message<pb::EmailValidation>(*stored->front());
        if (!pending) return then(fail(std::move(pending).error()));
        if (identity.ports().send_mail) identity.ports().send_mail(mail_of(*pending));
        pending->clear_token();
        then(std::move(pending));
      });
}

void EmailValidations::validate(const pb::ValidateEmailRequest& request, const Reply<Empty>& reply,
                                std::shared_ptr<AuditTrail> trail) const {
  const auto not_there = [id = request.id()] {
    return Error(validation_token_not_found, {{"validation_id", id}});
  };
  auto found = [=, this, token = request.token()](const Result<EntityPtr>& entity) {
    if (!entity) return reply(fail(entity.error()));
    if (!*entity) return reply(fail(not_there()));
    const auto key = (*entity)->key;
    const auto user = user_key(key.ids.front());
    identity_server::ChangeEntities message;
    message.keys = {key, user};
    message.decide = [=](EntityRows& rows, UtcTime now) -> Status {
      FF_TRY(const auto* row, rows.live(key));
      FF_TRY(auto validation, entity_message<pb::EmailValidation>(*row));
      const std::vector<Attribute> id{{"validation_id", validation.id()}};
      if (validation.token().empty()) return fail(validation_token_already_used, id);
      if (!crypto::equal_in_constant_time(as_bytes(validation.token()), as_bytes(token)))
        return fail(not_there());
      if (time_of(validation.expires_at()) <= now) return fail(validation_token_expired, id);
      FF_TRY(const auto* entity_row, rows.live(user));
      FF_TRY(auto account, entity_message<pb::User>(*entity_row));
      // The address has changed since: the token says nothing about the new one.
      if (account.primary_email_address() != validation.address()) return fail(not_there());
      put_time(now, *account.mutable_primary_email_address_validated_at());
      rows.put(user, {.message = entity_bytes(account), .unique = email_key(account)});
      validation.clear_token();
      rows.put(key, draft_of(validation));
      return {};
    };
    identity_.telling(trail).change(std::move(message),
                                    [reply](const Result<std::vector<EntityPtr>>& stored) {
                                      if (!stored) return reply(fail(stored.error()));
                                      reply(Empty());
                                    });
  };
  identity_.find(id_index(request.id()), found);
}

}  // namespace ff::api
