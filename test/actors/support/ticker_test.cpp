#include "actors/support/ticker.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/support/caf_error.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::actors {
namespace {

class TickerTest : public test::ActorFixture {};

TEST_F(TickerTest, TicksEveryFiveMillisecondsWhileSubscribed) {
  int ticks = 0;
  Ticked subscriber = system->spawn([&ticks](Ticked::pointer) -> Ticked::behavior_type {
    return {[&ticks](const Tick&) { ++ticks; }};
  });
  advance(std::chrono::milliseconds{50});
  EXPECT_EQ(ticks, 0);
  caf::anon_send(deps.ticker.get(), SubscribeTicks{subscriber, {}});
  caf::anon_send(deps.ticker.get(), SubscribeTicks{subscriber, {}});
  advance(std::chrono::milliseconds{50});
  EXPECT_EQ(ticks, 10);
  caf::anon_send(deps.ticker.get(), UnsubscribeTicks{subscriber});
  advance(std::chrono::milliseconds{50});
  EXPECT_EQ(ticks, 10);
}

/// CAF keeps an entry for each, and tells of the end once for each.
TEST_F(TickerTest, MonitorsASubscriberOnceHoweverOftenItSubscribes) {
  Ticked subscriber =
      system->spawn([](Ticked::pointer) -> Ticked::behavior_type { return {[](const Tick&) {}}; });
  for (int i = 0; i < 100; ++i) {
    caf::anon_send(deps.ticker.get(), SubscribeTicks{subscriber, {}});
    caf::anon_send(deps.ticker.get(), UnsubscribeTicks{subscriber});
  }
  caf::anon_send(deps.ticker.get(), SubscribeTicks{subscriber, {}});
  run();
  caf::anon_send_exit(subscriber, caf::exit_reason::user_shutdown);
  EXPECT_LE(run(), 3U);
}

TEST_F(TickerTest, TicksFromTheTimeThatTheSubscriberWishesFor) {
  using std::chrono::milliseconds;
  int ticks = 0;
  const auto wish = std::make_shared<TickWish>();
  Ticked subscriber = system->spawn([&ticks](Ticked::pointer) -> Ticked::behavior_type {
    return {[&ticks](const Tick&) { ++ticks; }};
  });
  caf::anon_send(deps.ticker.get(), SubscribeTicks{subscriber, wish});
  advance(milliseconds{50});
  EXPECT_EQ(ticks, 0);
  wish->set(clock->now().mono + milliseconds{20});
  advance(milliseconds{15});
  EXPECT_EQ(ticks, 0);
  advance(milliseconds{15});
  EXPECT_EQ(ticks, 3);
  wish->set(std::nullopt);
  advance(milliseconds{50});
  EXPECT_EQ(ticks, 3);
}

TEST(CafError, CarriesOurErrorWhole) {
  constexpr ErrorDef def{"pkg/test", "broken", Code::aborted, "broken by {who}"};
  const Error error(def, {{"who", "us"}});
  EXPECT_EQ(from_caf(to_caf(error)), error);
  EXPECT_TRUE(from_caf(caf::make_error(caf::sec::request_timeout)).is(request_timed_out));
  EXPECT_TRUE(from_caf(caf::make_error(caf::sec::request_receiver_down)).is(receiver_down));
}

}  // namespace
}  // namespace ff::actors
