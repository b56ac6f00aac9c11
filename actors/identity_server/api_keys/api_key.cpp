#include "actors/identity_server/api_keys/api_key.hpp"

#include "actors/identity_server/api_keys/errors.hpp"
#include "actors/identity_server/api_keys/message_values.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "ttn/lorawan/v3/gateway.pb.h"
#include "ttn/lorawan/v3/rights.pb.h"
#include "ttn/lorawan/v3/user.pb.h"

namespace ff::identity_server {
namespace {

namespace api = ttn::lorawan::v3;
using storage::EntityKind;

template <class Message>
void put_rights(Message& message, const RightSet& rights) {
  rights.for_each([&](Right right) { message.add_rights(static_cast<api::Right>(right)); });
}

/// The kind behind its name in a key; user for any other, which has no rights then.
EntityKind owner_kind(const std::string& name) {
  for (const auto kind : {EntityKind::organization, EntityKind::application, EntityKind::gateway,
                          EntityKind::client}) {
    if (kind_name(kind) == name) return kind;
  }
  return EntityKind::user;
}

}  // namespace

storage::EntityKey api_key_entity(const storage::EntityKey& owner, const std::string& id) {
  return {EntityKind::api_key, {std::string(kind_name(owner.kind)), owner.ids.front(), id}};
}

Bytes api_key_index(std::string_view id) {
  return storage::text_index_key(storage::EntityIndex::name_registry,
                                 {kind_name(EntityKind::api_key), id});
}

Draft api_key_draft(const ApiKey& key, UtcTime created_at, UtcTime updated_at) {
  api::APIKey message;
  message.set_id(key.id);
  message.set_key(key.hash);
  message.set_name(key.name);
  put_rights(message, key.rights);
  set_time(*message.mutable_created_at(), created_at);
  set_time(*message.mutable_updated_at(), updated_at);
  if (key.expires_at) set_time(*message.mutable_expires_at(), *key.expires_at);
  return {.message = serialize(message), .unique = {{api_key_index(key.id), {}}}};
}

Result<ApiKey> decode_api_key(const Entity& entity) {
  FF_TRY(const auto message, parse<api::APIKey>(entity));
  ApiKey key{.owner = {owner_kind(entity.key.ids[0]), {entity.key.ids[1]}},
             .id = message.id(),
             .hash = message.key(),
             .name = message.name(),
             .rights = rights_in(message),
             .expires_at = {}};
  if (message.has_expires_at()) key.expires_at = time_of(message.expires_at());
  return key;
}

IssuedApiKey issue_api_key(storage::EntityKey owner, std::string name, const RightSet& rights,
                           Random& random) {
  const auto token = make_token(TokenKind::api_key, random);
  auto hash = hash_secret(token.secret, token_iterations, random);
  return {{.owner = std::move(owner),
           .id = token.id,
           .hash = std::move(hash),
           .name = std::move(name),
           .rights = rights,
           .expires_at = {}},
          to_string(token)};
}

CreateEntity create_api_key(const ApiKey& key, actors::Reply<EntityPtr> reply) {
  return {.key = api_key_entity(key.owner, key.id),
          .make = [key](UtcTime now) -> Result<Draft> { return api_key_draft(key, now, now); },
          .companions = {},
          .reply = std::move(reply)};
}

CreateEntity create_admin_user(const std::string& user_id, actors::Reply<EntityPtr> reply) {
  auto make = [user_id](UtcTime now) -> Result<Draft> {
    api::User user;
    user.mutable_ids()->set_user_id(user_id);
    set_time(*user.mutable_created_at(), now);
    set_time(*user.mutable_updated_at(), now);
    user.set_state(api::STATE_APPROVED);
    user.set_admin(true);
    return Draft{.message = serialize(user), .unique = {}};
  };
  return {.key = {EntityKind::user, {user_id}},
          .make = std::move(make),
          .companions = {},
          .reply = std::move(reply)};
}

Result<UserState> decode_user_state(const Entity& user, const Settings& settings) {
  FF_TRY(const auto message, parse<api::User>(user));
  const auto refused = [&](const ErrorDef& def, RightSet limit, const char* warning) {
    return UserState{.admin = false,
                     .limit = limit,
                     .refusal = Error(def, {{"description", message.state_description()}}),
                     .warning = warning};
  };
  switch (message.state()) {
    case api::STATE_APPROVED:
    case api::STATE_FLAGGED:
      break;
    case api::STATE_REQUESTED:
      return refused(user_requested,
                     {Right::user_info, Right::user_settings_basic, Right::user_delete},
                     "Restricted rights until your account is approved");
    case api::STATE_REJECTED:
      return refused(user_rejected, {Right::user_info, Right::user_delete},
                     "Restricted rights: your account is rejected");
    case api::STATE_SUSPENDED:
      return refused(user_suspended, {Right::user_info},
                     "Restricted rights: your account is suspended");
    default:
      return UserState{};
  }
  if (settings.registration.validation_required &&
      !message.has_primary_email_address_validated_at()) {
    return UserState{.admin = false,
                     .limit = {Right::user_info, Right::user_settings_basic, Right::user_delete},
                     .refusal = {},
                     .warning = "Restricted rights until your email address is validated"};
  }
  const bool admin = message.admin() && message.state() == api::STATE_APPROVED;
  return UserState{.admin = admin, .limit = all_rights(), .refusal = {}, .warning = {}};
}

Result<RightSet> decode_public_rights(const Entity& gateway) {
  FF_TRY(const auto message, parse<api::Gateway>(gateway));
  RightSet rights;
  if (message.status_public()) rights.add(Right::gateway_status_read);
  if (message.location_public()) rights.add(Right::gateway_location_read);
  return rights;
}

storage::EntityKey membership_entity(const storage::EntityKey& entity,
                                     const storage::EntityKey& member) {
  return {EntityKind::membership,
          {std::string(kind_name(entity.kind)), entity.ids.front(),
           std::string(kind_name(member.kind)), member.ids.front()}};
}

Companion make_membership(const storage::EntityKey& entity, const storage::EntityKey& member,
                          const RightSet& rights) {
  api::Collaborator message;
  if (member.kind == EntityKind::organization) {
    message.mutable_ids()->mutable_organization_ids()->set_organization_id(member.ids.front());
  } else {
    message.mutable_ids()->mutable_user_ids()->set_user_id(member.ids.front());
  }
  put_rights(message, rights);
  return {membership_entity(entity, member), serialize(message)};
}

Result<RightSet> decode_membership(const Entity& membership) {
  FF_TRY(const auto message, parse<api::Collaborator>(membership));
  return rights_in(message);
}

}  // namespace ff::identity_server
