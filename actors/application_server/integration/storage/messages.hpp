// What the storage integration is asked: messages of the past, page by page, in the order of time.
// [spec integrations §5.3]
#pragma once

#include <optional>
#include <vector>

#include "actors/application_server/outbox/message.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"
#include "storage/keys/keys.hpp"

namespace ff::application_server {

struct StoredQuery {
  ApplicationId application_id;
  DeviceId device_id;          // empty: all
  std::optional<UpKind> kind;  // nothing: all
  UtcTime after;               // received after it
  UtcTime before;              // … and before it; zero: no end
  bool descending = false;     // the newest first
  bool operator==(const StoredQuery&) const = default;
};

/// What is still to be read of a shard: behind `done`, up to `last`.
struct StoredWindow {
  storage::Shard shard;
  storage::OutboxSequence done;
  storage::OutboxSequence last;
  bool is_empty() const noexcept { return done >= last; }
  bool operator==(const StoredWindow&) const = default;
};
using StoredWindows = std::vector<StoredWindow>;

struct StoredPage {
  /// What was to be read before this page.
  StoredWindows begin;
  /// Never without a message.
  std::vector<UpPublished> messages;
  /// What is left behind this page; empty at the end. A page may be empty before the end: it looks
  /// at a bounded number of rows.
  StoredWindows rest;
};

/// The next page, at most `limit` messages. `windows`: what an earlier page has left; nothing: from
/// the beginning.
struct QueryStored {
  StoredQuery query;
  std::optional<StoredWindows> windows;
  std::size_t limit = 256;
  actors::Reply<StoredPage> reply;
};

/// Notes that `up` and what comes before it in the query's order has been used.
void pass(StoredWindows& windows, const StoredQuery& query, const UpPublished& up);

}  // namespace ff::application_server
FF_LOCAL_MESSAGE(ff::application_server::QueryStored)
