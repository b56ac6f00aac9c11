#include "actors/support/mailbox.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include "test/support/actors/actor_fixture.hpp"

namespace ff::actors {
namespace {

class MailboxTest : public test::ActorFixture {};

TEST_F(MailboxTest, CountsWhatWaitsAndLeavesItInOrder) {
  std::vector<int> handled;
  std::vector<std::size_t> waiting;
  const auto actor = system->spawn([&](caf::event_based_actor* self) -> caf::behavior {
    return {[&, self](int number) {
      handled.push_back(number);
      waiting.push_back(waiting_messages(*self));
      // What comes while the mailbox is looked at is behind what was there.
      if (number == 2) caf::anon_send(self, 9);
    }};
  });
  for (int number : {1, 2, 3, 4}) caf::anon_send(actor, number);
  run();
  EXPECT_EQ(handled, (std::vector<int>{1, 2, 3, 4, 9}));
  EXPECT_EQ(waiting, (std::vector<std::size_t>{3, 2, 2, 1, 0}));
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  run();
}

TEST_F(MailboxTest, IsAGaugeOfKindAndShard) {
  MailboxProbe probe(metrics, "network_server_shard", "3");
  probe.depth.Set(7);
  EXPECT_NE(
      metrics.text().find("farfield_mailbox_messages{kind=\"network_server_shard\",shard=\"3\"} 7"),
      std::string::npos);
  EXPECT_EQ(metrics.gauge_values("farfield_mailbox_messages", "shard").at("3"), 7);
}

}  // namespace
}  // namespace ff::actors
