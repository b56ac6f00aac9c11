// Actors that end with another one.
#include "actors/support/dependants.hpp"

#include <caf/event_based_actor.hpp>

#include "test/support/actors/actor_fixture.hpp"

namespace ff::actors {
namespace {

class DependantsTest : public test::ActorFixture {
 protected:
  caf::actor spawn() {
    auto actor = system->spawn(
        [](caf::event_based_actor*) -> caf::behavior { return {[](caf::unit_t) {}}; });
    actor->attach_functor([this] { ++ended; });
    return actor;
  }
  Dependants dependants;
  int ended = 0;
};

TEST_F(DependantsTest, EndWithTheOneTheyDependOn) {
  for (int i = 0; i < 3; ++i) dependants.add(spawn());
  EXPECT_EQ(dependants.size(), 3U);
  dependants.end();
  run();
  EXPECT_EQ(ended, 3);
  EXPECT_EQ(dependants.size(), 0U);
}

TEST_F(DependantsTest, WhoComesAfterTheEndEndsAtOnce) {
  dependants.end();
  dependants.add(spawn());
  run();
  EXPECT_EQ(ended, 1);
}

TEST_F(DependantsTest, WhoHasGoneIsNotKept) {
  const auto actor = spawn();
  dependants.add(actor);
  dependants.remove(actor.id());
  dependants.remove(actor.id());
  EXPECT_EQ(dependants.size(), 0U);
  dependants.end();
  run();
  EXPECT_EQ(ended, 0);
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  run();
}

}  // namespace
}  // namespace ff::actors
