#include "actors/identity_server/registry/queries.hpp"

#include <algorithm>

#include "actors/identity_server/registry/errors.hpp"

namespace ff::identity_server {
namespace {

using storage::Family;

bool is_visible(const Entity& entity, Deleted deleted) {
  if (deleted == Deleted::with) return true;
  return entity.deleted_at.has_value() == (deleted == Deleted::only);
}

Bytes prefix_of(const ListEntities& list) {
  const auto& ids = list.parents;
  switch (ids.size()) {
    case 0:
      return storage::entity_prefix(list.kind);
    case 1:
      return storage::entity_prefix(list.kind, {ids[0]});
    case 2:
      return storage::entity_prefix(list.kind, {ids[0], ids[1]});
    default:
      return storage::entity_prefix(list.kind, {ids[0], ids[1], ids[2]});
  }
}

/// What sorting needs: a list may be long, its messages are not kept.
struct Listed {
  Bytes key;
  UtcTime created_at;
};

Result<std::vector<Listed>> scan(const storage::Reader& store, const ListEntities& list) {
  std::vector<Listed> found;
  Status status;
  const storage::Scan all{.family = Family::entity,
                          .range = storage::prefix_range(prefix_of(list))};
  FF_CHECK(store.scan(all, [&](ByteView key, ByteView value) {
    auto parsed = storage::parse_entity_key(key);
    auto entity =
        parsed ? decode_entity(*std::move(parsed), value) : Result<Entity>(fail(parsed.error()));
    if (!entity) {
      status = fail(entity.error());
      return false;
    }
    if (is_visible(*entity, list.deleted) && (!list.filter || list.filter(*entity))) {
      found.push_back({to_owned(key), entity->created_at});
    }
    return true;
  }));
  FF_CHECK(status);
  return found;
}

}  // namespace

Result<EntityPtr> get_entity(const storage::Reader& store, const storage::EntityKey& key,
                             Deleted deleted) {
  FF_TRY(const auto row, store.get(Family::entity, encode_key(key)));
  if (!row) return fail(not_found(key));
  FF_TRY(auto entity, decode_entity(key, *row));
  if (!is_visible(entity, deleted)) return fail(not_found(key));
  return EntityPtr(std::make_shared<const Entity>(std::move(entity)));
}

Result<EntityPtr> find_entity(const storage::Reader& store, ByteView index_key) {
  FF_TRY(const auto owner, store.get(Family::entity_index, index_key));
  if (!owner) return EntityPtr();
  FF_TRY(const auto key, storage::parse_entity_key(*owner));
  auto entity = get_entity(store, key, Deleted::with);
  // Between the two reads the entity may have been deleted.
  if (!entity && entity.error().code() == Code::not_found) return EntityPtr();
  return entity;
}

Result<EntityPage> list_entities(const storage::Reader& store, const ListEntities& list) {
  FF_TRY(auto found, scan(store, list));
  if (list.order == EntityOrder::created_at) {
    std::stable_sort(found.begin(), found.end(),
                     [](const Listed& a, const Listed& b) { return a.created_at < b.created_at; });
  }
  if (list.descending) std::reverse(found.begin(), found.end());
  EntityPage page{.entities = {}, .total = found.size()};
  const auto first = std::min<std::uint64_t>(list.skip, found.size());
  const auto count = std::min<std::uint64_t>(list.limit, found.size() - first);
  for (auto i = first; i < first + count; ++i) {
    FF_TRY(auto key, storage::parse_entity_key(found[i].key));
    auto entity = get_entity(store, key, Deleted::with);
    if (entity) page.entities.push_back(*std::move(entity));
  }
  return page;
}

}  // namespace ff::identity_server
