#include "actors/identity_server/registry/listings.hpp"

#include "actors/identity_server/registry/entity.hpp"

namespace ff::identity_server {

std::vector<Bytes> listings_of(const storage::EntityKey& key) {
  const auto& ids = key.ids;
  switch (key.kind) {
    case storage::EntityKind::membership:
      return {storage::listing_key(storage::member_of_prefix(ids[2], ids[3]), encode_key(key))};
    case storage::EntityKind::user_bookmark:
      return {storage::listing_key(storage::bookmarks_of_prefix(ids[1], ids[2]), encode_key(key))};
    default:
      return {};
  }
}

}  // namespace ff::identity_server
