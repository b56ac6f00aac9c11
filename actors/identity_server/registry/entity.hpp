// An entity as the registry keeps it: the API's own message, opaque, with what the registry itself
// must know of it. Not the meaning of the message; whoever creates and changes entities knows their
// kind.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"
#include "storage/keys/entity_keys.hpp"

namespace ff::identity_server {

struct Entity {
  storage::EntityKey key;
  Bytes message;  // of the API, in wire form
  UtcTime created_at;
  UtcTime updated_at;
  /// Deleted but kept, so that its id stays in use and it can be restored.
  std::optional<UtcTime> deleted_at;
  /// Keys of family `entity_index` that lead to this entity and to no other.
  std::vector<Bytes> index_keys;
  bool operator==(const Entity&) const = default;
};
using EntityPtr = std::shared_ptr<const Entity>;

/// A key in a unique index, and what to say when it leads to another entity already.
struct UniqueKey {
  Bytes index_key;  // storage/keys/entity_keys.hpp
  std::function<Error(const storage::EntityKey& owner)> taken;
};

/// What an entity becomes.
struct Draft {
  Bytes message;
  std::vector<UniqueKey> unique;  // all of them, not only new ones
  bool deleted = false;           // deleted but kept; the time of the first such draft stays
  bool keeps_time = false;        // what nobody changed: `updated_at` stays
};

/// The key in the store.
Bytes encode_key(const storage::EntityKey& key);

/// ON-DISK: a sealed record (storage/codec): the value of family `entity`. Golden test:
/// test/actors/identity_server/registry/registry_test.cpp.
Bytes encode_entity(const Entity& entity);
/// Total on any bytes. Errors: malformed_record, malformed_value, value_too_new.
Result<Entity> decode_entity(storage::EntityKey key, ByteView row);

}  // namespace ff::identity_server
