// The pool's logic, with workers that do what the test says.
#include "actors/application_server/formatters/state.hpp"

#include <gtest/gtest.h>

#include "actors/application_server/formatters/errors.hpp"

namespace ff::application_server {
namespace {

using formatter::Answer;
using formatter::Call;
using formatter::Ending;

constexpr Duration second = std::chrono::seconds{1};

class Pool : public testing::Test {
 protected:
  Pool() { config.workers = 2; }

  void begin() {
    state.emplace(config);
    take(state->begin(now));
    for (std::size_t place = 0; place < started.size(); ++place) ready(place);
  }
  void take(PoolEffects effects) {
    for (auto& effect : effects) {
      if (auto* start = std::get_if<StartWorker>(&effect)) {
        started[start->worker.place] = start->worker;
        EXPECT_EQ(start->apart, start->worker.place == 2) << "the last one is for suspects";
      }
      if (auto* kill = std::get_if<KillWorker>(&effect)) killed.push_back(kill->worker);
      if (auto* send = std::get_if<SendCall>(&effect)) {
        formatter::FrameReader reader;
        reader.append(send->frame);
        sent[send->worker.place].push_back(*formatter::decode_call(*reader.next()));
      }
      if (auto* counted = std::get_if<CountCompilations>(&effect))
        compiled.insert(compiled.end(), counted->compilations.begin(), counted->compilations.end());
      if (auto* answer = std::get_if<AnswerCall>(&effect)) answer->reply(std::move(answer->answer));
    }
  }
  void ready(std::size_t place) {
    take(state->said({started[place], formatter::Ready{formatter::wire_version}}, now));
  }
  /// Of one of `workers` homes: the first octets of the key choose.
  static formatter::Formatter script(std::uint8_t home, std::uint8_t name = 0) {
    formatter::Formatter out{
        formatter::Kind::javascript, std::make_shared<const std::string>("script"), {}};
    out.key[0] = home;
    out.key[8] = name;
    return out;
  }
  void ask(const formatter::Formatter& chosen) {
    const auto number = asked++;
    take(state->run(
        {.script = chosen,
         .input = {static_cast<std::uint8_t>(number)},
         .reply = [this, number](
                      Result<Answer> answer) { answers.emplace_back(number, std::move(answer)); }},
        now));
  }
  void answer(std::size_t place, Ending ending = Ending::done, bool retires = false) {
    ASSERT_FALSE(sent[place].empty());
    const auto call = sent[place].front();
    sent[place].erase(sent[place].begin());
    take(state->said({started[place], Answer{.id = call.id, .ending = ending, .retires = retires}},
                     now));
  }
  void end(std::size_t place) {
    sent[place].clear();
    take(state->ended({started[place], {"signal 11", true}}, now));
  }

  FormattersConfig config;
  std::optional<PoolState> state;
  MonoTime now{second};
  std::vector<WorkerId> started{3};
  std::vector<WorkerId> killed;
  std::vector<std::vector<Call>> sent{3};
  std::vector<std::pair<int, Result<Answer>>> answers;
  std::vector<formatter::Compilation> compiled;
  int asked = 0;
};

constexpr std::size_t apart = 2;

TEST_F(Pool, CallsGoToTheHomeOfTheirScriptWhichGetsItOnce) {
  begin();
  ask(script(1));
  ask(script(1));
  ask(script(0));
  ASSERT_EQ(sent[1].size(), 2U);
  EXPECT_TRUE(sent[1][0].script);
  EXPECT_FALSE(sent[1][1].script);
  EXPECT_EQ(sent[0].size(), 1U);
  answer(1);
  answer(1);
  answer(0);
  EXPECT_EQ(answers.size(), 3U);
}

TEST_F(Pool, WhatWorkersCompileIsCounted) {
  begin();
  ask(script(0));
  const auto id = sent[0].front().id;
  const std::vector<formatter::Compilation> told{{true, std::chrono::microseconds{5}},
                                                 {false, std::chrono::microseconds{9}}};
  take(state->said({started[0], Answer{.id = id, .compilations = told}}, now));
  EXPECT_EQ(compiled, told);
  EXPECT_EQ(answers.size(), 1U);
}

TEST_F(Pool, AWorkerThatHasForgottenAScriptGetsItAgain) {
  begin();
  ask(script(0));
  answer(0);
  ask(script(0));
  EXPECT_FALSE(sent[0].front().script);
  answer(0, Ending::script_missing);
  ASSERT_EQ(sent[0].size(), 1U);
  EXPECT_TRUE(sent[0].front().script);
  answer(0);
  EXPECT_EQ(answers.size(), 2U);
}

TEST_F(Pool, AnIdleWorkerHelpsABusyOne) {
  config.window = 2;
  begin();
  for (int i = 0; i < 5; ++i) ask(script(0));
  EXPECT_EQ(sent[0].size(), 2U);
  EXPECT_EQ(sent[1].size(), 1U) << "one at a time: it is nobody's home";
  answer(1);
  EXPECT_EQ(sent[1].size(), 1U);
  EXPECT_TRUE(sent[apart].empty());
}

TEST_F(Pool, AFullQueueRefusesAtOnce) {
  config.queue_size = 12;
  config.window = 1;
  begin();
  for (int i = 0; i < 10; ++i) ask(script(0));
  ASSERT_FALSE(answers.empty());
  EXPECT_TRUE(answers.front().second.error().is(pool_full));
  EXPECT_EQ(answers.size(), 5U) << "two run, three wait: a quarter";
  EXPECT_EQ(state->refused(), 5U);
  for (std::uint8_t other = 1; other < 10; ++other) {
    for (int i = 0; i < 3; ++i) ask(script(0, other));
  }
  EXPECT_EQ(state->waiting(), 12U);
  EXPECT_EQ(state->refused(), 5U + 27U - 9U);
}

TEST_F(Pool, ScriptsTakeTurns) {
  config.window = 1;
  begin();
  ask(script(1));  // nobody helps
  for (int i = 0; i < 4; ++i) ask(script(0, 1));
  ask(script(0, 2));
  ask(script(0, 2));
  std::vector<std::uint8_t> order;
  while (!sent[0].empty()) {
    order.push_back(sent[0].front().input.at(0));
    answer(0);
  }
  EXPECT_EQ(order, (std::vector<std::uint8_t>{1, 2, 5, 3, 6, 4}));
}

TEST_F(Pool, CallsThatWaitTooLongAreGivenUp) {
  config.window = 1;
  config.hang = std::chrono::minutes{1};
  begin();
  for (int i = 0; i < 3; ++i) ask(script(0));
  now += config.queue_timeout;
  take(state->expire(now));
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers[0].second.error().is(formatters_timed_out));
  EXPECT_EQ(state->waiting(), 0U);
}

TEST_F(Pool, AScriptThatTimesOutRunsApartForAWhile) {
  begin();
  ask(script(0));
  answer(0, Ending::timed_out);
  for (int i = 0; i < 3; ++i) ask(script(0));
  EXPECT_EQ(sent[apart].size(), 1U) << "one at a time";
  EXPECT_TRUE(sent[0].empty() && sent[1].empty());
  ask(script(0, 1));
  EXPECT_EQ(sent[0].size(), 1U) << "others are not affected";
  now += config.suspicion;
  for (int i = 0; i < 3; ++i) answer(apart, Ending::done);
  ask(script(0));
  EXPECT_EQ(sent[0].size(), 2U);
}

TEST_F(Pool, WhatWaitsBehindAHungScriptOfTheSameKindGoesApartToo) {
  config.window = 1;
  begin();
  ask(script(1));
  for (int i = 0; i < 4; ++i) ask(script(0));
  answer(0, Ending::timed_out);
  EXPECT_TRUE(sent[0].empty());
  EXPECT_EQ(sent[apart].size(), 1U);
}

TEST_F(Pool, TheCallThatEndsItsWorkerIsTriedOnceMoreApartAndNeighboursLoseNothing) {
  begin();
  ask(script(0, 1));  // ends the worker
  ask(script(0, 2));
  ask(script(0, 3));
  const auto first = started[0];
  end(0);
  EXPECT_FALSE(started[0] == first) << "started again at once";
  EXPECT_EQ(sent[apart].size(), 1U);
  ready(0);
  EXPECT_EQ(sent[0].size() + sent[1].size(), 2U);
  for (std::size_t place : {0U, 1U})
    while (!sent[place].empty()) answer(place);
  EXPECT_EQ(answers.size(), 2U);
  end(apart);
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[2].first, 0);
  EXPECT_EQ(answers[2].second->ending, Ending::out_of_memory);
}

TEST_F(Pool, ARetiringWorkersCallsGoToOthers) {
  begin();
  for (std::uint8_t i = 0; i < 4; ++i) ask(script(0, i));
  answer(0, Ending::out_of_memory, true);
  EXPECT_EQ(answers.size(), 1U);
  EXPECT_EQ(killed.size(), 1U);
  end(0);
  ready(0);
  for (std::size_t place : {0U, 1U})
    while (!sent[place].empty()) answer(place);
  EXPECT_EQ(answers.size(), 4U);
}

TEST_F(Pool, AWorkerThatHangsIsKilledAndItsCallTimesOut) {
  begin();
  ask(script(0, 1));
  ask(script(0, 2));
  now += config.hang + second;
  take(state->expire(now));
  EXPECT_EQ(killed.size(), 1U);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].second->ending, Ending::timed_out);
  end(0);
  ready(0);
  for (std::size_t place : {0U, 1U})
    while (!sent[place].empty()) answer(place);
  EXPECT_EQ(answers.size(), 2U);
}

TEST_F(Pool, WhatIsNoAnswerKillsTheWorker) {
  begin();
  ask(script(0));
  take(state->said({started[0], Answer{.id = 4711}}, now));
  EXPECT_EQ(killed.size(), 1U);
  take(state->babbled({started[1]}));
  EXPECT_EQ(killed.size(), 2U);
  take(state->said({started[0], Answer{.id = sent[0].front().id}}, now));
  EXPECT_TRUE(answers.empty()) << "not from one that is being killed";
}

TEST_F(Pool, WorkersThatDoNotComeUpAreTriedLessOftenAndCallsFailAtOnce) {
  config.queue_timeout = std::chrono::minutes{1};
  state.emplace(config);
  take(state->begin(now));
  ask(script(0));
  for (int i = 0; i < 3; ++i) {
    const auto before = started[0];
    take(state->ended({started[0], {"no such file", false}}, now));
    EXPECT_TRUE(started[0] == before) << "not at once";
    ASSERT_TRUE(state->next_due());
    now += config.restart_delay_max;
    take(state->expire(now));
    EXPECT_FALSE(started[0] == before);
  }
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers[0].second.error().is(formatters_unavailable));
  ask(script(0));
  EXPECT_EQ(answers.size(), 2U);
  ready(0);
  ask(script(0));
  EXPECT_EQ(sent[0].size(), 1U) << "it is back";
}

TEST_F(Pool, AWorkerThatIsNotReadyInTimeIsKilled) {
  state.emplace(config);
  take(state->begin(now));
  now += config.start_timeout + second;
  take(state->expire(now));
  EXPECT_EQ(killed.size(), 3U);
}

TEST_F(Pool, EveryCallIsAnsweredOnceWhateverWorkersDo) {
  config.window = 3;
  config.queue_size = 50;
  begin();
  std::uint32_t random = 1;
  const auto next = [&] { return random = random * 1'664'525U + 1'013'904'223U; };
  for (int step = 0; step < 20'000; ++step) {
    const std::size_t place = (next() >> 8U) % 3;
    switch ((next() >> 8U) % 8) {
      case 0:
      case 1:
      case 2:
        ask(script(static_cast<std::uint8_t>(next() >> 24U),
                   static_cast<std::uint8_t>(next() >> 28U)));
        break;
      case 3:
      case 4:
        if (!sent[place].empty()) answer(place, static_cast<Ending>((next() >> 8U) % 8));
        break;
      case 5:
        if ((next() >> 8U) % 8 == 0) end(place);
        break;
      case 6:
        ready(place);
        break;
      default:
        now += std::chrono::milliseconds{(next() >> 8U) % 500};
        take(state->expire(now));
    }
  }
  for (int i = 0; i < 100; ++i) {
    now += std::chrono::seconds{20};
    take(state->expire(now));
    for (std::size_t place = 0; place < 3; ++place) end(place);
  }
  std::vector<int> numbers;
  for (const auto& [number, result] : answers) numbers.push_back(number);
  std::sort(numbers.begin(), numbers.end());
  ASSERT_EQ(numbers.size(), static_cast<std::size_t>(asked));
  EXPECT_EQ(std::adjacent_find(numbers.begin(), numbers.end()), numbers.end());
  EXPECT_EQ(state->waiting(), 0U);
}

}  // namespace
}  // namespace ff::application_server
