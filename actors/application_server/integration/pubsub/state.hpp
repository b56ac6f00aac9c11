// The logic of one integration: when its broker is connected to, what is read from the outbox, what
// is sent when, what becomes of failures. Pure; integration.cpp carries effects out.
// [ADR 20; spec integrations §3.3]
//
//     outbox ─▶ Walk ─▶ Desk ─▶ Send ─▶ broker         acknowledged: the cursor moves
//                        ▲        │ connection lost: all that are under way are sent again,
//                        └────────┘                   those of a device in their order
//
// A connection that ends says nothing of the messages under way, but one of them may be why it
// ended. A message that was under way three times when that happened is sent alone from then on: if
// the connection ends again, it is the reason, and counts against it when the broker has taken
// others meanwhile.
#pragma once

#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "actors/application_server/integration/desk.hpp"
#include "actors/application_server/integration/pubsub/config.hpp"
#include "actors/application_server/integration/pubsub/effect.hpp"
#include "actors/application_server/integration/pubsub/record.hpp"
#include "actors/application_server/integration/walk.hpp"
#include "protocol/base/random.hpp"
#include "protocol/base/result.hpp"

namespace ff::application_server::pubsub {

enum class Phase : std::uint8_t { starting, waiting, connecting, connected };

/// For operators.
struct IntegrationSnapshot {
  Phase phase = Phase::starting;
  UtcTime since;               // of the phase
  Duration retry_in{};         // when waiting
  std::uint64_t failures = 0;  // in a row
  std::optional<Error> last_failure;
  UtcTime last_failure_at;
  std::size_t held = 0;
  std::size_t under_way = 0;
  std::uint64_t behind = 0;     // messages of the outbox not looked at yet, as far as is known
  std::uint64_t published = 0;  // acknowledged since the actor's start, as are the next
  std::uint64_t given_up = 0;
};

/// Total: every call is legal at any time, and one that makes no sense has no effects.
class IntegrationState {
 public:
  /// `random` outlives the state.
  IntegrationState(PubSubKey key, PubSubPtr pubsub, const IntegrationConfig& config,
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
  [[nodiscard]] Effects connected(std::uint64_t serial, Instant now);
  /// The connection was not made, or is lost.
  [[nodiscard]] Effects failed(std::uint64_t serial, const Error& error, Instant now);
  /// `error`: the broker refuses this message, and the connection goes on.
  [[nodiscard]] Effects acknowledged(std::uint64_t serial, SendToken token,
                                     const std::optional<Error>& error, Instant now);
  /// A message that can not be sent at all.
  [[nodiscard]] Effects unsendable(SendToken token, const Error& error, Instant now);
  /// The oldest Commit that was not answered is durable.
  [[nodiscard]] Effects committed(Instant now);
  [[nodiscard]] Effects timer(Instant now);

  /// For the actor's last words: what was not written yet.
  storage::WriteBatch unwritten();
  const PubSub& pubsub() const noexcept { return *pubsub_; }
  bool is_connected() const noexcept { return phase_ == Phase::connected; }
  IntegrationSnapshot snapshot(Instant now) const;

 private:
  Effects take() { return std::exchange(effects_, {}); }
  template <class E>
  void emit(E effect) {
    effects_.emplace_back(std::move(effect));
  }

  // state.cpp
  void enter(Phase phase, Instant now);
  void connect(Instant now);
  void disconnected(const Error& error, Instant now);
  void check_times(Instant now);
  void put_moved(storage::WriteBatch& records);
  void schedule(Instant now);
  /// After every event.
  Effects settle_down(Instant now);

  // flow.cpp
  bool has_room(std::size_t bytes) const;
  bool look_at(const UpPublished& up);
  void fill();
  void dispatch(Instant now);
  void finish(SendToken token);
  void try_again(SendToken token, bool counts, const Error& error, Instant now, MonoTime due);
  bool takes_others(const integration::Item& item) const;

  PubSubKey key_;
  PubSubPtr pubsub_;
  IntegrationConfig config_;
  Random& random_;
  Effects effects_;

  Phase phase_ = Phase::starting;
  Instant since_;
  MonoTime retry_at_;
  std::uint64_t connection_ = 0;  // serial
  std::uint64_t failures_ = 0;
  std::optional<Error> last_failure_;
  UtcTime last_failure_at_;

  integration::Walk walk_;
  integration::Desk desk_;
  /// When each was sent, the oldest first; also ones that are done with.
  std::deque<std::pair<MonoTime, SendToken>> sent_;
  std::optional<SendToken> alone_;  // nothing else is sent beside it
  std::optional<MonoTime> last_success_;
  std::uint64_t published_ = 0;
  std::uint64_t given_up_ = 0;

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

}  // namespace ff::application_server::pubsub
