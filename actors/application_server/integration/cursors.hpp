// Cursors of an integration: one row a shard, family `cursor`. Each is written by the integration's
// actor alone, or by its registry while there is none.
#pragma once

#include <string>
#include <vector>

#include "protocol/types/identifiers.hpp"
#include "storage/engine/write_batch.hpp"
#include "storage/keys/keys.hpp"

namespace ff::application_server::integration {

/// Whose cursors: an application, and a name such as `webhook/weather`.
struct Consumer {
  ApplicationId application_id;
  std::string name;
};

void put_cursor(storage::WriteBatch& batch, const Consumer& consumer, storage::Shard shard,
                storage::OutboxSequence cursor);
/// Where the consumer begins: one cursor a shard.
void put_cursors(storage::WriteBatch& batch, const Consumer& consumer,
                 const std::vector<storage::OutboxSequence>& by_shard);
void erase_cursors(storage::WriteBatch& batch, const Consumer& consumer,
                   storage::ShardCount shards);

}  // namespace ff::application_server::integration
