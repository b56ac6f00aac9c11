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
  void crash_and_wait(const std::string& name) {
    crash(name);
    advance(std::chrono::seconds{1});
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
  auto supervisor = spawn_supervisor(*system, make({child("one"), child("two"), child("three")}));
  supervisor->attach_functor([this] { ended.emplace_back("supervisor"); });
  run();
  for (int i = 0; i < 6; ++i) crash_and_wait("one");
  EXPECT_EQ(starts["one"], 6);
  EXPECT_EQ(escalated, "one");
  ended.erase(ended.begin(), ended.begin() + 6);
  EXPECT_EQ(ended, (std::vector<std::string>{"three", "two", "supervisor"}));
}

TEST_F(SupervisorTest, WaitsEverLongerBeforeItRestartsAgain) {
  auto supervisor = spawn_supervisor(*system, make({child("one")}));
  run();
  crash("one");
  EXPECT_EQ(starts["one"], 2) << "at once after the first failure";
  for (const auto pause : {100, 200, 400, 800}) {
    const auto before = starts["one"];
    crash("one");
    advance(std::chrono::milliseconds{pause - 10});
    EXPECT_EQ(starts["one"], before) << pause;
    advance(std::chrono::milliseconds{20});
    EXPECT_EQ(starts["one"], before + 1) << pause;
  }
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  run();
}

TEST_F(SupervisorTest, DoesNotRestartWhenItIsToldToStopMeanwhile) {
  auto supervisor = spawn_supervisor(*system, make({child("one"), child("two")}));
  run();
  for (int i = 0; i < 2; ++i) crash("one");
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  advance(std::chrono::seconds{1});
  EXPECT_EQ(starts["one"], 2);
  EXPECT_EQ(ended, (std::vector<std::string>{"one", "one", "two"}));
}

TEST_F(SupervisorTest, EndsOneChildForGood) {
  auto supervisor = spawn_supervisor(*system, make({child("one"), child("two")}));
  run();
  int answers = 0;
  const auto stop_one = [&] {
    caf::anon_send(supervisor, StopChild{"one", [&](const Status&) { ++answers; }});
    run();
  };
  stop_one();
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(ended, std::vector<std::string>{"one"});
  advance(std::chrono::seconds{1});
  EXPECT_EQ(starts["one"], 1);
  stop_one();
  caf::anon_send(supervisor, StopChild{"nobody", [&](const Status&) { ++answers; }});
  run();
  EXPECT_EQ(answers, 3);
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  run();
  EXPECT_EQ(ended, (std::vector<std::string>{"one", "two"}));
}

TEST_F(SupervisorTest, AStartThatFailsIsTriedAgain) {
  int refused = 2;
  auto settings = make({child("one")});
  settings.children.front().start = [&refused, start = settings.children.front().start](auto& sys) {
    if (refused > 0 && refused-- > 0) throw std::runtime_error("the port is taken");
    return start(sys);
  };
  auto supervisor = spawn_supervisor(*system, settings);
  run();
  EXPECT_EQ(starts["one"], 1);
  refused = 1;
  crash("one");
  EXPECT_EQ(starts["one"], 1);
  advance(std::chrono::seconds{1});
  EXPECT_EQ(starts["one"], 2);
  refused = 10;
  EXPECT_THROW(spawn_supervisor(*system, settings), std::runtime_error);
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  run();
}

TEST_F(SupervisorTest, EscalatingEndsWhatIsBelowTheOtherChildren) {
  auto root = make({child("poisoned")});
  root.children.push_back({"component", [this](caf::actor_system& sys) {
                             return spawn_supervisor(sys, make({child("one"), child("two")}));
                           }});
  auto supervisor = spawn_supervisor(*system, std::move(root));
  run();
  for (int i = 0; i < 6; ++i) crash_and_wait("poisoned");
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
