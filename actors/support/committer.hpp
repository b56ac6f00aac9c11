// The committer: commit before effect. Takes what many actors want written, writes all that is
// waiting as one batch with one sync, and only then releases the effects that depend on it.
// [app/docs/architecture.md §2 rule 2; shared/design/architecture.md §7]
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <functional>
#include <memory>
#include <optional>

#include "actors/support/clock.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/metrics.hpp"
#include "actors/support/reply.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"
#include "storage/engine/engine.hpp"
#include "storage/engine/write_batch.hpp"

namespace ff::actors {

/// What waits for a commit. At most one of the two is called, once, on the committer's thread;
/// neither may block or throw. Destroyed uncalled when an actor on the way to the committer ends:
/// an owner that must know treats that as a failure.
class Release {
 public:
  virtual ~Release() = default;
  /// The records are durable: let the effects go (send messages; nothing else).
  virtual void committed() noexcept = 0;
  /// Nothing is known about the records: no effect may leave; the owner restarts from durable
  /// state.
  virtual void failed(const Error& error) noexcept = 0;
};

/// Records and what waits for them. An empty batch is released in order with the batches before it.
struct Commit {
  storage::WriteBatch records;
  std::shared_ptr<Release> release;  // may be null
  /// Synced whatever the durability: counters and nonces that must never be used again.
  bool must_sync = false;
};

/// What the committer has done and what it holds, for inspection.
struct CommitterSnapshot {
  std::uint64_t commits = 0;  // asked for since the start
  std::uint64_t writes = 0;   // batches, one sync each
  std::size_t waiting_commits = 0;
  std::size_t waiting_bytes = 0;
  std::size_t last_commits = 0;  // of the last batch
  std::size_t last_bytes = 0;
  std::optional<UtcTime> last_written_at;  // when it was durable
  Duration last_duration{0};
  std::optional<Error> failure;  // nothing is written any more
};
struct InspectCommitter {
  Reply<CommitterSnapshot> reply;
};

struct CommitterFlush {};
struct CommitterSync {};

using Committer = caf::typed_actor<
    caf::reacts_to<Commit>,  // Queues records; they are written with everything else that waits.
    caf::reacts_to<InspectCommitter>,  // Answers when what was being written is written.
    caf::reacts_to<CommitterFlush>,    // INTERNAL: the mailbox has been drained up to here; write.
    caf::reacts_to<CommitterSync>>;    // INTERNAL: make durable what was written without a sync.

struct CommitterConfig {
  storage::Engine* engine = nullptr;  // outlives the actor
  storage::Durability durability = storage::Durability::sync;
  /// With no_sync: effects leave when the operating system has the records; a power loss can lose
  /// the records of so long, those that must sync excepted.
  Duration sync_interval = std::chrono::seconds{1};
  std::size_t batch_bytes_max = std::size_t{4} << 20U;
  Metrics* metrics = nullptr;
  std::shared_ptr<const Clock> clock;  // null: snapshots say nothing of times
  /// After a failed write the store must be reopened: the owner ends the process (and is restarted
  /// from durable state).
  std::function<void(const Error&)> on_store_failed;
  /// Own thread, because a sync blocks; false in virtual time.
  bool own_thread = true;
};

Committer spawn_committer(caf::actor_system& system, CommitterConfig config);

}  // namespace ff::actors
FF_LOCAL_MESSAGE(ff::actors::Commit)
FF_LOCAL_MESSAGE(ff::actors::InspectCommitter)
FF_LOCAL_MESSAGE(ff::actors::CommitterFlush)
FF_LOCAL_MESSAGE(ff::actors::CommitterSync)
