#include "actors/identity_server/registry/entity.hpp"

#include "protocol/base/assert.hpp"
#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"

namespace ff::identity_server {

// ON-DISK: a number is never given to another member. The key is the row's.
template <class Archive>
void fields(Archive& a, Entity& entity) {
  a(1, entity.message);
  a(2, entity.created_at);
  a(3, entity.updated_at);
  a(4, entity.deleted_at);
  a(5, entity.index_keys);
}

namespace {

constexpr storage::ValueVersion entity_version = 1;

}  // namespace

Bytes encode_key(const storage::EntityKey& key) {
  const auto& ids = key.ids;
  switch (ids.size()) {
    case 1:
      return storage::entity_key(key.kind, {ids[0]});
    case 2:
      return storage::entity_key(key.kind, {ids[0], ids[1]});
    case 3:
      return storage::entity_key(key.kind, {ids[0], ids[1], ids[2]});
    default:
      break;
  }
  FF_ASSERT(ids.size() == 4);
  return storage::entity_key(key.kind, {ids[0], ids[1], ids[2], ids[3]});
}

Bytes encode_entity(const Entity& entity) {
  return storage::seal_record(entity_version, entity);
}

Result<Entity> decode_entity(storage::EntityKey key, ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, entity_version));
  FF_TRY(auto entity, storage::read_record<Entity>(envelope.body));
  entity.key = std::move(key);
  return entity;
}

}  // namespace ff::identity_server
