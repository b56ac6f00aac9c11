// What the outbox reader is asked: everything that must read many rows, off the scheduler's
// threads.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/application_server/outbox/message.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"
#include "storage/engine/engine.hpp"
#include "storage/keys/keys.hpp"

namespace ff::application_server {

using OutboxSequences = std::unordered_map<ApplicationId, storage::OutboxSequence>;
/// The newest sequence of every application in a shard.
struct RecoverOutbox {
  storage::Shard shard;
  actors::Reply<OutboxSequences> reply;
};

/// The next messages of an application within a shard, after `after`, at most `limit`.
struct ReadOutbox {
  ApplicationId application_id;
  storage::Shard shard;
  storage::OutboxSequence after;
  std::size_t limit = 64;
  actors::Reply<std::vector<UpPublished>> reply;
};

/// Where a durable consumer is, per shard: its cursor, or the newest message if it has none yet. A
/// cursor behind the newest message is at the newest.
struct LoadCursors {
  ApplicationId application_id;
  std::string consumer;
  actors::Reply<std::vector<storage::OutboxSequence>> reply;  // by shard number
};

/// The newest message of an application in each shard; 0 where there is none.
struct FindNewest {
  ApplicationId application_id;
  actors::Reply<std::vector<storage::OutboxSequence>> reply;  // by shard number
};

/// Messages that were received in a time, as far as the outbox still has them: in each shard those
/// behind `done`, up to `last`; none where both are equal.
struct FindTime {
  struct Part {
    storage::OutboxSequence done;
    storage::OutboxSequence last;
    bool operator==(const Part&) const = default;
  };
  ApplicationId application_id;
  UtcTime after;                           // received at or after it
  UtcTime before;                          // … and before it; zero: no end
  actors::Reply<std::vector<Part>> reply;  // by shard number
};

/// At most `limit` rows of a range: for consumers that have records of their own.
struct ScanRows {
  using Rows = std::vector<std::pair<Bytes, Bytes>>;  // key, value
  storage::Family family = storage::Family::cursor;
  storage::KeyRange range;
  std::size_t limit = 1024;
  actors::Reply<Rows> reply;
};

/// INTERNAL: time to remove what is too old.
struct TrimOutbox {
  Bytes from;
};

/// ON-DISK: the value of a cursor row.
Bytes encode_cursor(storage::OutboxSequence acknowledged);
Result<storage::OutboxSequence> decode_cursor(ByteView row);

}  // namespace ff::application_server
FF_LOCAL_MESSAGE(ff::application_server::RecoverOutbox)
FF_LOCAL_MESSAGE(ff::application_server::ReadOutbox)
FF_LOCAL_MESSAGE(ff::application_server::LoadCursors)
FF_LOCAL_MESSAGE(ff::application_server::FindNewest)
FF_LOCAL_MESSAGE(ff::application_server::FindTime)
FF_LOCAL_MESSAGE(ff::application_server::ScanRows)
FF_LOCAL_MESSAGE(ff::application_server::TrimOutbox)
