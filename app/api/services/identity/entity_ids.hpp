// Entities as the API names them: ttn.lorawan.v3.EntityIdentifiers and the registry's keys. Pure.
#pragma once

#include "app/api/services/identity/entity_registry.hpp"

namespace ff::api {

void put_entity(const storage::EntityKey& key, pb::EntityIdentifiers& out);
/// Nothing when none is named.
std::optional<storage::EntityKey> entity_key_of(const pb::EntityIdentifiers& ids);

}  // namespace ff::api
