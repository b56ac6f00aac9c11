#include "actors/identity_server/api_keys/access.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <map>
#include <optional>

#include "actors/identity_server/api_keys/authenticate.hpp"
#include "actors/identity_server/api_keys/errors.hpp"
#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"
#include "protocol/crypto/digest.hpp"

namespace ff::identity_server {
namespace {

using storage::EntityKind;

struct Cached {
  AuthInfoPtr caller;
  MonoTime until;
};

struct Shell {
  static inline const char* name = "identity_access";
  std::shared_ptr<const AccessContext> context;
  std::optional<actors::MailboxProbe> mailbox;
  std::map<crypto::Sha256Digest, Cached> cache;
  /// Raised by every change: an answer that was looked up before it is not remembered.
  std::uint64_t generation = 0;
};
using Pointer = AccessHandle::stateful_pointer<Shell>;

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
  const auto digest = crypto::sha256(as_bytes(message.token));
  if (auto caller = remembered(self, digest)) return message.reply(std::move(caller));
  // On the reader's thread: hashing and reading block.
  auto look_up = [access = AccessHandle(self), token = *std::move(token), reply = message.reply,
                  answer = AccessAnswered{digest, state.generation, {}},
                  now = state.context->deps.clock->now().utc,
                  settings = state.context->settings](const storage::Reader& store) {
    auto caller = identity_server::authenticate(store, token, now, *settings);
    if (!caller) return reply(fail(caller.error()));
    auto known = answer;
    known.caller = std::make_shared<const AuthInfo>(*std::move(caller));
    caf::anon_send(access, known);
    reply(known.caller);
  };
  caf::anon_send(state.context->reader.get(), ReadEntities{std::move(look_up)});
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
    if (entity == caller.owner || entity.ids.back() == caller.key_id) return true;
    return entity.kind == EntityKind::client && entity.ids.back() == caller.client_id;
  });
}

void list_rights(Pointer self, const ListRights& message) {
  auto look_up = [message](const storage::Reader& store) {
    message.reply(identity_server::list_rights(store, *message.caller, message.entity));
  };
  caf::anon_send(self->state.context->reader.get(), ReadEntities{std::move(look_up)});
}

AccessHandle::behavior_type access(Pointer self, std::shared_ptr<const AccessContext> context) {
  actors::prepare(self, Shell::name);
  self->state.mailbox.emplace(*context->deps.metrics, Shell::name);
  self->state.context = std::move(context);
  return {
      [self](const Authenticate& message) {
        self->state.mailbox->sample(*self);
        authenticate(self, message);
      },
      [self](const ListRights& message) { list_rights(self, message); },
      [self](const ForgetAccess& message) { forget(self, message.entity); },
      [self](const AccessAnswered& message) { remember(self, message); },
  };
}

}  // namespace

AccessHandle spawn_access(caf::actor_system& system, std::shared_ptr<const AccessContext> context) {
  return system.spawn(access, std::move(context));
}

}  // namespace ff::identity_server
