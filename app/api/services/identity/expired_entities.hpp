// Entities that were deleted so long ago that they can not be restored: they are purged, and their
// ids are free. [spec cli: is-db cleanup]
#pragma once

#include "app/api/services/identity/identity.hpp"

namespace ff::api {

/// An application with devices stays. Error: application_has_devices.
Status has_no_devices(const storage::Reader& store, const storage::EntityKey& application);

/// Users, organizations, applications, gateways and clients that were deleted before that time; at
/// most `max`.
Result<std::vector<storage::EntityKey>> deleted_before(const storage::Reader& store, UtcTime time,
                                                       std::size_t max);

/// What a purge of many has done.
struct Purged {
  std::size_t purged = 0;
  std::size_t kept = 0;  ///< There is something that has to go first.
};
/// Purges what was deleted longer than `Settings::restore_window` ago, one after the other.
void purge_expired(const Identity& identity, actors::Reply<Purged> then);

}  // namespace ff::api
