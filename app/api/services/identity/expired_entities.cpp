#include "app/api/services/identity/expired_entities.hpp"

#include <limits>

#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/services/identity/entity_purge.hpp"

namespace ff::api {
namespace {

using storage::EntityKey;
using storage::EntityKind;

constexpr ErrorDef application_has_devices{"pkg/identityserver", "application_has_devices",
                                           Code::failed_precondition,
                                           "application still has `{count}` devices"};

constexpr EntityKind kinds[] = {EntityKind::application, EntityKind::gateway, EntityKind::client,
                                EntityKind::organization, EntityKind::user};

struct Run {
  Identity identity;
  PurgeRun wish;
  UtcTime before;
  std::vector<EntityKey> keys;  // the last one is next
  Purged done;
  actors::Reply<Purged> then;
};
using RunPtr = std::shared_ptr<Run>;

/// It may have been purged and created again since it was found.
Status still_expired(const storage::Reader& store, const EntityKey& key, UtcTime before) {
  FF_TRY(const auto entity,
         identity_server::get_entity(store, key, identity_server::Deleted::with));
  if (!entity->deleted_at || *entity->deleted_at >= before)
    return fail(identity_server::not_found(key));
  return key.kind == EntityKind::application ? has_no_devices(store, key) : Status();
}

void purge_next(const RunPtr& run) {
  if (run->keys.empty()) return run->then(run->done);
  const auto key = std::move(run->keys.back());
  run->keys.pop_back();
  auto allowed = [key, before = run->before](const storage::Reader& store) {
    return still_expired(store, key, before);
  };
  purge_deleted(run->identity, key, allowed, [run, key](const Status& purged) {
    ++(purged ? run->done.purged : run->done.kept);
    if (purged && run->wish.purged) run->wish.purged(key);
    purge_next(run);
  });
}

Result<std::size_t> count_devices(const storage::Reader& store, const EntityKey& application,
                                  std::size_t at_most = std::numeric_limits<std::size_t>::max()) {
  const auto prefix = storage::entity_prefix(EntityKind::end_device, {application.ids.front()});
  return store.scan(
      {.family = storage::Family::entity, .range = storage::prefix_range(prefix), .limit = at_most},
      [](ByteView, ByteView) { return true; });
}

/// It is gone for good: nobody can have it back, and nothing hangs on it.
Result<bool> can_go(const storage::Reader& store, const EntityKey& key,
                    const identity_server::Entity& entity, UtcTime before) {
  if (!entity.deleted_at || *entity.deleted_at >= before) return false;
  if (key.kind != EntityKind::application) return true;
  FF_TRY(const auto devices, count_devices(store, key, 1));
  return devices == 0;
}

}  // namespace

Status has_no_devices(const storage::Reader& store, const EntityKey& application) {
  FF_TRY(const auto count, count_devices(store, application));
  if (count > 0) return fail(application_has_devices, {{"count", count}});
  return {};
}

Result<std::vector<EntityKey>> deleted_before(const storage::Reader& store, UtcTime time,
                                              std::size_t max) {
  std::vector<EntityKey> found;
  for (const auto kind : kinds) {
    Status status;
    const storage::Scan scan{.family = storage::Family::entity,
                             .range = storage::prefix_range(storage::entity_prefix(kind))};
    FF_CHECK(store.scan(scan, [&](ByteView row, ByteView value) {
      auto key = storage::parse_entity_key(row);
      auto entity = key ? identity_server::decode_entity(*key, value)
                        : Result<identity_server::Entity>(fail(key.error()));
      const auto expired =
          entity ? can_go(store, *key, *entity, time) : Result<bool>(fail(entity.error()));
      if (!expired) {
        status = fail(expired.error());
        return false;
      }
      if (*expired) found.push_back(*std::move(key));
      return found.size() < max;
    }));
    FF_CHECK(status);
    if (found.size() >= max) break;
  }
  return found;
}

void purge_expired(const Identity& identity, PurgeRun wish, actors::Reply<Purged> then) {
  if (!identity.ports().now) return then(Purged{});
  const auto before = identity.ports().now() - identity.settings().restore_window;
  auto find = [before, max = wish.max](const storage::Reader& store) {
    return deleted_before(store, before, max);
  };
  identity.scan<std::vector<EntityKey>>(find, [=](Result<std::vector<EntityKey>> keys) {
    if (!keys) return then(fail(std::move(keys).error()));
    const Purged begun{.more = keys->size() == wish.max};
    purge_next(std::make_shared<Run>(Run{identity, wish, before, *std::move(keys), begun, then}));
  });
}

}  // namespace ff::api
