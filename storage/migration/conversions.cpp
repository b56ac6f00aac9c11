#include "storage/migration/conversions.hpp"

#include "storage/keys/entity_keys.hpp"

namespace ff::storage {

Status list_membership(ByteView key, ByteView, WriteBatch& out) {
  FF_TRY(const auto entity, parse_entity_key(key));
  if (entity.kind != EntityKind::membership) return {};
  out.put(Family::entity_index, listing_key(member_of_prefix(entity.ids[2], entity.ids[3]), key),
          {});
  return {};
}

}  // namespace ff::storage
