#include "app/api/services/identity/entity_purge.hpp"

#include <limits>

#include "actors/identity_server/api_keys/message_values.hpp"
#include "actors/identity_server/oauth/grants.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/services/identity/kinds.hpp"
#include "ttn/lorawan/v3/user.pb.h"

namespace ff::api {
namespace {

using namespace identity_server;  // The messages of its actors.
namespace pb = ttn::lorawan::v3;
using storage::EntityKey;
using storage::EntityKind;

/// Adds those of all entities of a kind that `is_of_it` is true of.
Status add_rows(const storage::Reader& store, EntityKind kind,
                std::function<bool(const Entity&)> is_of_it, std::vector<EntityKey>& rows) {
  ListEntities list;
  list.kind = kind;
  list.limit = std::numeric_limits<std::uint64_t>::max();
  list.filter = std::move(is_of_it);
  FF_TRY(const auto page, list_entities(store, list));
  for (const auto& entity : page.entities) rows.push_back(entity->key);
  return {};
}

/// Tokens, codes and logins of other providers, or they would let in the former user as whoever
/// gets the id next. Sessions and authorizations go with the user's own row.
Status add_rows_of_user(const storage::Reader& store, const std::string& user_id,
                        std::vector<EntityKey>& rows) {
  FF_TRY(const auto grants, oauth::tokens_and_codes_of(store, user_id, ""));
  rows.insert(rows.end(), grants.begin(), grants.end());
  FF_CHECK(add_rows(
      store, EntityKind::login_token,
      [&](const Entity& entity) {
        const auto token = parse<pb::LoginToken>(entity);
        return token && token->user_ids().user_id() == user_id;
      },
      rows));
  return add_rows(
      store, EntityKind::external_login,
      [&](const Entity& entity) {
        const auto user = parse<pb::UserIdentifiers>(entity);
        return user && user->user_id() == user_id;
      },
      rows);
}

/// What users have let the client do, or the next client with this id could do it. All are looked
/// at: they are found by user.
Status add_rows_of_client(const storage::Reader& store, const std::string& client_id,
                          std::vector<EntityKey>& rows) {
  FF_CHECK(add_rows(
      store, EntityKind::client_authorization,
      [&](const Entity& entity) { return entity.key.ids.at(1) == client_id; }, rows));
  FF_CHECK(add_rows(
      store, EntityKind::access_token,
      [&](const Entity& entity) {
        const auto token = decode_access_token(entity);
        return token && token->client_id == client_id;
      },
      rows));
  return add_rows(
      store, EntityKind::authorization_code,
      [&](const Entity& entity) {
        const auto code = oauth::decode_code(entity);
        return code && code->grantee.client_id == client_id;
      },
      rows);
}

/// All rows that a purge erases: the entity first.
Result<std::vector<EntityKey>> rows_of(const storage::Reader& store, const EntityKey& key) {
  std::vector<EntityKey> rows{key};
  FF_TRY(const auto members, collaborators_of(store, key));
  for (const auto& member : members) rows.push_back(membership_entity(key, member.account));
  if (is_account(key)) {
    FF_TRY(const auto memberships, memberships_of(store, key));
    rows.insert(rows.end(), memberships.begin(), memberships.end());
  }
  if (key.kind == EntityKind::user) FF_CHECK(add_rows_of_user(store, key.ids.front(), rows));
  if (key.kind == EntityKind::client) FF_CHECK(add_rows_of_client(store, key.ids.front(), rows));
  const auto prefix = storage::bookmarks_of_prefix(kind_name(key.kind), key.ids.front());
  const storage::Scan scan{.family = storage::Family::entity_index,
                           .range = storage::prefix_range(prefix)};
  Status status;
  FF_CHECK(store.scan(scan, [&](ByteView row, ByteView) {
    auto bookmark = storage::listed_entity(row, prefix.size());
    if (!bookmark) status = fail(bookmark.error());
    if (bookmark) rows.push_back(*std::move(bookmark));
    return status.has_value();
  }));
  FF_CHECK(status);
  return rows;
}

/// In steps, the entity with the last: an interrupted purge is done again.
void erase_rows(const Identity& identity, std::vector<EntityKey> rows, actors::Reply<void> then) {
  constexpr std::size_t at_once = 256;
  const auto last = std::min(rows.size(), at_once);
  const bool is_last_step = last == rows.size();
  ChangeEntities change;
  change.keys.assign(rows.end() - static_cast<std::ptrdiff_t>(last), rows.end());
  change.decide = [keys = change.keys](EntityRows& found, UtcTime) -> Status {
    for (const auto& key : keys) found.erase(key);
    return {};
  };
  rows.resize(rows.size() - last);
  identity.change(std::move(change), [=, rows = std::move(rows), then = std::move(then)](
                                         const Result<std::vector<EntityPtr>>& erased) {
    if (!erased) return then(fail(erased.error()));
    if (is_last_step) return then({});
    erase_rows(identity, rows, then);
  });
}

}  // namespace

void keep_deleted(const Identity& identity, const EntityKey& key, actors::Reply<void> then) {
  ChangeEntity message;
  message.key = key;
  message.change = [key](const Entity& current, UtcTime) -> Result<Draft> {
    if (current.deleted_at) return fail(not_found(key));
    return Draft{current.message, {}, true};
  };
  identity.change(std::move(message), [then = std::move(then)](const Result<EntityPtr>& entity) {
    if (!entity) return then(fail(entity.error()));
    then({});
  });
}

void restore(const Identity& identity, const EntityKey& key, Revive revive,
             actors::Reply<void> then) {
  ChangeEntity message;
  message.key = key;
  message.change = [key, revive = std::move(revive), window = identity.settings().restore_window](
                       const Entity& current, UtcTime now) -> Result<Draft> {
    if (!current.deleted_at) return fail(not_found(key));
    if (*current.deleted_at + window < now) return fail(restore_window_expired);
    return revive(current);
  };
  identity.change(std::move(message), [then = std::move(then)](const Result<EntityPtr>& entity) {
    if (!entity) return then(fail(entity.error()));
    then({});
  });
}

void purge_deleted(const Identity& identity, const EntityKey& key,
                   std::function<Status(const storage::Reader&)> allowed,
                   actors::Reply<void> then) {
  auto find = [key, allowed = std::move(allowed)](
                  const storage::Reader& store) -> Result<std::vector<EntityKey>> {
    if (allowed) FF_CHECK(allowed(store));
    const auto row = store.get(storage::Family::entity, encode_key(key));
    FF_CHECK(row);
    if (!*row) return fail(not_found(key));
    return rows_of(store, key);
  };
  identity.scan<std::vector<EntityKey>>(find, [=](Result<std::vector<EntityKey>> rows) {
    if (!rows) return then(fail(rows.error()));
    erase_rows(identity, *std::move(rows), then);
  });
}

void purge(const Identity& identity, const EntityKey& key,
           std::function<Status(const storage::Reader&)> allowed, actors::Reply<void> then) {
  auto erase = [=](const Status& deleted) {
    // One that is deleted but kept is purged as well.
    if (!deleted && deleted.error().code() != Code::not_found) return then(fail(deleted.error()));
    purge_deleted(identity, key, allowed, then);
  };
  auto check = [allowed](const storage::Reader& store) -> Result<bool> {
    if (allowed) FF_CHECK(allowed(store));
    return true;
  };
  // Before anything changes, and again when nothing can be added.
  identity.scan<bool>(check, [=](const Result<bool>& free) {
    if (!free) return then(fail(free.error()));
    keep_deleted(identity, key, erase);
  });
}

}  // namespace ff::api
