// A consumer without its actor: what is handled in which order, what becomes of failures and of
// crashes.
#include "actors/application_server/integration/packages/state.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "actors/application_server/integration/packages/errors.hpp"
#include "actors/application_server/outbox/messages.hpp"
#include "protocol/base/assert.hpp"

namespace ff::application_server::packages {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using storage::OutboxSequence;
using storage::Shard;

constexpr ErrorDef down{"x", "down", Code::unavailable, "down"};
constexpr ErrorDef wrong{"x", "wrong", Code::invalid_argument, "wrong"};
const Outcome passes{.error = Error(down), .temporary = true};
const Outcome refused{.error = Error(wrong)};

/// An outbox, a store that may lose what is not durable, a package that does as it is told.
class World {
 public:
  explicit World(Package package = Package::clock_sync, ConsumerConfig settings = {})
      : key{ApplicationId("app"), package}, config(settings), outbox(2) {
    set("", 202);
    start();
  }

  void start() {
    commits.clear();
    handles.clear();
    reads.clear();
    joins.clear();
    newest_asked = false;
    woken_at.reset();
    state = std::make_unique<ConsumerState>(key, associations, config, *random);
    std::vector<OutboxSequence> cursors;
    for (std::size_t i = 0; i < outbox.size(); ++i) cursors.emplace_back(stored_cursor(i));
    take(state->loaded(cursors, now));
    settle();
  }
  void set(const std::string& device, std::uint8_t f_port, bool exists = true) {
    const AssociationKey one{key.application_id, DeviceId(device), f_port};
    const auto association =
        exists ? std::make_shared<const Association>(Association{.data = device}) : nullptr;
    if (association) associations[one] = association;
    if (!association) associations.erase(one);
    if (state) state->set(one, association);
  }
  void publish(std::size_t shard, const std::string& device, UpKind kind = UpKind::uplink,
               bool live = true) {
    auto& rows = outbox[shard];
    OutboxMessage message{kind, DeviceId(device), now.utc, {'{', '}'}};
    rows.push_back({key.application_id, Shard{static_cast<std::uint16_t>(shard)},
                    OutboxSequence{rows.size() + 1},
                    std::make_shared<const OutboxMessage>(std::move(message))});
    if (live) take(state->live(rows.back(), now));
    if (live) settle();
  }
  void settle() {
    while (step()) continue;
  }
  void advance(Duration by) {
    const auto end = now.mono + by;
    while (woken_at && *woken_at <= end) {
      now.utc += *woken_at - now.mono;
      now.mono = *woken_at;
      woken_at.reset();
      take(state->timer(now));
      settle();
    }
    now.utc += end - now.mono;
    now.mono = end;
  }
  /// The oldest that is being handled.
  void finish(const Outcome& outcome = {}, std::size_t index = 0) {
    FF_ASSERT(index < handles.size());
    const auto one = handles[index];
    handles.erase(handles.begin() + static_cast<std::ptrdiff_t>(index));
    if (!outcome.error) done.push_back(name_of(one));
    take(state->handled(one.token, outcome, now));
    settle();
  }
  std::string under_way() const {
    std::string out;
    for (const auto& one : handles) out += (out.empty() ? "" : " ") + name_of(one);
    return out;
  }
  std::uint64_t stored_cursor(std::size_t shard) const {
    const auto found = store.find(cursor_key(shard));
    return found == store.end() ? 0 : decode_cursor(found->second)->value();
  }
  static std::string name_of(const Handle& one) {
    return one.message->device_id.text() + std::to_string(one.sequence.value());
  }

  ConsumerKey key;
  ConsumerConfig config;
  Associations associations;
  std::unique_ptr<Random> random = make_seeded_random(1);
  std::vector<std::vector<UpPublished>> outbox;
  std::unique_ptr<ConsumerState> state;
  Instant now{UtcTime{std::chrono::hours{1000}}, MonoTime{std::chrono::hours{1}}};
  std::deque<Commit> commits;
  std::deque<Handle> handles;
  std::deque<Read> reads;
  std::deque<Join> joins;
  std::optional<MonoTime> woken_at;
  bool newest_asked = false;
  std::vector<std::string> done;
  std::vector<std::string> failures;
  std::vector<std::string> given_up;
  std::size_t abandoned = 0;
  std::size_t told_done = 0;

 private:
  bool step() {
    if (!joins.empty()) {
      const auto join = joins.front();
      joins.pop_front();
      take(state->joined(join.serial, now));
      return true;
    }
    if (std::exchange(newest_asked, false)) {
      std::vector<OutboxSequence> newest;
      for (const auto& rows : outbox) newest.emplace_back(rows.size());
      take(state->newest(newest, now));
      return true;
    }
    if (!reads.empty()) {
      const auto read = reads.front();
      reads.pop_front();
      std::vector<UpPublished> rows;
      const auto& all = outbox[read.shard.value()];
      for (auto i = read.after.value(); i < all.size() && rows.size() < config.batch; ++i)
        rows.push_back(all[i]);
      take(state->read(read.serial, rows, now));
      return true;
    }
    if (commits.empty()) return false;
    for (const auto& change : commits.front().records)
      store[to_owned(change.key)] = to_owned(change.value);
    commits.pop_front();
    take(state->committed(now));
    return true;
  }
  Bytes cursor_key(std::size_t shard) const {
    return storage::cursor_key(
        {Shard{static_cast<std::uint16_t>(shard)}, key.application_id, consumer_of(key).name});
  }
  void take(Effects effects) {
    for (auto& effect : effects) std::visit([this](auto& one) { on(one); }, effect);
  }
  void on(Commit& effect) { commits.push_back(std::move(effect)); }
  void on(const Join& effect) { joins.push_back(effect); }
  void on(const AskNewest&) { newest_asked = true; }
  void on(const Read& effect) { reads.push_back(effect); }
  void on(const Handle& effect) { handles.push_back(effect); }
  void on(const Abandon& effect) {
    ++abandoned;
    std::erase_if(handles, [&](const Handle& one) { return one.token == effect.token; });
  }
  void on(const TellDone&) { ++told_done; }
  void on(const TellFailed& effect) {
    failures.emplace_back(effect.error.name());
    if (effect.is_last) given_up.push_back(effect.device_id.text());
  }
  void on(const Lost&) {}
  void on(const Wake& effect) {
    const auto at = now.mono + effect.after;
    if (!woken_at || at < *woken_at) woken_at = at;
  }

  std::map<Bytes, Bytes> store;
};

TEST(PackageConsumer, MessagesOfADeviceAreHandledOneAfterTheOther) {
  World world;
  for (const auto* device : {"a", "a", "b"}) world.publish(0, device);
  world.publish(1, "c");
  EXPECT_EQ(world.under_way(), "a1 b3 c1");
  world.finish();
  EXPECT_EQ(world.under_way(), "b3 c1 a2");
  EXPECT_EQ(world.told_done, 1U);
}

TEST(PackageConsumer, ItsOwnMessagesAndOthersAreNotForIt) {
  World world(Package::device_management);
  for (const auto kind : {UpKind::service_data, UpKind::location_solved, UpKind::downlink_queued,
                          UpKind::normalized, UpKind::join, UpKind::uplink})
    world.publish(0, "a", kind);
  EXPECT_EQ(world.under_way(), "a5");
  world.finish();
  EXPECT_EQ(world.under_way(), "a6");
  World clock;
  clock.publish(0, "a", UpKind::join);
  EXPECT_EQ(clock.under_way(), "");
}

TEST(PackageConsumer, TheDevicesAssociationComesWithTheApplications) {
  World world;
  world.set("b", 7);
  world.set("b", 9);
  world.publish(0, "a");
  world.publish(0, "b");
  EXPECT_EQ(world.handles[0].pair.f_port, 202);
  EXPECT_EQ(world.handles[0].pair.of_device, nullptr);
  EXPECT_EQ(world.handles[1].pair.f_port, 7);
  EXPECT_EQ(world.handles[1].pair.of_device->data, "b");
  EXPECT_NE(world.handles[1].pair.of_application, nullptr);
}

TEST(PackageConsumer, DevicesWithoutAnAssociationArePassedOver) {
  World world;
  world.set("", 202, false);
  world.set("b", 7);
  world.publish(0, "a");
  world.publish(0, "b");
  EXPECT_EQ(world.under_way(), "b2");
  world.publish(0, "b");
  world.set("b", 7, false);
  world.finish();
  EXPECT_EQ(world.under_way(), "");
  world.advance(seconds{2});
  EXPECT_EQ(world.stored_cursor(0), 3U);
}

TEST(PackageConsumer, AFailureThatPassesHoldsBackItsDeviceAlone) {
  World world;
  for (const auto* device : {"a", "a", "b"}) world.publish(0, device);
  world.finish(passes);
  EXPECT_EQ(world.under_way(), "b3");
  world.finish();
  world.advance(seconds{2});
  EXPECT_EQ(world.under_way(), "a1");
  EXPECT_EQ(world.stored_cursor(0), 0U);
  world.finish();
  world.finish();
  world.advance(seconds{2});
  EXPECT_EQ(world.stored_cursor(0), 3U);
  EXPECT_EQ(world.done, (std::vector<std::string>{"b3", "a1", "a2"}));
}

TEST(PackageConsumer, AFailureThatStaysIsGivenUpAtOnce) {
  World world;
  world.publish(0, "a");
  world.publish(0, "a");
  world.finish(refused);
  EXPECT_EQ(world.given_up, (std::vector<std::string>{"a"}));
  EXPECT_EQ(world.under_way(), "a2");
}

TEST(PackageConsumer, AttemptsHaveAnEnd) {
  World world;
  world.publish(0, "a");
  for (std::uint32_t i = 0; i < world.config.attempts_max; ++i) {
    ASSERT_EQ(world.under_way(), "a1");
    world.finish(passes);
    world.advance(minutes{3});
  }
  EXPECT_EQ(world.under_way(), "");
  EXPECT_EQ(world.failures.size(), world.config.attempts_max);
  EXPECT_EQ(world.given_up.size(), 1U);
  EXPECT_EQ(world.stored_cursor(0), 1U);
}

TEST(PackageConsumer, WhatIsNotTriedCountsAgainstNobody) {
  World world;
  world.publish(0, "a");
  for (int i = 0; i < 20; ++i) {
    world.finish({.error = Error(down), .temporary = true, .not_tried = true});
    world.advance(seconds{2});
    ASSERT_EQ(world.under_way(), "a1");
  }
  EXPECT_EQ(world.state->snapshot(world.now).failures, 0U);
}

TEST(PackageConsumer, OldMessagesThatFailAreGivenUp) {
  World world(Package::clock_sync, {.age_max = minutes{10}});
  world.publish(0, "a");
  world.advance(seconds{100});
  world.now.utc += minutes{11};
  world.finish(passes);
  EXPECT_EQ(world.failures, (std::vector<std::string>{"expired"}));
  EXPECT_EQ(world.given_up.size(), 1U);
}

TEST(PackageConsumer, AServerThatIsDownIsLeftAloneAndTriedOneAtATime) {
  World world(Package::device_management);
  for (int i = 0; i < 8; ++i) world.publish(0, std::string(1, static_cast<char>('a' + i)));
  while (!world.handles.empty()) world.finish(passes);
  EXPECT_EQ(world.state->snapshot(world.now).failures, 8U);
  EXPECT_GT(world.state->snapshot(world.now).left_alone_for, seconds{1});
  world.advance(seconds{3});
  EXPECT_EQ(world.under_way(), "");
  world.advance(seconds{10});
  EXPECT_EQ(world.handles.size(), 1U);
  world.finish();
  EXPECT_EQ(world.handles.size(), 7U);
}

TEST(PackageConsumer, AChangedAssociationIsTriedAtOnce) {
  World world;
  for (int i = 0; i < 8; ++i) world.publish(0, std::string(1, static_cast<char>('a' + i)));
  while (!world.handles.empty()) world.finish(passes);
  world.set("", 202);
  world.publish(0, "z");
  EXPECT_EQ(world.under_way(), "z9");
}

TEST(PackageConsumer, WhatIsNeverAnsweredIsAbandonedAndTriedAgain) {
  World world;
  world.publish(0, "a");
  world.advance(world.config.guard + seconds{2});
  EXPECT_EQ(world.abandoned, 1U);
  EXPECT_EQ(world.failures, (std::vector<std::string>{"not_answered"}));
  EXPECT_EQ(world.under_way(), "a1");
}

TEST(PackageConsumer, WhatIsNotDurableIsHandledAgainAfterACrash) {
  World world;
  for (int i = 0; i < 3; ++i) world.publish(0, "a");
  world.finish();
  world.advance(seconds{2});
  world.finish();
  world.start();
  EXPECT_EQ(world.under_way(), "a2");
  world.finish();
  EXPECT_EQ(world.under_way(), "a3");
}

TEST(PackageConsumer, WhatDidNotComeLiveIsRead) {
  World world(Package::clock_sync, {.window = 1000, .held_max = 10, .batch = 4});
  for (int i = 0; i < 30; ++i) world.publish(0, "d" + std::to_string(i), UpKind::uplink, false);
  EXPECT_EQ(world.under_way(), "");
  world.advance(minutes{2});
  EXPECT_EQ(world.handles.size(), 10U);
  while (!world.handles.empty()) world.finish();
  EXPECT_EQ(world.done.size(), 30U);
  world.advance(seconds{2});
  EXPECT_EQ(world.stored_cursor(0), 30U);
}

/// Each device has one home.
void publish_one(World& world, Random& dice) {
  const auto device = dice.below(8);
  world.publish(device / 4, std::string(1, static_cast<char>('a' + device)), UpKind::uplink,
                dice.below(4) > 0);
}

void expect_each_in_order(const World& world) {
  std::map<std::string, std::ptrdiff_t> last;  // by device
  for (const auto& rows : world.outbox) {
    for (const auto& up : rows) {
      const auto& device = up.message->device_id.text();
      const auto name = device + std::to_string(up.sequence.value());
      const auto first = std::ranges::find(world.done, name) - world.done.begin();
      ASSERT_LT(first, static_cast<std::ptrdiff_t>(world.done.size())) << name;
      ASSERT_GE(first, last[device]) << name;
      last[device] = first;
    }
  }
}

TEST(PackageConsumer, EveryMessageIsHandledInItsDevicesOrderWhateverHappens) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    const auto dice = make_seeded_random(seed);
    World world(Package::clock_sync, {.window = 3,
                                      .held_max = 6,
                                      .batch = 4,
                                      .attempts_max = 1000,
                                      .age_max = std::chrono::hours{1000}});
    for (int i = 0; i < 300; ++i) {
      switch (dice->below(8)) {
        case 0:
        case 1:
        case 2:
          publish_one(world, *dice);
          break;
        case 3:
        case 4:
          if (!world.handles.empty()) world.finish({}, dice->below(world.handles.size()));
          break;
        case 5:
          if (!world.handles.empty()) world.finish(passes, dice->below(world.handles.size()));
          break;
        case 6:
          world.advance(milliseconds{dice->below(3000)});
          break;
        default:
          if (dice->below(10) == 0) world.start();
      }
    }
    for (int i = 0; i < 500; ++i) {
      while (!world.handles.empty()) world.finish();
      world.advance(seconds{30});
    }
    expect_each_in_order(world);
  }
}

}  // namespace
}  // namespace ff::application_server::packages
