#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/identity_server/registry/actor.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"

namespace ff::identity_server {
namespace {

RegistryReaderHandle::behavior_type reader(RegistryReaderHandle::pointer self,
                                           const storage::Reader* store,
                                           actors::MailboxProbe mailbox) {
  actors::prepare(self, "identity_registry_reader");
  return {
      [store](const GetEntity& message) {
        message.reply(get_entity(*store, message.key, message.deleted));
      },
      [store](const FindEntity& message) { message.reply(find_entity(*store, message.index_key)); },
      [self, store, mailbox](const ReadEntities& message) mutable {
        mailbox.sample(*self);
        message.read(*store);
      },
      [store](const ListEntities& message) { message.reply(list_entities(*store, message)); },
  };
}

}  // namespace

RegistryReaderHandle spawn_registry_reader(caf::actor_system& system,
                                           const RegistryContextPtr& context,
                                           const std::string& kind) {
  const actors::MailboxProbe mailbox(*context->deps.metrics, kind);
  if (context->own_thread) return system.spawn<caf::detached>(reader, context->store, mailbox);
  return system.spawn(reader, context->store, mailbox);
}

}  // namespace ff::identity_server
