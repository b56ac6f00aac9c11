// The logic of one stored MQTT session: what it has subscribed to, how far the client is in the
// outbox, what is sent next. Pure; session.cpp carries effects out. [ADR 7]
//
//     loading ─loaded─▶ away ─attach─▶ opening ─committed─▶ connected ─detach─▶ away
//                         ▲                                    │ attach: the older connection is
//                         └────────── remove ──────────────────┘ closed, and nothing it had is lost
//
// Messages come live as long as nothing is missing: the next one of a shard, with room for it.
// Otherwise the shard is behind, and is read from the outbox until it no longer is.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "actors/application_server/mqtt_session/config.hpp"
#include "actors/application_server/mqtt_session/effect.hpp"

namespace ff::application_server::mqtt_session {

/// Total: every call is legal at any time, and one that makes no sense has no effects.
class SessionState {
 public:
  SessionState(SessionKey key, const SessionsConfig& config, storage::ShardCount shards);

  [[nodiscard]] Effects loaded(Loaded loaded, Instant now);
  [[nodiscard]] Effects attach(const Attach& event, Instant now);
  [[nodiscard]] Effects detach(const Detach& event, Instant now);
  [[nodiscard]] Effects subscribe(const Subscribe& event);
  [[nodiscard]] Effects unsubscribe(const Unsubscribe& event);
  [[nodiscard]] Effects settled(const Settled& event);
  /// A client of the same name wants nothing to be remembered. Ends with ReportGone.
  [[nodiscard]] Effects remove();

  /// The oldest Commit that was not answered is durable.
  [[nodiscard]] Effects committed(Instant now);
  [[nodiscard]] Effects joined(std::uint64_t serial);
  [[nodiscard]] Effects newest(std::uint64_t serial,
                               const Result<std::vector<storage::OutboxSequence>>& sequences);
  [[nodiscard]] Effects read(std::uint64_t serial, Result<std::vector<UpPublished>> messages);
  [[nodiscard]] Effects live(const UpPublished& up);
  /// Messages did not come live for want of room.
  [[nodiscard]] Effects missed();
  [[nodiscard]] Effects timer(Instant now);

  /// For the actor's last words: cursors that were not written yet.
  storage::WriteBatch unwritten_cursors();
  const SessionRecord& record() const noexcept { return record_; }
  storage::OutboxSequence cursor(storage::Shard shard) const;

 private:
  struct UnderWay {
    storage::Shard shard;
    std::size_t bytes = 0;
  };
  struct Connection {
    ConnectionId id;
    std::uint16_t window = 0;
    std::size_t window_bytes = 0;
    bool may_read = false;
    bool open = false;  // accepted
    bool told_of_loss = false;
    std::map<SendToken, UnderWay> under_way;
    std::size_t bytes_under_way = 0;
  };
  /// Requests are answered one after another: a new subscription waits for its beginning.
  struct Request {
    std::variant<Subscribe, Unsubscribe> what;
    std::uint64_t asked = 0;  // serial of its AskNewest
  };
  struct AfterCommit {
    Effects effects;
    std::optional<ConnectionId> opens;
  };
  struct Reading {
    std::uint64_t serial = 0;
    storage::Shard shard;
  };
  enum class Link : std::uint8_t { none, joining, joined };

  Effects take() { return std::exchange(effects_, {}); }
  template <class E>
  void emit(E effect) {
    effects_.emplace_back(std::move(effect));
  }
  Feed& feed(storage::Shard shard) { return feeds_[shard.value()]; }
  bool is_current(ConnectionId id) const noexcept { return connection_ && connection_->id == id; }

  // state.cpp
  void open(const Attach& event, Instant now);
  void connect(const Attach& event);
  void end_connection();
  void forget();
  void commit(storage::WriteBatch records, AfterCommit after);
  void put_record(storage::WriteBatch& records);
  /// Those that have moved.
  void put_cursors(storage::WriteBatch& records);
  void put_all_cursors(storage::WriteBatch& records);
  void drop_passed_beginnings();
  void join();
  void leave();

  // requests.cpp
  void advance_requests();
  bool handle(Request& request);
  bool handle(Request& request, Subscribe& event);
  bool handle(Request& request, Unsubscribe& event);
  mqtt::ReasonCode apply(const Wish& wish, std::uint32_t subscription_id, bool was_empty);
  bool has_new_filter(const Subscribe& event) const;
  std::vector<Beginning> beginnings() const;

  // delivery.cpp
  bool is_delivering() const noexcept;
  void pump();
  void mark_if_behind(storage::Shard shard);
  /// False: there is no room for it.
  bool look_at(const UpPublished& up);
  bool has_room(std::size_t bytes) const noexcept;
  bool match(const UpPublished& up, Deliver& delivery) const;
  void read_next();
  void count_lost(storage::Shard shard, std::uint64_t count);

  SessionKey key_;
  SessionsConfig config_;
  storage::ShardCount shards_;
  Effects effects_;

  bool loaded_ = false;
  // What came before the record was there. Of attaches the last one counts.
  std::optional<Attach> held_attach_;
  std::optional<Detach> held_detach_;
  bool held_removal_ = false;

  SessionRecord record_;
  bool stored_ = false;
  /// Of a group: as long as it was promised to members that are away.
  UtcTime kept_until_;
  std::vector<Feed> feeds_;
  std::optional<Connection> connection_;
  std::uint64_t orders_ = 0;
  std::deque<AfterCommit> commits_;
  std::deque<Request> requests_;

  Link link_ = Link::none;
  /// Since the link was joined: where every shard ends is known, and what comes behind comes live.
  bool ends_known_ = false;
  std::optional<Reading> reading_;
  std::deque<UpPublished> batch_;
  /// Shards to be read, each once; some may have caught up meanwhile.
  std::deque<storage::Shard> behind_;
  std::vector<bool> is_queued_;
  bool store_failed_ = false;  // until the timer
  std::uint64_t serials_ = 0;
  std::uint64_t join_serial_ = 0;
  std::uint64_t answered_ = 0;  // the newest AskNewest with an answer
  std::uint64_t tokens_ = 0;
  bool waking_ = false;
  bool acknowledged_ = false;  // since cursors were written
  MonoTime polled_;
};

}  // namespace ff::application_server::mqtt_session
