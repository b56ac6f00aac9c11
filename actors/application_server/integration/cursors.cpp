#include "actors/application_server/integration/cursors.hpp"

#include "actors/application_server/outbox/messages.hpp"

namespace ff::application_server::integration {

using storage::Family;

void put_cursor(storage::WriteBatch& batch, const Consumer& consumer, storage::Shard shard,
                storage::OutboxSequence cursor) {
  batch.put(Family::cursor, storage::cursor_key({shard, consumer.application_id, consumer.name}),
            encode_cursor(cursor));
}

void put_cursors(storage::WriteBatch& batch, const Consumer& consumer,
                 const std::vector<storage::OutboxSequence>& by_shard) {
  for (std::size_t i = 0; i < by_shard.size(); ++i)
    put_cursor(batch, consumer, storage::Shard{static_cast<std::uint16_t>(i)}, by_shard[i]);
}

void erase_cursors(storage::WriteBatch& batch, const Consumer& consumer,
                   storage::ShardCount shards) {
  for (std::uint32_t i = 0; i < shards.value(); ++i) {
    const storage::Shard shard{static_cast<std::uint16_t>(i)};
    batch.erase(Family::cursor,
                storage::cursor_key({shard, consumer.application_id, consumer.name}));
  }
}

}  // namespace ff::application_server::integration
