// The logic of one package of one application: which messages it gets, what is handled when, what
// becomes of failures. Pure; consumer.cpp carries effects out. [spec integrations §5.1]
//
//     outbox ─▶ Walk ─▶ Desk ─▶ Handle ─▶ package       done or given up: the cursor moves
//                        ▲        │ failures that pass: later, and after five in a row the server
//                        └────────┘ is left alone for a while
//
// Messages that the package has made itself are never handled: it would not end.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "actors/application_server/integration/desk.hpp"
#include "actors/application_server/integration/packages/config.hpp"
#include "actors/application_server/integration/packages/effect.hpp"
#include "actors/application_server/integration/packages/record.hpp"
#include "actors/application_server/integration/walk.hpp"
#include "protocol/base/random.hpp"
#include "protocol/base/result.hpp"

namespace ff::application_server::packages {

/// Of one package and application.
using Associations = std::map<AssociationKey, AssociationPtr>;

/// For operators.
struct ConsumerSnapshot {
  std::size_t held = 0;
  std::size_t under_way = 0;
  std::uint64_t behind = 0;    // messages of the outbox not looked at yet, as far as is known
  std::uint64_t failures = 0;  // in a row, of those that pass
  std::uint64_t done = 0;      // since the actor's start, as is the next
  std::uint64_t given_up = 0;
  std::optional<Duration> left_alone_for;  // the server; nothing: it is not
  std::size_t remembered = 0;              // devices whose last frames are known
};

/// Total: every call is legal at any time, and one that makes no sense has no effects.
class ConsumerState {
 public:
  /// `random` outlives the state.
  ConsumerState(ConsumerKey key, Associations associations, const ConsumerConfig& config,
                Random& random);

  /// Where it goes on, by shard number.
  [[nodiscard]] Effects loaded(const std::vector<storage::OutboxSequence>& cursors, Instant now);
  [[nodiscard]] Effects joined(std::uint64_t serial, Instant now);
  [[nodiscard]] Effects newest(const Result<std::vector<storage::OutboxSequence>>& sequences,
                               Instant now);
  [[nodiscard]] Effects read(std::uint64_t serial, const Result<std::vector<UpPublished>>& messages,
                             Instant now);
  [[nodiscard]] Effects live(const UpPublished& up, Instant now);
  /// Messages did not come live for want of room.
  [[nodiscard]] Effects missed(Instant now);
  [[nodiscard]] Effects handled(SendToken token, const Outcome& outcome, Instant now);
  /// The oldest Commit that was not answered is durable.
  [[nodiscard]] Effects committed(Instant now);
  [[nodiscard]] Effects timer(Instant now);

  /// From now on; null: it is no more.
  void set(const AssociationKey& key, const AssociationPtr& maybe_association);
  /// For the actor's last words: what was not written yet.
  storage::WriteBatch unwritten();
  /// But `remembered`, which the actor knows.
  ConsumerSnapshot snapshot(Instant now) const;

 private:
  Effects take() { return std::exchange(effects_, {}); }
  template <class E>
  void emit(E effect) {
    effects_.emplace_back(std::move(effect));
  }
  std::optional<Pair> pair_for(const DeviceId& device_id) const;
  bool wants(UpKind kind) const;
  bool has_room(std::size_t bytes) const;
  bool look_at(const UpPublished& up);
  void fill();
  void dispatch(Instant now);
  std::size_t window(Instant now) const;
  void finish(SendToken token);
  void try_again(SendToken token, const Outcome& outcome, Instant now);
  void count_failure(Instant now);
  void check_guards(Instant now);
  Duration back_off(std::uint64_t times);
  void put_moved(storage::WriteBatch& records);
  void save(Instant now);
  void schedule(Instant now);
  /// After every event.
  Effects settle_down(Instant now);

  ConsumerKey key_;
  Associations associations_;
  ConsumerConfig config_;
  Random& random_;
  Effects effects_;

  integration::Walk walk_;
  integration::Desk desk_;
  /// When each was begun, the oldest first; also ones that are done with.
  std::deque<std::pair<MonoTime, SendToken>> begun_;
  std::uint64_t failures_ = 0;         // in a row
  std::optional<MonoTime> closed_to_;  // the server is left alone
  std::uint64_t done_ = 0;
  std::uint64_t given_up_ = 0;

  bool loaded_ = false;
  bool joined_ = false;
  std::uint64_t reading_ = 0;  // serial; 0: nothing
  bool store_failed_ = false;  // until the timer
  std::uint64_t serials_ = 0;
  std::uint64_t join_serial_ = 0;
  std::uint64_t tokens_ = 0;
  std::size_t commits_ = 0;  // not answered
  MonoTime saved_;
  MonoTime polled_;
  std::optional<MonoTime> wakes_at_;
};

}  // namespace ff::application_server::packages
