// Walk: a way through the outbox of one application, all shards: what to read next, what comes
// next, what is settled. One for live delivery, one for a replay. Not which messages are wanted
// (the consumer's state).
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "actors/application_server/outbox/feed.hpp"
#include "actors/application_server/outbox/message.hpp"
#include "protocol/base/result.hpp"

namespace ff::application_server::integration {

/// Total: every call is legal at any time.
class Walk {
 public:
  Walk() = default;
  /// Behind these sequences, by shard.
  explicit Walk(const std::vector<storage::OutboxSequence>& cursors);

  std::size_t shards() const noexcept { return feeds_.size(); }
  const Feed& feed(storage::Shard shard) const { return feeds_.at(shard.value()); }

  /// A message of this number exists.
  void note(storage::Shard shard, storage::OutboxSequence newest);
  /// True: `up` is the very next message of its shard and nothing older is to be read; the caller
  /// passes or sends it. False: it will be read.
  bool is_next(const UpPublished& up) const;

  /// Where to read now, once until read() answers: nothing while there is something to look at, or
  /// nothing to read.
  struct Reading {
    storage::Shard shard;
    storage::OutboxSequence after;
  };
  std::optional<Reading> begin_reading();
  /// The answer. How many messages are gone, or can not be read.
  std::uint64_t read(const std::vector<UpPublished>& messages);
  /// The store refused; the shard is read again later.
  void read_failed();

  /// What has been read and not been looked at.
  const UpPublished* front() const { return batch_.empty() ? nullptr : &batch_.front(); }
  void pop() { batch_.pop_front(); }

  void pass(const UpPublished& up);
  void send(const UpPublished& up, SendToken token);
  void settle(storage::Shard shard, SendToken token);
  void written(storage::Shard shard) { feeds_.at(shard.value()).written(); }
  /// Shards whose cursor differs from the one that was written.
  std::vector<storage::Shard> dirty() const;
  /// Everything that is known to exist is settled.
  bool is_done() const;

 private:
  void mark_if_behind(storage::Shard shard);
  bool is_being_read(storage::Shard shard) const;

  std::vector<Feed> feeds_;
  std::vector<bool> queued_;
  /// Shards to be read, each once; they take turns.
  std::deque<storage::Shard> behind_;
  std::optional<storage::Shard> reading_;
  std::deque<UpPublished> batch_;  // of one shard
};

}  // namespace ff::application_server::integration
