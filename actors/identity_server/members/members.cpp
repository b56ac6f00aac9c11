#include "actors/identity_server/members/members.hpp"

#include <algorithm>
#include <array>

#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/registry/queries.hpp"

namespace ff::identity_server {
namespace {

using storage::EntityKey;
using storage::EntityKind;
using storage::Family;

/// An entity with more collaborators is none that somebody made on purpose.
constexpr std::uint64_t members_max = 1'000'000;

std::string name_of(EntityKind kind) {
  return std::string(kind_name(kind));
}

Result<Member> decode_member(const Entity& membership) {
  const auto& ids = membership.key.ids;
  const auto kind = ids.at(2) == kind_name(EntityKind::organization) ? EntityKind::organization
                                                                     : EntityKind::user;
  FF_TRY(const auto rights, decode_membership(membership));
  return Member{.account = {kind, {ids.at(3)}}, .rights = rights};
}

/// The keys of what is listed below `prefix` and begins with `below`.
Result<std::vector<EntityKey>> listed(const storage::Reader& store, const Bytes& prefix,
                                      const Bytes& below) {
  std::vector<EntityKey> out;
  Status status;
  const storage::Scan scan{.family = Family::entity_index,
                           .range = storage::prefix_range(storage::listing_key(prefix, below))};
  FF_CHECK(store.scan(scan, [&](ByteView key, ByteView) {
    auto entity = storage::listed_entity(key, prefix.size());
    if (!entity) status = fail(entity.error());
    if (entity) out.push_back(*std::move(entity));
    return status.has_value();
  }));
  FF_CHECK(status);
  return out;
}

Result<std::vector<std::string>> direct_entities(const storage::Reader& store, EntityKind kind,
                                                 const EntityKey& account) {
  const auto prefix = storage::member_of_prefix(kind_name(account.kind), account.ids.front());
  const auto below = storage::entity_prefix(EntityKind::membership, {kind_name(kind)});
  FF_TRY(const auto memberships, listed(store, prefix, below));
  std::vector<std::string> ids;
  for (const auto& membership : memberships) ids.push_back(membership.ids.at(1));
  return ids;
}

bool is_visible(const Entity& entity, const PageWish& wish) {
  if (wish.deleted != Deleted::with &&
      entity.deleted_at.has_value() != (wish.deleted == Deleted::only))
    return false;
  return !wish.filter || wish.filter(entity);
}

/// What is kept of an entity until the page is known: a list may be long.
struct Listed {
  std::string text;
  Bytes key;
};

Result<EntityPage> take_page(const storage::Reader& store, std::vector<Listed> found,
                             const PageWish& wish) {
  if (wish.sort_text) {
    std::ranges::stable_sort(found, [&](const Listed& a, const Listed& b) {
      return wish.descending ? b.text < a.text : a.text < b.text;
    });
  } else if (wish.descending) {
    std::ranges::reverse(found);
  }
  EntityPage page{.entities = {}, .total = found.size()};
  const auto first = std::min<std::uint64_t>(wish.skip, found.size());
  const auto count = std::min<std::uint64_t>(wish.limit, found.size() - first);
  for (auto i = first; i < first + count; ++i) {
    FF_TRY(auto key, storage::parse_entity_key(found[i].key));
    auto entity = get_entity(store, key, Deleted::with);
    if (entity) page.entities.push_back(*std::move(entity));
  }
  return page;
}

/// Kinds whose entities are deleted but kept.
bool are_kept(EntityKind kind) {
  return kind == EntityKind::user || kind == EntityKind::organization ||
         kind == EntityKind::application || kind == EntityKind::gateway ||
         kind == EntityKind::client;
}

/// A page in the order of the ids, of entities that are all there: the others are counted, not
/// read.
Result<EntityPage> plain_page(const storage::Reader& store, storage::Scan scan,
                              const PageWish& wish) {
  if (wish.descending) scan.direction = storage::Direction::reverse;
  std::vector<Listed> window;
  std::uint64_t count = 0;
  FF_CHECK(store.scan(scan, [&](ByteView key, ByteView) {
    if (count >= wish.skip && window.size() < wish.limit) window.push_back({{}, to_owned(key)});
    ++count;
    return true;
  }));
  FF_TRY(auto page, take_page(store, std::move(window), {.limit = wish.limit}));
  page.total = count;
  return page;
}

}  // namespace

Result<std::vector<Member>> collaborators_of(const storage::Reader& store,
                                             const EntityKey& entity) {
  ListEntities list;
  list.kind = EntityKind::membership;
  list.parents = {name_of(entity.kind), entity.ids.front()};
  list.limit = members_max;
  FF_TRY(const auto page, list_entities(store, list));
  std::vector<Member> members;
  for (const auto& membership : page.entities) {
    FF_TRY(auto member, decode_member(*membership));
    members.push_back(std::move(member));
  }
  return members;
}

Result<Member> collaborator_of(const storage::Reader& store, const EntityKey& entity,
                               const EntityKey& account) {
  FF_TRY(const auto membership,
         get_entity(store, membership_entity(entity, account), Deleted::without));
  return decode_member(*membership);
}

Result<std::vector<std::string>> member_entities(const storage::Reader& store, EntityKind kind,
                                                 const EntityKey& account, bool indirect) {
  FF_TRY(auto ids, direct_entities(store, kind, account));
  if (indirect && account.kind == EntityKind::user && kind != EntityKind::organization) {
    FF_TRY(const auto organizations, direct_entities(store, EntityKind::organization, account));
    for (const auto& id : organizations) {
      const EntityKey organization{EntityKind::organization, {id}};
      if (!get_entity(store, organization, Deleted::without)) continue;
      FF_TRY(const auto theirs, direct_entities(store, kind, organization));
      ids.insert(ids.end(), theirs.begin(), theirs.end());
    }
  }
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

Result<std::vector<EntityKey>> memberships_of(const storage::Reader& store,
                                              const EntityKey& account) {
  const auto prefix = storage::member_of_prefix(kind_name(account.kind), account.ids.front());
  return listed(store, prefix, {});
}

Result<EntityPage> page_of(const storage::Reader& store, EntityKind kind,
                           const std::vector<std::string>& ids, const PageWish& wish) {
  constexpr std::size_t at_once = 1024;
  std::vector<Listed> found;
  for (std::size_t first = 0; first < ids.size(); first += at_once) {
    std::vector<Bytes> keys;
    for (auto i = first; i < std::min(ids.size(), first + at_once); ++i)
      keys.push_back(encode_key({kind, {ids[i]}}));
    FF_TRY(const auto rows, store.multi_get(Family::entity, keys));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!rows[i]) continue;
      FF_TRY(const auto entity, decode_entity({kind, {ids[first + i]}}, *rows[i]));
      if (!is_visible(entity, wish)) continue;
      found.push_back({wish.sort_text ? wish.sort_text(entity) : std::string(), keys[i]});
    }
  }
  return take_page(store, std::move(found), wish);
}

Result<EntityPage> page_of_kind(const storage::Reader& store, EntityKind kind,
                                const std::vector<std::string>& parents, const PageWish& wish) {
  std::vector<Listed> found;
  Status status;
  const auto prefix = parents.empty() ? storage::entity_prefix(kind)
                      : parents.size() == 1
                          ? storage::entity_prefix(kind, {parents[0]})
                          : storage::entity_prefix(kind, {parents[0], parents[1]});
  const storage::Scan scan{.family = Family::entity, .range = storage::prefix_range(prefix)};
  const bool is_plain = !wish.filter && !wish.sort_text && !are_kept(kind);
  if (is_plain && wish.deleted == Deleted::without) return plain_page(store, scan, wish);
  FF_CHECK(store.scan(scan, [&](ByteView key, ByteView value) {
    auto parsed = storage::parse_entity_key(key);
    auto entity =
        parsed ? decode_entity(*std::move(parsed), value) : Result<Entity>(fail(parsed.error()));
    if (!entity) status = fail(entity.error());
    if (entity && is_visible(*entity, wish))
      found.push_back({wish.sort_text ? wish.sort_text(*entity) : std::string(), to_owned(key)});
    return status.has_value();
  }));
  FF_CHECK(status);
  return take_page(store, std::move(found), wish);
}

}  // namespace ff::identity_server
