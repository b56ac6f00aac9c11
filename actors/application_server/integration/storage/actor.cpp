#include "actors/application_server/integration/storage/actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/application_server/integration/storage/query.hpp"
#include "actors/support/shell.hpp"

namespace ff::application_server {
namespace {

struct Shell {
  static inline const char* name = "storage_integration";
  StorageConfig config;
};

StorageHandle::behavior_type storage_reader(StorageHandle::stateful_pointer<Shell> self,
                                            StorageConfig config) {
  actors::prepare(self, Shell::name);
  self->state.config = config;
  return {
      [self](const QueryStored& ask) {
        const auto& state = self->state.config;
        ask.reply(query_stored(*state.store, state.shards, ask, state.scan_max));
      },
  };
}

}  // namespace

StorageHandle spawn_storage(caf::actor_system& system, StorageConfig config) {
  if (config.own_thread) return system.spawn<caf::detached>(storage_reader, config);
  return system.spawn(storage_reader, config);
}

}  // namespace ff::application_server
