#include "actors/identity_server/api_keys/access.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <map>

#include "actors/identity_server/api_keys/errors.hpp"
#include "actors/support/shell.hpp"
#include "protocol/crypto/digest.hpp"

namespace ff::identity_server {
namespace {

using storage::EntityKind;

/// Devices have no rights of their own.
storage::EntityKey with_rights(const storage::EntityKey& entity) {
  if (entity.kind != EntityKind::end_device) return entity;
  return {EntityKind::application, {entity.ids.front()}};
}

struct Cached {
  AuthInfoPtr caller;
  MonoTime until;
};

struct Shell {
  static inline const char* name = "identity_access";
  std::shared_ptr<const AccessContext> context;
  std::map<crypto::Sha256Digest, Cached> cache;
  /// Raised by every change: an answer that was looked up before it is not remembered.
  std::uint64_t generation = 0;
};
using Pointer = AccessHandle::stateful_pointer<Shell>;

/// One authentication on its way through the registry's reader; its steps run on the reader's
/// thread.
struct LookUp {
  AccessHandle access;
  RegistryReaderHandle reader;
  Token token;
  AccessAnswered answer;
  UtcTime now;
  actors::Reply<AuthInfoPtr> reply;
};
using LookUpPtr = std::shared_ptr<LookUp>;

void conclude(const LookUpPtr& look_up, Result<AuthInfo> caller) {
  if (!caller) return look_up->reply(fail(caller.error()));
  look_up->answer.caller = std::make_shared<const AuthInfo>(*std::move(caller));
  caf::anon_send(look_up->access, look_up->answer);
  look_up->reply(look_up->answer.caller);
}

void on_owner(const LookUpPtr& look_up, const AuthInfo& caller, const Result<EntityPtr>& owner) {
  // Keys of whatever is deleted stop working, also while it can be restored.
  if (!owner && owner.error().code() == Code::not_found)
    return conclude(look_up, fail(api_key_not_found));
  if (!owner) return conclude(look_up, fail(owner.error()));
  if (caller.owner.kind != EntityKind::user) return conclude(look_up, caller);
  auto state = decode_user_state(**owner);
  if (!state) return conclude(look_up, fail(state.error()));
  conclude(look_up, with_user_state(caller, *state));
}

void on_key(const LookUpPtr& look_up, const Result<EntityPtr>& entity) {
  if (!entity) return conclude(look_up, fail(entity.error()));
  if (!*entity) return conclude(look_up, fail(api_key_not_found));
  auto key = decode_api_key(**entity);
  if (!key) return conclude(look_up, fail(key.error()));
  auto caller = check_api_key(*key, look_up->token, look_up->now);
  if (!caller) return conclude(look_up, std::move(caller));
  caf::anon_send(look_up->reader,
                 GetEntity{.key = caller->owner,
                           .reply = [look_up, caller = *caller](const Result<EntityPtr>& owner) {
                             on_owner(look_up, caller, owner);
                           }});
}

AuthInfoPtr remembered(Pointer self, const crypto::Sha256Digest& digest) {
  auto& state = self->state;
  const auto found = state.cache.find(digest);
  if (found == state.cache.end()) return nullptr;
  const auto now = state.context->deps.clock->now();
  const auto& [caller, until] = found->second;
  if (until > now.mono && (!caller->expires_at || *caller->expires_at > now.utc)) return caller;
  state.cache.erase(found);
  return nullptr;
}

void authenticate(Pointer self, const Authenticate& message) {
  auto& state = self->state;
  auto token = parse_token(message.token);
  if (!token) return message.reply(fail(token.error()));
  if (token->kind != TokenKind::api_key) return message.reply(fail(unsupported_authorization));
  const auto digest = crypto::sha256(as_bytes(message.token));
  if (auto caller = remembered(self, digest)) return message.reply(std::move(caller));
  auto look_up = std::make_shared<LookUp>(
      LookUp{.access = AccessHandle(self),
             .reader = state.context->reader.get(),
             .token = *std::move(token),
             .answer = {.token_digest = digest, .generation = state.generation, .caller = {}},
             .now = state.context->deps.clock->now().utc,
             .reply = message.reply});
  caf::anon_send(look_up->reader, FindEntity{api_key_index(look_up->token.id),
                                             [look_up](const Result<EntityPtr>& entity) {
                                               on_key(look_up, entity);
                                             }});
}

void remember(Pointer self, const AccessAnswered& answer) {
  auto& state = self->state;
  if (answer.generation != state.generation) return;
  if (state.cache.size() >= state.context->cache_max) state.cache.clear();
  state.cache[answer.token_digest] = {
      answer.caller, state.context->deps.clock->now().mono + state.context->cache_time};
}

void forget(Pointer self, const storage::EntityKey& entity) {
  auto& state = self->state;
  ++state.generation;
  std::erase_if(state.cache, [&](const auto& entry) {
    const auto& caller = *entry.second.caller;
    if (entity.kind == EntityKind::api_key) return entity.ids.back() == caller.key_id;
    return entity == caller.owner;
  });
}

/// With what the entity itself allows: admins alone learn that there is none, and gateways give
/// rights to everyone. [spec identity-server §3]
Result<RightSet> with_entity(const AuthInfo& caller, const RightSet& rights,
                             const Result<EntityPtr>& entity) {
  const bool is_missing = !entity && entity.error().code() == Code::not_found;
  if (is_missing && !caller.is_admin) return rights;
  if (!entity) return fail(entity.error());
  if ((*entity)->key.kind != EntityKind::gateway) return rights;
  FF_TRY(const auto of_everyone, decode_public_rights(**entity));
  return rights | of_everyone;
}

void answer_rights(const RegistryReaderHandle& reader, const ListRights& message,
                   const RightSet& membership) {
  const auto entity = with_rights(message.entity);
  auto rights = rights_on(*message.caller, entity, membership);
  const bool is_settled = !message.caller->is_admin || !membership.empty();
  if (is_settled && entity.kind != EntityKind::gateway) return message.reply(rights);
  caf::anon_send(
      reader, GetEntity{.key = entity, .reply = [rights, message](const Result<EntityPtr>& found) {
                          message.reply(with_entity(*message.caller, rights, found));
                        }});
}

void list_rights(Pointer self, const ListRights& message) {
  const auto entity = with_rights(message.entity);
  const auto& owner = message.caller->owner;
  const auto reader = self->state.context->reader.get();
  const bool acts = owner.kind == EntityKind::user || owner.kind == EntityKind::organization;
  if (!acts || owner == entity) return answer_rights(reader, message, {});
  auto answer = [reader, message](const Result<EntityPtr>& membership) {
    if (!membership && membership.error().code() != Code::not_found)
      return message.reply(fail(membership.error()));
    if (!membership) return answer_rights(reader, message, {});
    const auto rights = decode_membership(**membership);
    if (!rights) return message.reply(fail(rights.error()));
    answer_rights(reader, message, *rights);
  };
  caf::anon_send(reader,
                 GetEntity{.key = membership_entity(entity, owner), .reply = std::move(answer)});
}

AccessHandle::behavior_type access(Pointer self, std::shared_ptr<const AccessContext> context) {
  actors::prepare(self, Shell::name);
  self->state.context = std::move(context);
  return {
      [self](const Authenticate& message) { authenticate(self, message); },
      [self](const ListRights& message) { list_rights(self, message); },
      [self](const ForgetAccess& message) { forget(self, message.entity); },
      [self](const AccessAnswered& message) { remember(self, message); },
  };
}

}  // namespace

AccessHandle spawn_access(caf::actor_system& system, std::shared_ptr<const AccessContext> context) {
  return system.spawn(access, std::move(context));
}

Result<AuthInfo> check_api_key(const ApiKey& key, const Token& token, UtcTime now) {
  if (!is_hash_of(key.hash, token.secret)) return fail(invalid_authorization);
  if (key.expires_at && *key.expires_at <= now) return fail(api_key_expired);
  return AuthInfo{.key_id = key.id,
                  .owner = key.owner,
                  .rights = implied(key.rights),
                  .universal_rights = {},
                  .is_admin = false,
                  .expires_at = key.expires_at};
}

AuthInfo with_user_state(AuthInfo caller, const UserState& user) {
  caller.rights = caller.rights & user.limit;
  caller.is_admin = user.admin;
  if (user.admin) caller.universal_rights = admin_rights() & caller.rights;
  return caller;
}

RightSet rights_on(const AuthInfo& caller, const storage::EntityKey& entity,
                   const RightSet& membership) {
  const auto of_kind = rights_of_kind(entity.kind);
  if (caller.owner == entity) return caller.rights & of_kind;
  return (caller.universal_rights | (implied(membership) & caller.rights)) & of_kind;
}

}  // namespace ff::identity_server
