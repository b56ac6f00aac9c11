// Which listings an entity is in: rows of `entity_index` that lead from something else to it. They
// follow from its key alone.
#pragma once

#include <vector>

#include "storage/keys/entity_keys.hpp"

namespace ff::identity_server {

/// Whole keys of family `entity_index`. Memberships are listed below their member, bookmarks below
/// what they lead to; other kinds are in none.
std::vector<Bytes> listings_of(const storage::EntityKey& key);

}  // namespace ff::identity_server
