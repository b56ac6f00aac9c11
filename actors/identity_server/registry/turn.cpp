#include "actors/identity_server/registry/turn.hpp"

#include <algorithm>

#include "actors/identity_server/registry/errors.hpp"
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

Result<std::optional<Draft>> decide(const CreateEntity& create,
                                    const std::optional<Entity>& current, UtcTime now) {
  if (current) return fail(id_taken);
  FF_TRY(auto draft, create.make(now));
  return std::optional(std::move(draft));
}
Result<std::optional<Draft>> decide(const ChangeEntity& change,
                                    const std::optional<Entity>& current, UtcTime now) {
  if (!current) return fail(not_found(change.key));
  FF_TRY(auto draft, change.change(*current, now));
  return std::optional(std::move(draft));
}
Result<std::optional<Draft>> decide(const DeleteEntity& erase, const std::optional<Entity>& current,
                                    UtcTime) {
  if (!current) return fail(not_found(erase.key));
  return std::optional<Draft>();
}

EntityPtr make_entity(const storage::EntityKey& key, const std::optional<Entity>& current,
                      const Draft& draft, UtcTime now) {
  Entity entity{.key = key,
                .message = draft.message,
                .created_at = current ? current->created_at : now,
                .updated_at = now,
                .deleted_at = {},
                .index_keys = {}};
  if (draft.deleted)
    entity.deleted_at = current && current->deleted_at ? *current->deleted_at : now;
  for (const auto& unique : draft.unique) entity.index_keys.push_back(unique.index_key);
  return std::make_shared<const Entity>(std::move(entity));
}

void erase_below(storage::WriteBatch& records, const Bytes& prefix) {
  const auto range = storage::prefix_range(prefix);
  records.erase_range(Family::entity, range.first, range.last);
}

}  // namespace

const storage::EntityKey& key_of(const Change& change) {
  return std::visit([](const auto& message) -> const storage::EntityKey& { return message.key; },
                    change);
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
    keys_.push_back(encode_key(key_of(change)));
    items_.push_back(
        {.change = std::move(change), .error = {}, .current = {}, .next = {}, .unique = {}});
  }
}

void Turn::plan_one(Item& item, const Row& row, UtcTime now) {
  const auto& key = key_of(item.change);
  auto current = decode(key, row);
  if (!current) {
    item.error = current.error();
    return;
  }
  item.current = *std::move(current);
  auto draft = std::visit([&](const auto& change) { return decide(change, item.current, now); },
                          item.change);
  if (!draft) {
    item.error = draft.error();
  } else if (*draft) {
    item.next = make_entity(key, item.current, **draft, now);
    item.unique = std::move((*draft)->unique);
  }
}

void Turn::plan(const std::vector<Row>& rows, UtcTime now) {
  for (std::size_t i = 0; i < items_.size(); ++i) {
    plan_one(items_[i], rows[i], now);
    for (const auto& unique : items_[i].unique) index_keys_.push_back(unique.index_key);
  }
}

void Turn::resolve_one(Item& item, std::map<Bytes, Bytes>& owners) {
  const auto own_key = encode_key(key_of(item.change));
  for (const auto& unique : item.unique) {
    const auto found = owners.find(unique.index_key);
    if (found == owners.end() || found->second == own_key) continue;
    const auto owner = storage::parse_entity_key(found->second);
    item.error = !owner         ? owner.error()
                 : unique.taken ? unique.taken(*owner)
                                : Error(already_exists);
    return;
  }
  if (item.current) {
    for (const auto& index_key : item.current->index_keys) owners.erase(index_key);
  }
  for (const auto& unique : item.unique) owners.insert_or_assign(unique.index_key, own_key);
  record(item);
}

void Turn::record(const Item& item) {
  const auto& key = key_of(item.change);
  const auto own_key = encode_key(key);
  if (item.current) {
    for (const auto& index_key : item.current->index_keys)
      records_.erase(Family::entity_index, index_key);
  }
  if (!item.next) {
    records_.erase(Family::entity, own_key);
    const auto kind = kind_name(key.kind);
    // End devices and what hangs on an entity have none of their own.
    if (key.ids.size() != 1) return;
    erase_below(records_, storage::entity_prefix(EntityKind::api_key, {kind, key.ids[0]}));
    erase_below(records_, storage::entity_prefix(EntityKind::membership, {kind, key.ids[0]}));
    return;
  }
  records_.put(Family::entity, own_key, encode_entity(*item.next));
  for (const auto& index_key : item.next->index_keys)
    records_.put(Family::entity_index, index_key, own_key);
  const auto* create = std::get_if<CreateEntity>(&item.change);
  if (create == nullptr) return;
  for (const auto& companion : create->companions) {
    const Entity entity{
        companion.key, companion.message, item.next->created_at, item.next->created_at, {}, {}};
    records_.put(Family::entity, encode_key(companion.key), encode_entity(entity));
  }
}

void Turn::resolve(const std::vector<Row>& rows) {
  std::map<Bytes, Bytes> owners;
  std::size_t next_row = 0;
  for (auto& item : items_) {
    for (const auto& unique : item.unique) {
      const auto& row = rows[next_row++];
      if (!row) item.error = row.error();
      if (row && *row) owners.emplace(unique.index_key, **row);
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
      if (create->reply) create->reply(item.next);
    } else if (const auto* change = std::get_if<ChangeEntity>(&item.change)) {
      if (change->reply) change->reply(item.next);
    }
  }
}

std::vector<std::pair<storage::EntityKey, EntityPtr>> Turn::changed() const {
  std::vector<std::pair<storage::EntityKey, EntityPtr>> out;
  for (const auto& item : items_) {
    if (!item.error) out.emplace_back(key_of(item.change), item.next);
  }
  return out;
}

}  // namespace ff::identity_server
