// INTERNAL: a page of the past from a store. Blocking.
#pragma once

#include "actors/application_server/integration/storage/messages.hpp"
#include "storage/engine/engine.hpp"

namespace ff::application_server {

/// Merges the shards of the application by time of receipt; looks at `scan_max` rows at most, but
/// at one of each shard. Rows that can not be read are left out.
Result<StoredPage> query_stored(const storage::Reader& store, storage::ShardCount shards,
                                const QueryStored& request, std::size_t scan_max);

}  // namespace ff::application_server
