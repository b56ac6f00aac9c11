// Questions to actors: one answer each, in time or not.
#include "app/api/services/base/asker.hpp"

#include <caf/typed_event_based_actor.hpp>

#include "test/support/actors/actor_fixture.hpp"

namespace ff::api {
namespace {

struct Question {
  actors::Reply<int> reply;
};

}  // namespace
}  // namespace ff::api
FF_LOCAL_MESSAGE(ff::api::Question)

namespace ff::api {
namespace {

using Handle = caf::typed_actor<caf::reacts_to<Question>>;
using std::chrono::milliseconds;
using std::chrono::seconds;

class AskerTest : public ff::test::ActorFixture {
 protected:
  AskerTest() {
    keeper_.set(spawn_deadline_keeper(*system, clock, deps.ticker));
    // Keeps what it is asked.
    receiver_ = system->spawn([this](Handle::pointer) -> Handle::behavior_type {
      return {[this](const Question& question) { questions.push_back(question); }};
    });
  }
  ~AskerTest() override {
    caf::anon_send_exit(keeper_.get(), caf::exit_reason::user_shutdown);
    caf::anon_send_exit(receiver_, caf::exit_reason::user_shutdown);
    keeper_.clear();
    receiver_ = nullptr;
    run();
  }

  void ask(const Handle& to) {
    Asker(keeper_, seconds{5})
        .ask<int>(
            to, "TEST", [](actors::Reply<int> reply) { return Question{std::move(reply)}; },
            [this](Result<int> answer) { answers.push_back(std::move(answer)); });
    run();
  }

  std::vector<Question> questions;
  std::vector<Result<int>> answers;
  actors::Route<DeadlineKeeper> keeper_;
  Handle receiver_;
};

TEST_F(AskerTest, TheFirstAnswerIsTheOnlyOne) {
  ask(receiver_);
  questions.at(0).reply(1);
  questions.at(0).reply(2);
  advance(seconds{6});
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(*answers[0], 1);
}

TEST_F(AskerTest, NoAnswerInTimeIsAnErrorAndALateOneIsDropped) {
  ask(receiver_);
  advance(milliseconds{4900});
  EXPECT_TRUE(answers.empty());
  advance(milliseconds{200});
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers[0].error().is(context_deadline_exceeded));
  questions.at(0).reply(1);
  EXPECT_EQ(answers.size(), 1U);
}

TEST_F(AskerTest, ADroppedQuestionIsAnsweredAtOnce) {
  ask(receiver_);
  questions.clear();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers[0].error().is(peer_unavailable));
  advance(seconds{6});
  EXPECT_EQ(answers.size(), 1U);
}

TEST_F(AskerTest, NobodyThereIsUnavailable) {
  ask(Handle());
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers[0].error().is(peer_unavailable));
}

}  // namespace
}  // namespace ff::api
