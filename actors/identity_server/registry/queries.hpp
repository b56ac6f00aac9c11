// Look-ups of entities in the store. They block: for the registry's reader and for start-up.
#pragma once

#include "actors/identity_server/registry/messages.hpp"
#include "storage/engine/engine.hpp"

namespace ff::identity_server {

/// Errors: not_found(), those of the store.
Result<EntityPtr> get_entity(const storage::Reader& store, const storage::EntityKey& key,
                             Deleted deleted);
/// Null if nothing owns the key.
Result<EntityPtr> find_entity(const storage::Reader& store, ByteView index_key);
/// Entities of one order rank are in the order of their ids.
Result<EntityPage> list_entities(const storage::Reader& store, const ListEntities& list);

}  // namespace ff::identity_server
