#include "app/api/services/identity/expired_entities.hpp"

#include <set>

#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/services/identity/device_rows.hpp"
#include "app/api/services/identity/entity_purge.hpp"

namespace ff::api {
namespace {

using storage::EntityKey;
using storage::EntityKind;

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
  // Of the join server's devices it was found that there are none, and none is added to what is
  // deleted.
  return key.kind == EntityKind::application ? has_no_sessions(store, key) : Status();
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

/// What devices of an application are left. The join server's records are read once, and only if
/// an application has expired.
class DevicesLeft {
 public:
  explicit DevicesLeft(const storage::Reader& store) : store_(store) {}

  Result<bool> of(const EntityKey& application) {
    if (const auto none = has_no_sessions(store_, application); !none) {
      if (none.error().code() != Code::failed_precondition) return fail(none.error());
      return true;
    }
    if (!joining_) {
      FF_TRY(joining_, applications_that_join(store_));
    }
    return joining_->contains(application.ids.front());
  }

 private:
  const storage::Reader& store_;
  std::optional<std::set<std::string>> joining_;
};

}  // namespace

Result<Expired> deleted_before(const storage::Reader& store, UtcTime time, std::size_t max) {
  Expired found;
  DevicesLeft devices(store);
  const auto add = [&](EntityKey key, ByteView value) -> Status {
    FF_TRY(const auto entity, identity_server::decode_entity(key, value));
    if (!entity.deleted_at || *entity.deleted_at >= time) return {};
    if (key.kind == EntityKind::application) {
      FF_TRY(const bool left, devices.of(key));
      if (left) {
        ++found.with_devices;
        return {};
      }
    }
    found.keys.push_back(std::move(key));
    return {};
  };
  for (const auto kind : kinds) {
    Status status;
    const storage::Scan scan{.family = storage::Family::entity,
                             .range = storage::prefix_range(storage::entity_prefix(kind))};
    FF_CHECK(store.scan(scan, [&](ByteView row, ByteView value) {
      auto key = storage::parse_entity_key(row);
      status = key ? add(*std::move(key), value) : Status(fail(key.error()));
      return status && found.keys.size() < max;
    }));
    FF_CHECK(status);
    if (found.keys.size() >= max) break;
  }
  return found;
}

void purge_expired(const Identity& identity, PurgeRun wish, actors::Reply<Purged> then) {
  if (!identity.ports().now) return then(Purged{});
  const auto before = identity.ports().now() - identity.settings().restore_window;
  auto find = [before, max = wish.max](const storage::Reader& store) {
    return deleted_before(store, before, max);
  };
  identity.scan<Expired>(find, [=](Result<Expired> found) {
    if (!found) return then(fail(std::move(found).error()));
    const Purged begun{.kept = found->with_devices, .more = found->keys.size() == wish.max};
    purge_next(
        std::make_shared<Run>(Run{identity, wish, before, std::move(found->keys), begun, then}));
  });
}

}  // namespace ff::api
