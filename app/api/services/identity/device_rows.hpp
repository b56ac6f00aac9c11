// What the servers still hold of an application's devices: rows of the identity, network,
// application and join servers. Whoever gets the id of the application next would have them, with
// their keys. [spec identity-server §7: no component erases records of another one]
#pragma once

#include <set>
#include <string>

#include "protocol/base/result.hpp"
#include "storage/engine/engine.hpp"
#include "storage/keys/entity_keys.hpp"

namespace ff::api {

/// No end device is registered with the identity server: it may be deleted. Error:
/// application_has_devices.
Status has_no_devices(const storage::Reader& store, const storage::EntityKey& application);
/// Nor do the network server and the application server know one. As cheap as the store has shards.
Status has_no_sessions(const storage::Reader& store, const storage::EntityKey& application);
/// Nor does the join server: the id may be anybody's. Reads all records of the join server.
Status leaves_no_devices(const storage::Reader& store, const storage::EntityKey& application);

/// Ids of all applications of which the join server has devices. Reads all of its records.
Result<std::set<std::string>> applications_that_join(const storage::Reader& store);

}  // namespace ff::api
