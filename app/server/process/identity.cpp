#include "app/server/process/identity.hpp"

#include "app/api/services/identity/entity_registry.hpp"
#include "storage/keys/entity_keys.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::app {

std::function<void(const storage::JoinKey&, actors::Reply<std::optional<std::string>>)>
find_registered_device(const identity_server::Routes& routes, api::Asker asker) {
  return [reader = routes.reader, asker = std::move(asker)](
             const storage::JoinKey& euis, actors::Reply<std::optional<std::string>> reply) {
    using identity_server::EntityPtr;
    const auto make = [&](actors::Reply<EntityPtr> then) {
      return identity_server::FindEntity{storage::device_euis_index_key(euis), std::move(then)};
    };
    auto found = [reply = std::move(reply)](const Result<EntityPtr>& entity) {
      if (!entity) return reply(fail(entity.error()));
      if (!*entity) return reply(std::optional<std::string>());
      const auto device = api::entity_message<ttn::lorawan::v3::EndDevice>(**entity);
      if (!device) return reply(fail(device.error()));
      reply(std::optional(device->network_server_address()));
    };
    asker.ask<EntityPtr>(reader.get(), "IDENTITY_SERVER", make, std::move(found));
  };
}

}  // namespace ff::app
