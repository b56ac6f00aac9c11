// The logic of one webhook's delivery: what is read from the outbox, what is sent when, what
// becomes of failures. Pure; delivery.cpp carries effects out. [ADR 10; spec integrations
// §2.4]
//
//     outbox ─▶ Walk (live) ───┐
//     outbox ─▶ Walk (replay) ─┼─▶ Desk ─▶ Breaker ─▶ Send ─▶ endpoint
//     dead letters ────────────┘     ▲                  │ failure: again later, or a dead letter
//                                    └──────────────────┘ success: the cursor moves
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "actors/application_server/integration/desk.hpp"
#include "actors/application_server/integration/walk.hpp"
#include "actors/application_server/integration/webhook/breaker.hpp"
#include "actors/application_server/integration/webhook/effect.hpp"

namespace ff::application_server::webhook {

using integration::Desk;
using integration::Item;
using integration::Origin;
using integration::Walk;

/// For operators.
struct DeliverySnapshot {
  Health health;
  bool open = false;    // the endpoint is left alone
  Duration retry_in{};  // of an open one; 0: one request is being tried
  std::size_t held = 0;
  std::size_t under_way = 0;
  std::uint64_t behind = 0;  // messages of the outbox not looked at yet, as far as is known
  std::size_t dead_letters = 0;
  std::optional<Replay> replay;
  std::uint64_t replay_behind = 0;
};

/// Total: every call is legal at any time, and one that makes no sense has no effects.
class DeliveryState {
 public:
  /// `random` outlives the state.
  DeliveryState(WebhookKey key, WebhookPtr webhook, const DeliveryConfig& config, Random& random);

  [[nodiscard]] Effects loaded(Loaded loaded, Instant now);
  /// Other settings, from now on.
  [[nodiscard]] Effects configure(WebhookPtr webhook, Instant now);
  [[nodiscard]] Effects joined(std::uint64_t serial, Instant now);
  [[nodiscard]] Effects newest(std::uint64_t serial,
                               const Result<std::vector<storage::OutboxSequence>>& sequences,
                               Instant now);
  [[nodiscard]] Effects read(std::uint64_t serial, const Result<std::vector<UpPublished>>& messages,
                             Instant now);
  using Letters = std::vector<std::pair<std::uint64_t, DeadLetter>>;
  [[nodiscard]] Effects letters(std::uint64_t serial, const Result<Letters>& letters, Instant now);
  [[nodiscard]] Effects live(const UpPublished& up, Instant now);
  /// Messages did not come live for want of room.
  [[nodiscard]] Effects missed(Instant now);
  [[nodiscard]] Effects sent(SendToken token, const Outcome& outcome, Instant now);
  /// The oldest Commit that was not answered is durable.
  [[nodiscard]] Effects committed(Instant now);
  [[nodiscard]] Effects timer(Instant now);

  // Operators' requests; each ends with a Commit that answers it, or a Refuse.
  [[nodiscard]] Effects order_replay(ReplayOrder order, RequestId request, Instant now);
  /// Goes on behind these sequences, by shard, wherever it is. Requests under way come to their
  /// end.
  [[nodiscard]] Effects start_from(const std::vector<storage::OutboxSequence>& cursors,
                                   RequestId request, Instant now);
  [[nodiscard]] Effects cancel_replay(RequestId request, Instant now);
  /// All dead letters are tried once more; those that fail again stay.
  [[nodiscard]] Effects redeliver(RequestId request, Instant now);
  [[nodiscard]] Effects discard_letters(RequestId request, Instant now);
  [[nodiscard]] Effects reset_health(RequestId request, Instant now);

  /// For the actor's last words: what was not written yet.
  storage::WriteBatch unwritten();
  const Webhook& webhook() const noexcept { return *webhook_; }
  DeliverySnapshot snapshot(Instant now) const;

 private:
  Effects take() { return std::exchange(effects_, {}); }
  template <class E>
  void emit(E effect) {
    effects_.emplace_back(std::move(effect));
  }

  // state.cpp
  void commit(storage::WriteBatch records, RequestId answers = 0, SendToken finishes = {});
  void put_record(storage::WriteBatch& records);
  void put_moved(storage::WriteBatch& records);
  void save();
  void end_replay_if_done();
  void begin_replay();
  void ask_newest() { emit(AskNewest{++serials_}); }
  void schedule(Instant now);
  /// After every event.
  Effects settle_down(Instant now);

  // flow.cpp
  bool wants(const OutboxMessage& message) const;
  bool is_in_replay(const UpPublished& up) const;
  bool has_room(Origin origin, std::size_t bytes) const;
  bool look_at(Walk& walk, Origin origin, const UpPublished& up);
  void fill(Walk& walk, Origin origin, std::uint64_t& reading);
  void fill_letters();
  void dispatch(Instant now);

  // outcome.cpp
  void succeeded(SendToken token, Instant now);
  void failed(SendToken token, const Outcome& outcome, Instant now);
  void finish(SendToken token);
  void bury(SendToken token, const Error& reason, Instant now);
  void set_health(Health health);
  std::uint32_t attempts_max(const Item& item) const;

  WebhookKey key_;
  WebhookPtr webhook_;
  DeliveryConfig config_;
  Random& random_;
  Effects effects_;

  bool loaded_ = false;
  bool joined_ = false;
  DeliveryRecord record_;
  bool record_dirty_ = false;
  std::set<std::uint64_t> letters_;
  std::uint64_t next_letter_ = 1;

  Walk live_;
  Walk replay_;
  Desk desk_;
  Breaker breaker_;
  std::optional<MonoTime> last_success_;
  /// Devices whose last message was given up: their next one gets a single attempt while the
  /// endpoint takes others, so that a device that is never taken does not fill the desk.
  std::set<DeviceId> distrusted_;

  std::uint64_t live_reading_ = 0;  // serials of what was asked; 0: nothing
  std::uint64_t replay_reading_ = 0;
  std::uint64_t letters_reading_ = 0;
  /// Letters up to it are being delivered once more; 0: none are.
  std::uint64_t redeliver_up_to_ = 0;
  std::uint64_t redelivered_ = 0;  // the last one taken up
  bool store_failed_ = false;      // until the timer

  std::uint64_t serials_ = 0;
  std::uint64_t join_serial_ = 0;
  std::uint64_t tokens_ = 0;
  /// Not answered; each with the message that is done with when it is durable, 0 for none.
  std::deque<SendToken> commits_;
  MonoTime saved_;
  MonoTime polled_;
  std::optional<MonoTime> wakes_at_;
};

}  // namespace ff::application_server::webhook
