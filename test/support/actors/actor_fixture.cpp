#include "test/support/actors/actor_fixture.hpp"

#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>

#include "actors/support/timer_wheel.hpp"

namespace ff::test {
namespace {

caf::scheduler::test_coordinator& scheduler(caf::actor_system& system) {
  return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
}

}  // namespace

ActorFixture::ActorFixture() {
  config.set("scheduler.policy", caf::atom("testing"));
  config.set("logger.verbosity", caf::atom("quiet"));
  system = std::make_unique<caf::actor_system>(config);
  clock = std::make_shared<actors::ManualClock>(UtcTime{std::chrono::seconds{1'700'000'000}});
  deps.clock = clock;
  deps.metrics = &metrics;
  deps.make_random = [seed = std::uint64_t{1}]() mutable { return make_seeded_random(seed++); };
  deps.ticker.set(actors::spawn_ticker(*system, clock));
  deps.committer.set(actors::spawn_committer(*system, {.engine = &engine,
                                                       .metrics = &metrics,
                                                       .clock = clock,
                                                       .on_store_failed = {},
                                                       .own_thread = false}));
  deps.loader.set(actors::spawn_loader(*system, {.store = &engine, .own_thread = false}));
}

ActorFixture::~ActorFixture() {
  caf::anon_send_exit(deps.committer.get(), caf::exit_reason::user_shutdown);
  caf::anon_send_exit(deps.ticker.get(), caf::exit_reason::user_shutdown);
  caf::anon_send_exit(deps.loader.get(), caf::exit_reason::user_shutdown);
  deps.committer.clear();
  deps.loader.clear();
  deps.ticker.clear();
  run();
}

std::size_t ActorFixture::run() {
  return scheduler(*system).run();
}

void ActorFixture::advance(Duration by) {
  run();
  constexpr auto tick = actors::TimerWheel<int>::tick;
  for (; by > Duration{0}; by -= tick) {
    const auto step = std::min<Duration>(by, tick);
    clock->advance(step);
    scheduler(*system).advance_time(std::chrono::duration_cast<caf::timespan>(step));
    run();
  }
}

}  // namespace ff::test
