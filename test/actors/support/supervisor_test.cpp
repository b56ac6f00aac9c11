#include "actors/support/supervisor.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <stdexcept>

#include "actors/support/route.hpp"
#include "actors/support/shell.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::actors {
namespace {

struct Crash {};

class SupervisorTest : public test::ActorFixture {
 protected:
  /// A child that throws when told to crash, and notes its start and end.
  ChildSpec child(const std::string& name) {
    return {name, [this, name](caf::actor_system& sys) {
              ++starts[name];
              auto handle = sys.spawn([this, name](caf::event_based_actor* self) -> caf::behavior {
                prepare(self, "child");
                self->attach_functor([this, name] { ended.push_back(name); });
                return {[](caf::unit_t) { throw std::runtime_error("poisoned"); }};
              });
              routes[name].set(handle);
              return handle;
            }};
  }
  SupervisorConfig make(std::vector<ChildSpec> children) {
    return {.name = "test",
            .limits = {},
            .children = std::move(children),
            .clock = clock,
            .metrics = &metrics,
            .on_escalation = [this](const std::string& name) { escalated = name; }};
  }
  void crash(const std::string& name) {
    caf::anon_send(routes[name].get(), caf::unit);
    run();
  }
  std::map<std::string, int> starts;
  std::map<std::string, Route<caf::actor>> routes;
  std::vector<std::string> ended;
  std::string escalated;
};

TEST_F(SupervisorTest, RestartsOnlyTheChildThatFailedAndTheRouteFollows) {
  auto supervisor = spawn_supervisor(*system, make({child("one"), child("two")}));
  run();
  auto before = routes["one"].get();
  crash("one");
  EXPECT_EQ(starts["one"], 2);
  EXPECT_EQ(starts["two"], 1);
  EXPECT_NE(routes["one"].get(), before);
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  run();
}

TEST_F(SupervisorTest, ShowsItsChildrenWithTheirLastFailure) {
  auto supervisor = spawn_supervisor(*system, make({child("one"), child("two")}));
  run();
  advance(std::chrono::seconds{2});
  crash("one");
  std::optional<SupervisorSnapshot> shown;
  caf::anon_send(supervisor,
                 InspectSupervisor{[&](Result<SupervisorSnapshot> answer) { shown = *answer; }});
  run();
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->name, "test");
  ASSERT_EQ(shown->children.size(), 2U);
  const auto& one = shown->children[0];
  EXPECT_EQ(one.name, "one");
  EXPECT_TRUE(one.running);
  EXPECT_EQ(one.restarts, 1U);
  EXPECT_EQ(one.last_failure_at, clock->now().utc);
  EXPECT_EQ(one.started_at, clock->now().utc);
  EXPECT_NE(one.last_failure.find("poisoned"), std::string::npos) << one.last_failure;
  EXPECT_EQ(shown->children[1].restarts, 0U);
  EXPECT_EQ(shown->children[1].last_failure, "");
  EXPECT_FALSE(shown->children[1].last_failure_at);
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  run();
}

TEST_F(SupervisorTest, EscalatesWhenAChildFailsTooOften) {
  auto supervisor = spawn_supervisor(*system, make({child("one"), child("two")}));
  run();
  for (int i = 0; i < 6; ++i) crash("one");
  EXPECT_EQ(starts["one"], 6);
  EXPECT_EQ(escalated, "one");
  EXPECT_EQ(ended.back(), "two");
}

TEST_F(SupervisorTest, EscalatingEndsWhatIsBelowTheOtherChildren) {
  auto root = make({child("poisoned")});
  root.children.push_back({"component", [this](caf::actor_system& sys) {
                             return spawn_supervisor(sys, make({child("one"), child("two")}));
                           }});
  auto supervisor = spawn_supervisor(*system, std::move(root));
  run();
  for (int i = 0; i < 6; ++i) crash("poisoned");
  EXPECT_EQ(escalated, "poisoned");
  EXPECT_EQ(std::count(ended.begin(), ended.end(), "one"), 1);
  EXPECT_EQ(std::count(ended.begin(), ended.end(), "two"), 1);
}

TEST_F(SupervisorTest, ForgetsFailuresAfterAMinute) {
  auto supervisor = spawn_supervisor(*system, make({child("one")}));
  run();
  for (int i = 0; i < 20; ++i) {
    crash("one");
    advance(std::chrono::seconds{13});
  }
  EXPECT_EQ(starts["one"], 21);
  EXPECT_EQ(escalated, "");
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  run();
}

TEST_F(SupervisorTest, StopsChildrenInReverseOrder) {
  auto supervisor = spawn_supervisor(*system, make({child("one"), child("two"), child("three")}));
  run();
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  run();
  EXPECT_EQ(ended, (std::vector<std::string>{"three", "two", "one"}));
}

}  // namespace
}  // namespace ff::actors
