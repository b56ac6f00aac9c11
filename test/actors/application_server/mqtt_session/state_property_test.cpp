// Random interleavings of a session with a publisher, a client, a store that answers late, lost
// live messages, lost connections and crashes, against what a client may rely on.
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <set>
#include <variant>

#include "actors/application_server/mqtt_session/state.hpp"
#include "actors/application_server/outbox/record.hpp"
#include "actors/application_server/outbox/scans.hpp"
#include "protocol/base/random.hpp"
#include "storage/engine/memory_engine.hpp"

namespace ff::application_server::mqtt_session {
namespace {

using storage::OutboxSequence;
using storage::Shard;

class World {
 public:
  explicit World(std::uint64_t seed) : random_(make_seeded_random(seed)) { start(); }

  void step() {
    switch (random_->below(12)) {
      case 0:
      case 1:
      case 2:
        return publish();
      case 3:
      case 4:
        return hear_live();
      case 5:
        return commit();
      case 6:
      case 7:
        return answer();
      case 8:
      case 9:
        return acknowledge();
      case 10:
        return tick();
      default:
        return disturb();
    }
  }
  /// No more disturbance: everything that is owed arrives.
  void settle_down() {
    for (int i = 0; i < 3000; ++i) {
      if (connection_ == ConnectionId{}) connect();
      if (connected_ && !subscribed_ && !subscribing_) subscribe();
      commit();
      answer();
      hear_live();
      acknowledge();
      if (i % 16 == 0) tick();
    }
    for (std::size_t s = 0; s < shards_.value(); ++s) {
      for (const auto sequence : owed_[s])
        EXPECT_TRUE(acknowledged_[s].contains(sequence))
            << "shard " << s << " message " << sequence;
    }
  }

 private:
  void start() {
    state_ = std::make_unique<SessionState>(key_, config_, shards_);
    Loaded loaded;
    const auto row = engine_.get(storage::Family::entity, session_row_key(key_));
    if (*row) {
      loaded.record = *decode_session(**row);
      if (!loaded.record->subscriptions.empty()) {
        loaded.cursors = *load_cursors(engine_, shards_, key_.application_id, consumer_of(key_));
      }
    }
    subscribed_ = loaded.record && !loaded.record->subscriptions.empty();
    perform(state_->loaded(std::move(loaded), now_));
  }
  void perform(const Effects& effects) {
    for (const auto& effect : effects) std::visit([this](const auto& e) { run(e); }, effect);
  }
  void run(const Commit& e) { commits_.push_back(e.records); }
  void run(const Join& e) { joins_.push_back(e.serial); }
  void run(const Leave&) {
    joins_.clear();
    linked_ = false;
  }
  void run(const AskNewest& e) { asked_.emplace_back(e); }
  void run(const Read& e) { asked_.emplace_back(e); }
  void run(const Accept& e) {
    EXPECT_EQ(e.session_present, was_stored_);
    was_stored_ = true;
    if (e.connection == connection_) connected_ = true;
  }
  void run(const AnswerSubscribe& e) {
    if (e.connection != connection_) return;
    subscribing_ = false;
    subscribed_ = true;
  }
  void run(const AnswerUnsubscribe&) {}
  void run(const Deliver& e) {
    if (e.connection != connection_) return;
    const auto s = e.shard.value();
    EXPECT_EQ(e.message->device_id.text(), "dev-1");
    EXPECT_GT(e.sequence.value(), seen_[s]) << "in order, once per connection";
    EXPECT_GT(e.sequence, durable_cursor(e.shard)) << "not what the cursor has passed";
    seen_[s] = e.sequence.value();
    received_.push_back(e);
    EXPECT_LE(received_.size(), config_.window);
  }
  void run(const Close&) {}
  void run(const Lost&) { ADD_FAILURE() << "nothing was removed"; }
  void run(const Wake&) {}
  void run(const ReportIdle&) {}
  void run(const ReportGone&) {}

  OutboxSequence durable_cursor(Shard shard) {
    const auto row =
        engine_.get(storage::Family::cursor,
                    storage::cursor_key({shard, key_.application_id, consumer_of(key_)}));
    return *row ? *decode_cursor(**row) : OutboxSequence{0};
  }
  void publish() {
    const Shard shard{static_cast<std::uint16_t>(random_->below(shards_.value()))};
    auto& end = ends_[shard.value()];
    const bool wanted = random_->below(3) > 0;
    const auto message = std::make_shared<const OutboxMessage>(
        OutboxMessage{UpKind::uplink, DeviceId(wanted ? "dev-1" : "dev-2"), {}, {'x'}});
    const UpPublished up{key_.application_id, shard, OutboxSequence{++end}, message};
    storage::WriteBatch batch;
    batch.put(storage::Family::outbox, storage::outbox_key({shard, up.application_id, up.sequence}),
              encode_message(*message));
    ASSERT_TRUE(engine_.write(batch, storage::Durability::sync));
    if (wanted && subscribed_) owed_[shard.value()].insert(end);
    if (linked_) live_.push_back(up);
  }
  void hear_live() {
    if (live_.empty()) return;
    const auto up = live_.front();
    live_.pop_front();
    // Now and then there is no room in the mailbox.
    perform(random_->below(8) == 0 ? state_->missed() : state_->live(up));
  }
  void make_durable(const storage::WriteBatch& batch) {
    ASSERT_TRUE(engine_.write(batch, storage::Durability::sync));
    for (std::uint16_t s = 0; s < shards_.value(); ++s) {
      const auto cursor = durable_cursor(Shard{s}).value();
      for (const auto sequence : owed_[s]) {
        if (sequence > cursor) break;
        EXPECT_TRUE(acknowledged_[s].contains(sequence))
            << "cursor " << cursor << " passes " << sequence << " of shard " << s;
      }
    }
  }
  void commit() {
    if (commits_.empty()) return;
    const auto batch = commits_.front();
    commits_.pop_front();
    make_durable(batch);
    perform(state_->committed(now_));
  }
  /// The link or the outbox reader.
  void answer() {
    if (!joins_.empty() && random_->below(2) == 0) {
      const auto serial = joins_.front();
      joins_.pop_front();
      linked_ = true;
      return perform(state_->joined(serial));
    }
    if (asked_.empty()) return;
    const auto what = asked_.front();
    asked_.pop_front();
    const bool fails = random_->below(16) == 0;
    if (const auto* ask = std::get_if<AskNewest>(&what)) {
      auto found = find_newest(engine_, shards_, key_.application_id);
      return perform(state_->newest(
          ask->serial,
          fails ? Result<std::vector<OutboxSequence>>(ff::fail(storage::malformed_key)) : found));
    }
    const auto& read = std::get<Read>(what);
    auto found =
        read_messages(engine_, {key_.application_id, read.shard, read.after, config_.batch, {}});
    perform(state_->read(
        read.serial,
        fails ? Result<std::vector<UpPublished>>(ff::fail(storage::malformed_key)) : found));
  }
  void acknowledge() {
    if (received_.empty()) return;
    const auto delivery = received_.front();
    received_.pop_front();
    acknowledged_[delivery.shard.value()].insert(delivery.sequence.value());
    perform(state_->settled({delivery.connection, delivery.token}));
  }
  void tick() {
    now_.mono += std::chrono::seconds{1};
    perform(state_->timer(now_));
  }
  void connect() {
    connection_ = ConnectionId{++connections_};
    connected_ = false;
    subscribing_ = false;
    received_.clear();
    seen_ = {};
    perform(state_->attach(
        {.connection = connection_, .expiry = 1000, .window = 50, .may_read = true}, now_));
  }
  void subscribe() {
    subscribing_ = true;
    perform(
        state_->subscribe({connection_, 1, {{"devices/dev-1/up", mqtt::QoS::at_least_once}}, 0}));
  }
  void disturb() {
    switch (random_->below(8)) {
      case 0:
        return crash();
      case 1:
        received_.clear();
        connected_ = false;
        perform(state_->detach({connection_, std::nullopt, {}}, now_));
        connection_ = {};
        return;
      case 2:
      case 3:
        return connect();  // also a take-over
      default:
        if (connected_ && !subscribed_ && !subscribing_) subscribe();
    }
  }
  void crash() {
    for (auto n = random_->below(commits_.size() + 1); n > 0; --n) {
      make_durable(commits_.front());
      commits_.pop_front();
    }
    commits_.clear();
    joins_.clear();
    asked_.clear();
    live_.clear();
    received_.clear();
    linked_ = connected_ = subscribing_ = false;
    connection_ = {};
    was_stored_ = engine_.get(storage::Family::entity, session_row_key(key_))->has_value();
    start();
  }

  const SessionKey key_{ApplicationId("app"), "client"};
  const SessionsConfig config_{.window = 4, .batch = 3, .poll_interval = std::chrono::seconds{5}};
  const storage::ShardCount shards_ = *storage::ShardCount::make(2);
  std::unique_ptr<Random> random_;
  storage::MemoryEngine engine_;
  Instant now_{UtcTime{std::chrono::seconds{1'700'000'000}}, MonoTime{}};
  std::unique_ptr<SessionState> state_;

  std::deque<storage::WriteBatch> commits_;
  std::deque<std::uint64_t> joins_;
  std::deque<std::variant<AskNewest, Read>> asked_;
  std::deque<UpPublished> live_;
  bool linked_ = false;
  std::array<std::uint64_t, 2> ends_{};

  // The client.
  ConnectionId connection_;
  std::uint64_t connections_ = 0;
  bool connected_ = false;
  bool was_stored_ = false;
  bool subscribing_ = false;
  bool subscribed_ = false;  // answered, or found in the store
  std::array<std::uint64_t, 2> seen_{};
  std::deque<Deliver> received_;
  std::array<std::set<std::uint64_t>, 2> owed_;
  std::array<std::set<std::uint64_t>, 2> acknowledged_;
};

TEST(SessionProperty, EveryWantedMessageIsDeliveredInOrderAndNoCursorPassesOne) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed);
    for (int i = 0; i < 1500; ++i) world.step();
    world.settle_down();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace ff::application_server::mqtt_session
