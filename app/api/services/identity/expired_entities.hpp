// Entities that were deleted so long ago that they can not be restored: they are purged, and their
// ids are free. [spec cli: is-db cleanup]
#pragma once

#include <functional>

#include "app/api/services/identity/identity.hpp"

namespace ff::api {

struct Expired {
  std::vector<storage::EntityKey> keys;
  /// Applications that were passed over: some server still has devices of them, which whoever gets
  /// the id next would have.
  std::size_t with_devices = 0;
};
/// Users, organizations, applications, gateways and clients that were deleted before that time; at
/// most `max`.
Result<Expired> deleted_before(const storage::Reader& store, UtcTime time, std::size_t max);

/// What a purge of many has done.
struct Purged {
  std::size_t purged = 0;
  std::size_t kept = 0;  ///< There is something that has to go first.
  bool more = false;     ///< The next run finds others.
};
struct PurgeRun {
  std::size_t max = 1000;  ///< Entities of one run; the next one goes on.
  /// Told of each that is gone; may be null.
  std::function<void(const storage::EntityKey&)> purged = nullptr;
};
/// Purges what was deleted longer than `Settings::restore_window` ago, one after the other.
void purge_expired(const Identity& identity, PurgeRun wish, actors::Reply<Purged> then);

}  // namespace ff::api
