// The audit log's writer without its actor: gives records their places in the chain and says what
// to write. Pure.
#pragma once

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "actors/audit/chain.hpp"
#include "storage/engine/engine.hpp"

namespace ff::audit {

inline constexpr ErrorDef too_many_calls{"pkg/audit", "too_many_calls", Code::resource_exhausted,
                                         "too many calls under way for the audit log"};

struct LogConfig {
  Keys keys;
  /// Calls under way whose outcome is awaited; more are refused.
  std::size_t pending_max = 4096;
  /// Of them by callers that nobody knows: whoever may call leaves room to those with credentials.
  std::size_t strangers_max = 512;
};

/// What the store says of the log at a start.
struct Found {
  Checkpoint head;
  Checkpoint anchor;
  /// What is under way, or was when the process ended.
  std::vector<std::pair<std::uint64_t, Record>> pending;
};
/// Blocking. Errors: of the store; malformed rows.
Result<Found> find_log(const storage::Reader& store);

/// The oldest records, that are to be forgotten.
struct Past {
  Checkpoint last;
  std::vector<Bytes> index_keys;
};

class Log {
 public:
  /// `found` by find_log(). The tickets of a run are above those that were found, which are under
  /// way until they are settled or end.
  Log(LogConfig config, const Found& found);

  const Checkpoint& head() const noexcept { return head_; }
  const Checkpoint& anchor() const noexcept { return anchor_; }
  std::size_t pending() const noexcept { return pending_.size(); }

  /// Notes what a call may change; the ticket is for its end. Error: too_many_calls.
  Result<std::uint64_t> begin(const Record& intent, storage::WriteBatch& batch);
  /// The next record of the chain, at `now` or when the one before was; the ticket, if there is
  /// one, is over.
  Checkpoint append(Record record, std::optional<std::uint64_t> ticket, UtcTime now,
                    storage::WriteBatch& batch);
  /// A call that changed nothing.
  void forgo(std::uint64_t ticket, storage::WriteBatch& batch);
  /// A record for everything that a process before this one has left.
  void settle(const Found& found, UtcTime now, storage::WriteBatch& batch);
  /// `past.last` and what is before it is forgotten; the chain begins behind it.
  void forget(const Past& past, storage::WriteBatch& batch);

 private:
  void note(std::uint64_t ticket, const Record& intent);

  LogConfig config_;
  Checkpoint head_;
  Checkpoint anchor_;
  UtcTime last_time_;
  std::uint64_t last_ticket_ = 0;
  std::set<std::uint64_t> pending_;
  std::set<std::uint64_t> strangers_;  // of those
};

}  // namespace ff::audit
