#include "actors/identity_server/registry/turn.hpp"

#include <algorithm>

#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/registry/listings.hpp"
#include "storage/engine/engine.hpp"

namespace ff::identity_server {
namespace {

using storage::EntityKind;
using storage::Family;

Result<std::optional<Entity>> decode(const storage::EntityKey& key, const Row& row) {
  if (!row) return fail(row.error());
  if (!*row) return std::optional<Entity>();
  FF_TRY(auto entity, decode_entity(key, **row));
  return std::optional(std::move(entity));
}

Status decide(const CreateEntity& create, EntityRows& rows, UtcTime now) {
  if (rows.find(create.key) != nullptr) return fail(id_taken);
  FF_TRY(auto draft, create.make(now));
  rows.put(create.key, std::move(draft));
  return {};
}
Status decide(const ChangeEntity& change, EntityRows& rows, UtcTime now) {
  const auto* current = rows.find(change.key);
  if (current == nullptr) return fail(not_found(change.key));
  FF_TRY(auto draft, change.change(*current, now));
  rows.put(change.key, std::move(draft));
  return {};
}
Status decide(const ChangeEntities& change, EntityRows& rows, UtcTime now) {
  return change.decide(rows, now);
}
Status decide(const DeleteEntity& erase, EntityRows& rows, UtcTime) {
  if (rows.find(erase.key) == nullptr) return fail(not_found(erase.key));
  rows.erase(erase.key);
  return {};
}

EntityPtr make_entity(const EntityRows::Row& row, UtcTime now) {
  const auto& [key, current, draft, erased, is_read_only] = row;
  if (erased) return nullptr;
  if (!draft) return current ? std::make_shared<const Entity>(*current) : nullptr;
  Entity entity{.key = key,
                .message = draft->message,
                .created_at = current ? current->created_at : now,
                .updated_at = current && draft->keeps_time ? current->updated_at : now,
                .deleted_at = {},
                .index_keys = {}};
  if (draft->deleted)
    entity.deleted_at = current && current->deleted_at ? *current->deleted_at : now;
  for (const auto& unique : draft->unique) entity.index_keys.push_back(unique.index_key);
  return std::make_shared<const Entity>(std::move(entity));
}

/// What hangs on an entity and goes with it.
void erase_below(storage::WriteBatch& records, const storage::EntityKey& key) {
  if (key.kind == EntityKind::user)
    records.erase(Family::entity, storage::entity_key(EntityKind::picture, {"user", key.ids[0]}));
  if (key.kind == EntityKind::end_device)
    records.erase(
        Family::entity,
        storage::entity_key(EntityKind::picture, {"end_device", key.ids[0] + "." + key.ids[1]}));
  // End devices and what hangs on an entity have none of their own.
  if (key.ids.size() != 1) return;
  const auto erase = [&](const Bytes& prefix) {
    const auto range = storage::prefix_range(prefix);
    records.erase_range(Family::entity, range.first, range.last);
  };
  const auto kind = kind_name(key.kind);
  erase(storage::entity_prefix(EntityKind::api_key, {kind, key.ids[0]}));
  erase(storage::entity_prefix(EntityKind::membership, {kind, key.ids[0]}));
  if (key.kind != EntityKind::user) return;
  for (const auto owned :
       {EntityKind::user_session, EntityKind::client_authorization, EntityKind::notification,
        EntityKind::user_bookmark, EntityKind::contact_validation})
    erase(storage::entity_prefix(owned, {key.ids[0]}));
}

}  // namespace

std::vector<storage::EntityKey> keys_of(const Change& change) {
  if (const auto* several = std::get_if<ChangeEntities>(&change)) return several->keys;
  if (const auto* create = std::get_if<CreateEntity>(&change)) return {create->key};
  if (const auto* one = std::get_if<ChangeEntity>(&change)) return {one->key};
  return {std::get<DeleteEntity>(change).key};
}

std::size_t read_only_of(const Change& change) noexcept {
  const auto* several = std::get_if<ChangeEntities>(&change);
  return several == nullptr ? 0 : several->read_only;
}

void refuse(const Change& change, const Error& error) {
  std::visit(
      [&](const auto& message) {
        if (message.reply) message.reply(fail(error));
      },
      change);
}

Turn::Turn(std::vector<Change> changes) {
  for (auto& change : changes) {
    const auto keys = keys_of(change);
    for (const auto& key : keys) keys_.push_back(encode_key(key));
    EntityRows rows(keys, read_only_of(change));
    items_.push_back(
        {.change = std::move(change), .error = {}, .rows = std::move(rows), .next = {}});
  }
}

void Turn::plan_one(Item& item, const Row* first_row, UtcTime now) {
  for (auto& row : item.rows.rows()) {
    auto current = decode(row.key, *first_row++);
    if (!current) {
      item.error = current.error();
      return;
    }
    row.current = *std::move(current);
  }
  const auto decided =
      std::visit([&](const auto& change) { return decide(change, item.rows, now); }, item.change);
  if (!decided) {
    item.error = decided.error();
    return;
  }
  for (const auto& row : item.rows.rows()) item.next.push_back(make_entity(row, now));
}

void Turn::plan(const std::vector<Row>& rows, UtcTime now) {
  std::size_t first = 0;
  for (auto& item : items_) {
    plan_one(item, rows.data() + first, now);
    first += item.rows.rows().size();
    if (item.error) continue;
    for (const auto& row : item.rows.rows()) {
      if (!row.next) continue;
      for (const auto& unique : row.next->unique) index_keys_.push_back(unique.index_key);
    }
  }
}

void Turn::resolve_one(Item& item, Owners& owners) {
  for (const auto& row : item.rows.rows()) {
    if (!row.next) continue;
    const auto own_key = encode_key(row.key);
    for (const auto& unique : row.next->unique) {
      const auto found = owners.find(unique.index_key);
      if (found == owners.end() || found->second == own_key) continue;
      const auto owner = storage::parse_entity_key(found->second);
      item.error = !owner         ? owner.error()
                   : unique.taken ? unique.taken(*owner)
                                  : Error(already_exists);
      return;
    }
  }
  for (const auto& row : item.rows.rows()) {
    if (!row.next && !row.erased) continue;
    if (row.current) {
      for (const auto& index_key : row.current->index_keys) owners.erase(index_key);
    }
    if (!row.next) continue;
    for (const auto& unique : row.next->unique)
      owners.insert_or_assign(unique.index_key, encode_key(row.key));
  }
  record(item);
}

void Turn::record_row(const EntityRows::Row& row, const EntityPtr& next) {
  if (!row.next && !row.erased) return;
  const auto own_key = encode_key(row.key);
  if (row.current) {
    for (const auto& index_key : row.current->index_keys)
      records_.erase(Family::entity_index, index_key);
  }
  const auto listings = listings_of(row.key);
  if (!next) {
    for (const auto& listing : listings) records_.erase(Family::entity_index, listing);
    records_.erase(Family::entity, own_key);
    return erase_below(records_, row.key);
  }
  records_.put(Family::entity, own_key, encode_entity(*next));
  for (const auto& index_key : next->index_keys)
    records_.put(Family::entity_index, index_key, own_key);
  for (const auto& listing : listings) records_.put(Family::entity_index, listing, {});
}

void Turn::record_companions(const CreateEntity& create, UtcTime created_at) {
  for (const auto& companion : create.companions) {
    const Entity entity{companion.key, companion.message, created_at, created_at, {}, {}};
    records_.put(Family::entity, encode_key(companion.key), encode_entity(entity));
    for (const auto& listing : listings_of(companion.key))
      records_.put(Family::entity_index, listing, {});
  }
}

void Turn::record(const Item& item) {
  const auto& rows = item.rows.rows();
  for (std::size_t i = 0; i < rows.size(); ++i) record_row(rows[i], item.next[i]);
  if (const auto* create = std::get_if<CreateEntity>(&item.change))
    record_companions(*create, item.next.front()->created_at);
}

void Turn::resolve(const std::vector<Row>& rows) {
  Owners owners;
  std::size_t next_row = 0;
  for (auto& item : items_) {
    if (item.error) continue;
    for (const auto& changed : item.rows.rows()) {
      if (!changed.next) continue;
      for (const auto& unique : changed.next->unique) {
        const auto& row = rows[next_row++];
        if (!row) item.error = row.error();
        if (row && *row) owners.emplace(unique.index_key, **row);
      }
    }
  }
  for (auto& item : items_) {
    if (!item.error) resolve_one(item, owners);
  }
}

void Turn::finish(const Status& durable) {
  for (const auto& item : items_) {
    if (item.error || !durable) {
      refuse(item.change, item.error ? *item.error : durable.error());
    } else if (const auto* erase = std::get_if<DeleteEntity>(&item.change)) {
      if (erase->reply) erase->reply({});
    } else if (const auto* create = std::get_if<CreateEntity>(&item.change)) {
      if (create->reply) create->reply(item.next.front());
    } else if (const auto* change = std::get_if<ChangeEntity>(&item.change)) {
      if (change->reply) change->reply(item.next.front());
    } else if (const auto* several = std::get_if<ChangeEntities>(&item.change)) {
      if (several->reply) several->reply(item.next);
    }
  }
}

std::vector<std::pair<storage::EntityKey, EntityPtr>> Turn::changed() const {
  std::vector<std::pair<storage::EntityKey, EntityPtr>> out;
  for (const auto& item : items_) {
    if (item.error) continue;
    const auto& rows = item.rows.rows();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].next || rows[i].erased) out.emplace_back(rows[i].key, item.next[i]);
    }
  }
  return out;
}

}  // namespace ff::identity_server
