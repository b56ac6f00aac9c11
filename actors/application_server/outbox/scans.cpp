#include "actors/application_server/outbox/scans.hpp"

#include <algorithm>
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

Result<std::vector<OutboxSequence>> find_newest(const storage::Reader& store,
                                                storage::ShardCount shards,
                                                const ApplicationId& application_id) {
  std::vector<OutboxSequence> newest;
  for (std::uint32_t i = 0; i < shards.value(); ++i) {
    const storage::Shard shard{static_cast<std::uint16_t>(i)};
    FF_TRY(
        const auto last,
        last_key(store, storage::prefix_range(storage::application_prefix(shard, application_id))));
    newest.push_back(last ? last->sequence : OutboxSequence{0});
  }
  return newest;
}

Result<std::vector<OutboxSequence>> load_cursors(const storage::Reader& store,
                                                 storage::ShardCount shards,
                                                 const ApplicationId& application_id,
                                                 const std::string& consumer) {
  std::vector<Bytes> keys;
  for (std::uint32_t i = 0; i < shards.value(); ++i) {
    const storage::Shard shard{static_cast<std::uint16_t>(i)};
    keys.push_back(storage::cursor_key({shard, application_id, consumer}));
  }
  FF_TRY(const auto rows, store.multi_get(Family::cursor, keys));
  FF_TRY(auto cursors, find_newest(store, shards, application_id));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i]) continue;
    FF_TRY(const auto cursor, decode_cursor(*rows[i]));
    cursors[i] = std::min(cursors[i], cursor);
  }
  return cursors;
}

namespace {

/// The first readable row at or behind a sequence: its sequence and time.
struct Row {
  std::uint64_t sequence = 0;
  UtcTime received_at;
};
Result<std::optional<Row>> row_from(const storage::Reader& store, storage::Shard shard,
                                    const ApplicationId& application_id, std::uint64_t sequence) {
  auto range = storage::prefix_range(storage::application_prefix(shard, application_id));
  range.first = storage::outbox_key(key_of(shard, application_id, sequence));
  std::optional<Row> found;
  const auto visited = store.scan({.family = Family::outbox, .range = std::move(range)},
                                  [&](ByteView key, ByteView value) {
                                    const auto parsed = storage::parse_outbox_key(key);
                                    const auto message = decode_message(value);
                                    if (!parsed || !message) return true;
                                    found = Row{parsed->sequence.value(), message->received_at};
                                    return false;
                                  });
  if (!visited) return fail(visited.error());
  return found;
}

/// The sequence of the first message received at or after `time`, in (done, last]; last + 1 if all
/// are older.
Result<std::uint64_t> first_since(const storage::Reader& store, storage::Shard shard,
                                  const ApplicationId& application_id, UtcTime time,
                                  const FindTime::Part& part) {
  auto low = part.done.value() + 1;
  auto high = part.last.value() + 1;
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    FF_TRY(const auto row, row_from(store, shard, application_id, middle));
    if (row && row->received_at < time) {
      low = row->sequence + 1;
    } else {
      high = middle;
    }
  }
  return std::min(low, part.last.value() + 1);
}

}  // namespace

Result<std::vector<FindTime::Part>> find_time(const storage::Reader& store,
                                              storage::ShardCount shards, const FindTime& request) {
  FF_TRY(const auto newest, find_newest(store, shards, request.application_id));
  std::vector<FindTime::Part> parts;
  for (std::uint32_t i = 0; i < shards.value(); ++i) {
    const storage::Shard shard{static_cast<std::uint16_t>(i)};
    FindTime::Part part{newest[i], newest[i]};
    FF_TRY(const auto first, row_from(store, shard, request.application_id, 0));
    if (first) {
      part.done = OutboxSequence{first->sequence - 1};
      FF_TRY(const auto begin,
             first_since(store, shard, request.application_id, request.after, part));
      if (request.before != UtcTime{}) {
        FF_TRY(const auto end,
               first_since(store, shard, request.application_id, request.before, part));
        part.last = OutboxSequence{end - 1};
      }
      part.done = std::min(OutboxSequence{begin - 1}, part.last);
    }
    parts.push_back(part);
  }
  return parts;
}

Result<ScanRows::Rows> scan_rows(const storage::Reader& store, const ScanRows& request) {
  ScanRows::Rows rows;
  const auto visited =
      store.scan({request.family, request.range, Direction::forward, request.limit},
                 [&](ByteView key, ByteView value) {
                   rows.emplace_back(to_owned(key), to_owned(value));
                   return true;
                 });
  if (!visited) return fail(visited.error());
  return rows;
}

namespace {

/// One step of the removal, row by row.
class Trimming {
 public:
  Trimming(const storage::Reader& store, const TrimLimits& limits)
      : store_(store), limits_(limits) {}

  /// False: nothing more of this application goes, or an error.
  bool visit(ByteView key, ByteView value) {
    step_.next = to_owned(key);
    const auto parsed = storage::parse_outbox_key(key);
    const auto message = decode_message(value);
    if (!parsed || !message) return true;
    const bool same =
        last_ && last_->application_id == parsed->application_id && last_->shard == parsed->shard;
    if (!same) {
      erase_up_to_last();
      first_ = to_owned(key);
      status_ = find_kept(*parsed);
      if (!status_) return false;
    } else if (last_is_early_) {
      ++step_.early;
    }
    last_ = *parsed;
    const bool is_old = message->received_at < limits_.received_before;
    last_is_early_ = !is_old && parsed->sequence.value() < kept_from_;
    if (is_old || last_is_early_) return true;
    // Messages lie in the order of time: go on with the next application.
    step_.next =
        storage::prefix_range(storage::application_prefix(parsed->shard, parsed->application_id))
            .last;
    skipped_ = true;
    return false;
  }

  Result<TrimStep> finish(bool saw_all) {
    FF_CHECK(status_);
    erase_up_to_last();
    if (!skipped_ && saw_all) step_.next.clear();
    return std::move(step_);
  }

 private:
  /// The first message that stays, however young those before it are.
  Status find_kept(const OutboxKey& key) {
    kept_from_ = 0;
    if (limits_.messages_max == 0) return {};
    FF_TRY(const auto newest, last_key(store_, storage::prefix_range(storage::application_prefix(
                                                   key.shard, key.application_id))));
    const auto count = newest ? newest->sequence.value() : 0;
    if (count > limits_.messages_max) kept_from_ = count - limits_.messages_max + 1;
    return {};
  }

  void erase_up_to_last() {
    if (!last_) return;
    step_.records.erase_range(Family::outbox, first_, storage::outbox_key(*last_));
    last_.reset();
    last_is_early_ = false;
  }

  const storage::Reader& store_;
  TrimLimits limits_;
  TrimStep step_;
  Status status_;
  /// Rows of one application in one shard; the last of them that goes may be the newest of all.
  Bytes first_;
  std::optional<OutboxKey> last_;
  std::uint64_t kept_from_ = 0;
  bool last_is_early_ = false;
  bool skipped_ = false;
};

}  // namespace

Result<TrimStep> trim(const storage::Reader& store, const Bytes& from, const TrimLimits& limits,
                      std::size_t rows) {
  rows = std::max<std::size_t>(rows, 2);
  Trimming trimming(store, limits);
  const auto visited =
      store.scan({Family::outbox, {from, {}}, Direction::forward, rows},
                 [&](ByteView key, ByteView value) { return trimming.visit(key, value); });
  if (!visited) return fail(visited.error());
  return trimming.finish(*visited < rows);
}

Result<storage::WriteBatch> erase_application(const storage::Reader& store,
                                              storage::ShardCount shards,
                                              const ApplicationId& application_id) {
  storage::WriteBatch records;
  for (std::uint32_t i = 0; i < shards.value(); ++i) {
    const storage::Shard shard{static_cast<std::uint16_t>(i)};
    const auto range = storage::prefix_range(storage::application_prefix(shard, application_id));
    for (const auto family : {Family::outbox, Family::cursor}) {
      bool rows = false;
      const auto visited =
          store.scan({family, range, Direction::forward, 1}, [&](ByteView, ByteView) {
            rows = true;
            return false;
          });
      if (!visited) return fail(visited.error());
      if (rows) records.erase_range(family, range.first, range.last);
    }
  }
  return records;
}

}  // namespace ff::application_server
