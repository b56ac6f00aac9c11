#include "actors/identity_server/api_keys/authenticate.hpp"

#include "actors/identity_server/api_keys/errors.hpp"
#include "actors/identity_server/api_keys/message_values.hpp"
#include "actors/identity_server/api_keys/session.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "ttn/lorawan/v3/client.pb.h"

namespace ff::identity_server {
namespace {

using storage::EntityKey;
using storage::EntityKind;

bool is_not_found(const Error& error) {
  return error.code() == Code::not_found;
}

/// `caller` as far as its owner allows. `gone`: what the caller gets when the owner is deleted.
Result<AuthInfo> with_owner(const storage::Reader& store, AuthInfo caller, const ErrorDef& gone,
                            const Settings& settings) {
  const auto owner = get_entity(store, caller.owner, Deleted::without);
  // Credentials of whatever is deleted stop working, also while it can be restored.
  if (!owner && is_not_found(owner.error())) return fail(gone);
  if (!owner) return fail(owner.error());
  if (caller.owner.kind != EntityKind::user) return caller;
  FF_TRY(const auto state, decode_user_state(**owner, settings));
  return with_user_state(std::move(caller), state, settings);
}

Result<AuthInfo> by_api_key(const storage::Reader& store, const Token& token, UtcTime now,
                            const Settings& settings) {
  FF_TRY(const auto entity, find_entity(store, api_key_index(token.id)));
  if (!entity) return fail(api_key_not_found);
  FF_TRY(const auto key, decode_api_key(*entity));
  FF_TRY(auto caller, check_api_key(key, token, now));
  return with_owner(store, std::move(caller), api_key_not_found, settings);
}

Result<AuthInfo> by_session(const storage::Reader& store, const Token& token, UtcTime now,
                            const Settings& settings) {
  FF_TRY(const auto entity, find_entity(store, session_index(token.id)));
  if (!entity) return fail(token_not_found);
  FF_TRY(const auto session, decode_session(*entity));
  if (!is_hash_of(session.hash, token.secret)) return fail(invalid_authorization);
  if (session.expires_at && *session.expires_at <= now) return fail(token_expired);
  AuthInfo caller{.key_id = session.id,
                  .owner = {EntityKind::user, {session.user_id}},
                  .rights = all_rights(),
                  .universal_rights = {},
                  .is_admin = false,
                  .expires_at = session.expires_at,
                  .method = AuthInfo::Method::session};
  return with_owner(store, std::move(caller), token_not_found, settings);
}

Status check_client(const storage::Reader& store, const std::string& client_id) {
  const auto entity = get_entity(store, {EntityKind::client, {client_id}}, Deleted::without);
  if (!entity && is_not_found(entity.error())) return fail(token_not_found);
  if (!entity) return fail(entity.error());
  FF_TRY(const auto client, parse<ttn::lorawan::v3::Client>(**entity));
  const auto refuse = [&](const ErrorDef& def) {
    return fail(def, {{"description", client.state_description()}});
  };
  if (client.state() == ttn::lorawan::v3::STATE_REJECTED) return refuse(oauth_client_rejected);
  if (client.state() == ttn::lorawan::v3::STATE_SUSPENDED) return refuse(oauth_client_suspended);
  return {};
}

Result<AuthInfo> by_access_token(const storage::Reader& store, const Token& token, UtcTime now,
                                 const Settings& settings) {
  const auto entity = get_entity(store, access_token_entity(token.id), Deleted::without);
  if (!entity && is_not_found(entity.error())) return fail(token_not_found);
  if (!entity) return fail(entity.error());
  FF_TRY(const auto access, decode_access_token(**entity));
  if (!is_hash_of(access.hash, token.secret)) return fail(invalid_authorization);
  if (access.expires_at && *access.expires_at <= now) return fail(token_expired);
  FF_CHECK(check_client(store, access.client_id));
  AuthInfo caller{.key_id = access.id,
                  .owner = {EntityKind::user, {access.user_id}},
                  .rights = implied(access.rights),
                  .universal_rights = {},
                  .is_admin = false,
                  .expires_at = access.expires_at,
                  .method = AuthInfo::Method::access_token,
                  .client_id = access.client_id};
  return with_owner(store, std::move(caller), token_not_found, settings);
}

/// Nothing for one that is not there.
Result<RightSet> membership(const storage::Reader& store, const EntityKey& entity,
                            const EntityKey& account) {
  const auto found = get_entity(store, membership_entity(entity, account), Deleted::without);
  if (!found && is_not_found(found.error())) return RightSet();
  if (!found) return fail(found.error());
  FF_TRY(const auto rights, decode_membership(**found));
  return implied(rights);
}

/// The organizations that are collaborators of the entity, by their memberships.
Result<EntityPage> organizations_of(const storage::Reader& store, const EntityKey& entity) {
  ListEntities list;
  list.kind = EntityKind::membership;
  list.parents = {std::string(kind_name(entity.kind)), entity.ids.front(),
                  std::string(kind_name(EntityKind::organization))};
  return list_entities(store, list);
}

/// Devices have no rights of their own.
EntityKey with_rights(const EntityKey& entity) {
  if (entity.kind != EntityKind::end_device) return entity;
  return {EntityKind::application, {entity.ids.front()}};
}

/// With what the entity itself allows: admins alone learn that there is none, and gateways give
/// rights to everyone.
Result<RightSet> with_entity(const storage::Reader& store, const AuthInfo& caller,
                             const EntityKey& key, const RightSet& rights) {
  const auto entity = get_entity(store, key, Deleted::without);
  const bool is_missing = !entity && is_not_found(entity.error());
  // Also while it is deleted but kept. [spec identity-server §3]
  if (is_missing && !caller.is_admin) return RightSet();
  if (!entity) return fail(entity.error());
  if (key.kind != EntityKind::gateway) return rights;
  FF_TRY(const auto of_everyone, decode_public_rights(**entity));
  return rights | of_everyone;
}

}  // namespace

Result<AuthInfo> authenticate(const storage::Reader& store, const Token& token, UtcTime now,
                              const Settings& settings) {
  switch (token.kind) {
    case TokenKind::api_key:
      return by_api_key(store, token, now, settings);
    case TokenKind::session:
      return by_session(store, token, now, settings);
    case TokenKind::access_token:
      return by_access_token(store, token, now, settings);
    default:
      return fail(unsupported_authorization);
  }
}

Result<RightSet> membership_rights(const storage::Reader& store, const EntityKey& entity,
                                   const EntityKey& account) {
  FF_TRY(auto rights, membership(store, entity, account));
  // Organizations are in none, and nothing is in an organization through another one.
  if (account.kind != EntityKind::user || entity.kind == EntityKind::organization) return rights;
  FF_TRY(const auto indirect, organizations_of(store, entity));
  for (const auto& one : indirect.entities) {
    const EntityKey organization{EntityKind::organization, {one->key.ids.at(3)}};
    const auto live = get_entity(store, organization, Deleted::without);
    if (!live && is_not_found(live.error())) continue;
    if (!live) return fail(live.error());
    FF_TRY(const auto of_organization, decode_membership(*one));
    FF_TRY(const auto of_user, membership(store, organization, account));
    rights = rights | (implied(of_organization) & of_user);
  }
  return rights;
}

Result<RightSet> list_rights(const storage::Reader& store, const AuthInfo& caller,
                             const EntityKey& entity) {
  const auto key = with_rights(entity);
  RightSet membership;
  if (is_account(caller.owner) && caller.owner != key) {
    FF_TRY(membership, membership_rights(store, key, caller.owner));
  }
  const auto rights = rights_on(caller, key, membership);
  // Who has none learns nothing, and that an owner is there was seen when it was authenticated.
  const bool is_settled = caller.owner == key || (rights.empty() && !caller.is_admin);
  if (is_settled && key.kind != EntityKind::gateway) return rights;
  return with_entity(store, caller, key, rights);
}

}  // namespace ff::identity_server
