// INTERNAL: reads of outbox and cursors on a store. Blocking.
#pragma once

#include "actors/application_server/outbox/messages.hpp"
#include "storage/engine/engine.hpp"

namespace ff::application_server {

Result<OutboxSequences> newest_sequences(const storage::Reader& store, storage::Shard shard);
/// Rows that can not be read are skipped: one rotten row must not stop a consumer for ever.
Result<std::vector<UpPublished>> read_messages(const storage::Reader& store,
                                               const ReadOutbox& request);
Result<std::vector<storage::OutboxSequence>> load_cursors(const storage::Reader& store,
                                                          storage::ShardCount shards,
                                                          const ApplicationId& application_id,
                                                          const std::string& consumer);
Result<std::vector<storage::OutboxSequence>> find_newest(const storage::Reader& store,
                                                         storage::ShardCount shards,
                                                         const ApplicationId& application_id);
/// Looks at a few rows of each shard: messages lie in the order of time.
Result<std::vector<FindTime::Part>> find_time(const storage::Reader& store,
                                              storage::ShardCount shards, const FindTime& request);
Result<ScanRows::Rows> scan_rows(const storage::Reader& store, const ScanRows& request);

/// What is removed: messages that are old, and those that are too many.
struct TrimLimits {
  UtcTime received_before;
  /// Of an application in a shard; 0: any number.
  std::uint64_t messages_max = 0;
};

/// One step of the removal: looks at up to `rows` rows from `from`, at least 2. An application's
/// newest message of a shard stays, because numbering goes on behind it after a restart.
struct TrimStep {
  storage::WriteBatch records;
  /// Messages among them that are not old.
  std::uint64_t early = 0;
  /// Where the next step begins; empty when the family is done.
  Bytes next;
};
Result<TrimStep> trim(const storage::Reader& store, const Bytes& from, const TrimLimits& limits,
                      std::size_t rows);

/// Removes an application's messages and how far its consumers have got. Only ranges that hold
/// rows: RocksDB looks at every erased range whenever it reads backwards, so an erased nothing per
/// shard of each application would slow `find_newest` down for all of them.
Result<storage::WriteBatch> erase_application(const storage::Reader& store,
                                              storage::ShardCount shards,
                                              const ApplicationId& application_id);

}  // namespace ff::application_server
