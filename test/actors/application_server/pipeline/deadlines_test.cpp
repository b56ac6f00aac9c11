#include "actors/application_server/pipeline/deadlines.hpp"

#include "test/actors/application_server/pipeline/rig.hpp"

namespace ff::application_server {
namespace {

using std::chrono::seconds;

constexpr MonoTime at(int second) {
  return MonoTime{seconds{second}};
}

TEST(Deadlines, AreTakenInTheOrderOfTheirTimes) {
  const DeviceUid one{ApplicationId("app"), DeviceId("one")};
  const DeviceUid two{ApplicationId("app"), DeviceId("two")};
  Deadlines deadlines;
  EXPECT_FALSE(deadlines.next());
  deadlines.add(at(9), one, 1);
  deadlines.add(at(5), two, 2);
  deadlines.add(at(5), one, 3);
  EXPECT_EQ(deadlines.next(), at(5));
  EXPECT_FALSE(deadlines.take(at(4)));
  const auto first = deadlines.take(at(5));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->device, two);
  EXPECT_EQ(first->request, 2U);
  EXPECT_EQ(deadlines.take(at(5))->request, 3U);
  EXPECT_FALSE(deadlines.take(at(5)));
  EXPECT_EQ(deadlines.next(), at(9));
}

TEST(Deadlines, AnAnswerTakesItsOwnAway) {
  const DeviceUid device{ApplicationId("app"), DeviceId("one")};
  Deadlines deadlines;
  deadlines.add(at(5), device, 1);
  deadlines.add(at(5), device, 2);
  deadlines.erase(1);
  deadlines.erase(1);
  deadlines.erase(7);
  EXPECT_EQ(deadlines.size(), 1U);
  EXPECT_EQ(deadlines.take(at(9))->request, 2U);
  deadlines.erase(2);
  EXPECT_EQ(deadlines.size(), 0U);
  EXPECT_FALSE(deadlines.next());
}

class Waits : public Rig {
 protected:
  std::size_t unanswered() {
    std::size_t count = 0;
    caf::anon_send(pipeline, InspectPipeline{[&](const Result<PipelineSnapshot>& snapshot) {
                     count = snapshot->unanswered;
                   }});
    run();
    return count;
  }
};

TEST_F(Waits, EndWithTheAnswer) {
  create_with(javascript());
  for (std::uint32_t i = 1; i <= 3; ++i) accept({uplink(id_1, key_1, address_1, i)});
  EXPECT_EQ(unanswered(), 3U);
  for (std::size_t i = 0; i < 3; ++i) script_answers(i, {.text = R"({"data":{}})"});
  EXPECT_EQ(unanswered(), 0U);

  push({item()});
  EXPECT_EQ(unanswered(), 1U);
  script_answers(3, {.text = R"({"data":{}})"});
  EXPECT_EQ(unanswered(), 1U) << "the network server's";
  network_answers({});
  EXPECT_EQ(unanswered(), 0U);

  accept({uplink(id_3, key_2, address_2, 1)});
  EXPECT_EQ(unanswered(), 1U) << "the join server's";
  asked.back().reply(fail(no_app_s_key));
  run();
  EXPECT_EQ(unanswered(), 0U);
}

TEST_F(Waits, OfAListedQueueEndWithTheList) {
  create_with(javascript());
  const auto list = [&] {
    caf::anon_send(pipeline, ListQueuedDownlinks{uid, [](const auto&) {}});
    run();
    auto queued = item();
    queued.session_key_id = id_1;
    queued.f_cnt = FCnt32{1};
    std::get<network_server::ListDownlinks>(*to_session.back().event).reply({{queued, queued}});
    run();
  };
  list();
  EXPECT_EQ(unanswered(), 3U) << "two scripts, and the list";
  script_answers(0, {.text = R"({"data":{}})"});
  script_answers(1, {.text = R"({"data":{}})"});
  EXPECT_EQ(unanswered(), 0U);
  list();
  advance(seconds{31});
  EXPECT_EQ(unanswered(), 0U);
}

}  // namespace
}  // namespace ff::application_server
