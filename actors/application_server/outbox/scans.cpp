#include "actors/application_server/outbox/scans.hpp"

#include <limits>

#include "actors/application_server/outbox/record.hpp"
#include "storage/codec/envelope.hpp"

namespace ff::application_server {
namespace {

using storage::Direction;
using storage::Family;
using storage::OutboxKey;
using storage::OutboxSequence;

constexpr storage::ValueVersion cursor_version = 1;

OutboxKey key_of(storage::Shard shard, const ApplicationId& application_id,
                 std::uint64_t sequence) {
  return {shard, application_id, OutboxSequence{sequence}};
}

/// The last key of a range, if there is one.
Result<std::optional<OutboxKey>> last_key(const storage::Reader& store, storage::KeyRange range) {
  std::optional<Result<OutboxKey>> found;
  const auto visited = store.scan({Family::outbox, std::move(range), Direction::reverse, 1},
                                  [&](ByteView key, ByteView) {
                                    found = storage::parse_outbox_key(key);
                                    return false;
                                  });
  if (!visited) return fail(visited.error());
  if (!found) return std::nullopt;
  if (!*found) return fail(found->error());
  return **std::move(found);
}

}  // namespace

Bytes encode_cursor(OutboxSequence acknowledged) {
  Bytes body;
  append_be<8>(body, acknowledged.value());
  return storage::seal(cursor_version, body);
}

Result<OutboxSequence> decode_cursor(ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, cursor_version));
  if (envelope.body.size() != 8) return fail(storage::malformed_value);
  return OutboxSequence{read_be<8>(envelope.body)};
}

Result<OutboxSequences> newest_sequences(const storage::Reader& store, storage::Shard shard) {
  OutboxSequences newest;
  auto range = storage::prefix_range(storage::shard_prefix(shard));
  for (;;) {
    FF_TRY(const auto key, last_key(store, range));
    if (!key) return newest;
    newest[key->application_id] = key->sequence;
    // Everything before the application just seen.
    range.last = storage::application_prefix(shard, key->application_id);
  }
}

Result<std::vector<UpPublished>> read_messages(const storage::Reader& store,
                                               const ReadOutbox& request) {
  std::vector<UpPublished> messages;
  auto range =
      storage::prefix_range(storage::application_prefix(request.shard, request.application_id));
  if (request.after.value() == std::numeric_limits<std::uint64_t>::max()) return messages;
  range.first =
      storage::outbox_key(key_of(request.shard, request.application_id, request.after.value() + 1));
  const auto visited = store.scan(
      {Family::outbox, range, Direction::forward, request.limit},
      [&](ByteView key, ByteView value) {
        const auto parsed = storage::parse_outbox_key(key);
        if (!parsed) return true;
        auto message = decode_message(value);
        // A hole keeps its sequence, so that positions move past it.
        auto shared =
            message ? std::make_shared<const OutboxMessage>(*std::move(message)) : nullptr;
        messages.push_back(
            {request.application_id, request.shard, parsed->sequence, std::move(shared)});
        return true;
      });
  if (!visited) return fail(visited.error());
  return messages;
}

Result<std::vector<OutboxSequence>> load_cursors(const storage::Reader& store,
                                                 storage::ShardCount shards,
                                                 const ApplicationId& application_id,
                                                 const std::string& consumer) {
  std::vector<Bytes> keys;
  for (std::uint32_t i = 0; i < shards.value(); ++i) {
    keys.push_back(storage::cursor_key(
        {storage::Shard{static_cast<std::uint16_t>(i)}, application_id, consumer}));
  }
  FF_TRY(const auto rows, store.multi_get(Family::cursor, keys));
  std::vector<OutboxSequence> cursors;
  for (std::uint32_t i = 0; i < shards.value(); ++i) {
    if (rows[i]) {
      FF_TRY(const auto cursor, decode_cursor(*rows[i]));
      cursors.push_back(cursor);
      continue;
    }
    const storage::Shard shard{static_cast<std::uint16_t>(i)};
    FF_TRY(
        const auto last,
        last_key(store, storage::prefix_range(storage::application_prefix(shard, application_id))));
    cursors.push_back(last ? last->sequence : OutboxSequence{0});
  }
  return cursors;
}

Result<TrimStep> trim(const storage::Reader& store, const Bytes& from, UtcTime limit,
                      std::size_t rows) {
  TrimStep step;
  Bytes doomed_from;
  std::optional<OutboxKey> doomed_to;
  const auto flush = [&] {
    if (!doomed_to) return;
    auto end = *doomed_to;
    end.sequence = OutboxSequence{end.sequence.value() + 1};
    step.records.erase_range(Family::outbox, doomed_from, storage::outbox_key(end));
    doomed_to.reset();
  };
  bool skipped = false;
  const auto visited = store.scan(
      {Family::outbox, {from, {}}, Direction::forward, rows}, [&](ByteView key, ByteView value) {
        step.next = to_owned(key);
        const auto parsed = storage::parse_outbox_key(key);
        const auto message = decode_message(value);
        if (!parsed || !message) return true;
        const bool same = doomed_to && doomed_to->application_id == parsed->application_id &&
                          doomed_to->shard == parsed->shard;
        if (!same) flush();
        if (message->received_at >= limit) {
          // Messages lie in the order of time: go on with the next application.
          step.next = storage::prefix_range(
                          storage::application_prefix(parsed->shard, parsed->application_id))
                          .last;
          skipped = true;
          return false;
        }
        if (!same) doomed_from = to_owned(key);
        doomed_to = *parsed;
        return true;
      });
  if (!visited) return fail(visited.error());
  flush();
  if (!skipped && *visited < rows) step.next.clear();
  return step;
}

}  // namespace ff::application_server
