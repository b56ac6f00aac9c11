// What the event store keeps, finds and forgets.
#include <gtest/gtest.h>

#include <caf/send.hpp>

#include "actors/events/store/actor.hpp"
#include "test/support/actors/actor_fixture.hpp"
#include "test/support/actors/held_commits.hpp"

namespace ff::events {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

const ApplicationId app_1{"app-1"};
const DeviceIdentifiers device{{app_1, DeviceId("dev-1")}, {}, {}, {}};
const DeviceIdentifiers other{{app_1, DeviceId("dev-2")}, {}, {}, {}};
const GatewayIdentifiers gateway{GatewayId("gtw-1"), {}};

class EventStoreTest : public test::ActorFixture {
 protected:
  EventStoreTest() { start(); }
  ~EventStoreTest() override { stop(); }

  void start(std::size_t waiting_max = 100) {
    EventStoreConfig settings;
    settings.deps = deps;
    settings.store = &engine;
    settings.encode = [](const Event& event) { return to_owned(as_bytes(event.name)); };
    settings.retention = 3h;
    settings.waiting_max = waiting_max;
    settings.scan_max = 50;
    settings.own_thread = false;
    auto made = make_event_store(std::move(settings));
    hub.connect({.new_id = nullptr, .keep = made.keep});
    child = made.child.start;
    actor = child(*system);
    store = made.route;
    run();
  }
  void stop() {
    hub.connect({});
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    actor = nullptr;
    store.clear();
    run();
  }
  void publish(std::string_view name, EventSubject subject, CorrelationIds ids = {}) {
    hub.publish({name, clock->now().utc, std::move(subject), std::move(ids), {}});
  }
  Names find(FindEvents question) {
    if (question.limit == 0) question.limit = 10;
    std::optional<Result<std::vector<Bytes>>> answer;
    question.reply = [&](auto found) { answer = std::move(found); };
    caf::anon_send(store.get(), std::move(question));
    run();
    Names names;
    if (!answer || !*answer) return {"no answer"};
    for (const auto& message : **answer) names.emplace_back(as_text(message));
    return names;
  }
  Names find(EventSubject subject) {
    FindEvents question;
    question.subjects = {std::move(subject)};
    return find(std::move(question));
  }
  double metric(const std::string& name) {
    const auto text = metrics.text();
    const auto at = text.find("\n" + name + " ");
    return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size() + 2));
  }

  Hub hub;
  std::function<caf::actor(caf::actor_system&)> child;
  caf::actor actor;
  actors::Route<EventStoreHandle> store;
};

TEST_F(EventStoreTest, FindsWhatConcernsAnEntityOldestFirst) {
  publish("one", device);
  publish("two", other);
  publish("three", gateway);
  publish("four", app_1);
  EXPECT_EQ(find(device), Names{"one"});
  EXPECT_EQ(find(app_1), (Names{"one", "two", "four"}));
  EXPECT_EQ(find(gateway), Names{"three"});
  EXPECT_EQ(find(ApplicationId("app-2")), Names{});
  EXPECT_EQ(find(AccountId{AccountId::Kind::user, "app-1"}), Names{});
}

TEST_F(EventStoreTest, AnEventOfSeveralWantedEntitiesIsFoundOnce) {
  publish("one", device);
  publish("two", other);
  FindEvents both;
  both.subjects = {device, app_1};
  EXPECT_EQ(find(both), (Names{"one", "two"}));
}

TEST_F(EventStoreTest, GivesTheNewestThatAreAccepted) {
  for (const char* name : {"a", "b", "a", "b", "a"}) publish(name, device);
  FindEvents question;
  question.subjects = {device};
  question.limit = 2;
  EXPECT_EQ(find(question), (Names{"b", "a"}));
  question.accept = [](ByteView message) { return as_text(message) == "a"; };
  question.limit = 4;
  EXPECT_EQ(find(question), (Names{"a", "a", "a"}));
}

TEST_F(EventStoreTest, FindsByCorrelationId) {
  publish("one", gateway, {"gs:uplink:1"});
  publish("two", device, {"gs:uplink:1", "ns:uplink:1"});
  publish("three", device, {"gs:uplink:2"});
  FindEvents question;
  question.correlation_id = "gs:uplink:1";
  EXPECT_EQ(find(question), (Names{"one", "two"}));
  question.correlation_id = "ns:uplink:1";
  EXPECT_EQ(find(question), Names{"two"});
  question.correlation_id = "gs:uplink:";
  EXPECT_EQ(find(question), Names{});
}

TEST_F(EventStoreTest, GoesBackToATimeOverHours) {
  publish("one", device);
  advance(1h);
  const auto then = clock->now().utc;
  publish("two", device);
  advance(1h);
  publish("three", device);
  FindEvents question;
  question.subjects = {device};
  question.after = then;
  EXPECT_EQ(find(question), (Names{"two", "three"}));
  question.after.reset();
  EXPECT_EQ(find(question), (Names{"one", "two", "three"}));
}

TEST_F(EventStoreTest, ForgetsThePast) {
  publish("old", device, {"c"});
  advance(2h);
  publish("new", device, {"c"});
  advance(1h + 20min);
  EXPECT_EQ(find(device), Names{"new"});
  advance(4h);
  EXPECT_EQ(find(device), Names{});
  std::size_t rows = 0;
  ASSERT_TRUE(engine.scan({.family = storage::Family::event, .range = {}},
                          [&](ByteView, ByteView) { return ++rows > 0; }));
  EXPECT_EQ(rows, 0U);
}

TEST_F(EventStoreTest, KeepsThemOverARestart) {
  publish("before", device);
  advance(1s);
  stop();
  start();
  publish("after", device);
  EXPECT_EQ(find(device), (Names{"before", "after"}));
}

TEST_F(EventStoreTest, WhatWaitsWhenItIsToldToEndIsKept) {
  publish("before", device);
  stop();
  start();
  EXPECT_EQ(find(device), Names{"before"});
}

TEST_F(EventStoreTest, OneInThePlaceOfAnotherTakesWhatWaits) {
  caf::anon_send_exit(actor, caf::exit_reason::unhandled_exception);
  run();
  publish("one", device);
  actor = child(*system);
  run();
  EXPECT_EQ(metric("farfield_events_stored_total"), 1);
  publish("two", device);
  EXPECT_EQ(find(device), (Names{"one", "two"}));
}

/// Whose store is slower than events come.
class SlowStoreTest : public EventStoreTest {
 protected:
  SlowStoreTest() {
    held.hold(*system, deps.committer);
    run();
  }
  ~SlowStoreTest() override {
    held.drop();
    release();
  }
  void release() {
    held.release();
    run();
  }
  void ask(std::function<void(const Result<std::vector<Bytes>>&)> reply) {
    FindEvents question;
    question.subjects = {device};
    question.limit = 10;
    question.reply = std::move(reply);
    caf::anon_send(store.get(), std::move(question));
    run();
  }
  test::HeldCommits held;
};

TEST_F(SlowStoreTest, HasOneCommitUnderWay) {
  std::size_t found = 0;
  const auto count = [&](const auto& answer) { found = answer.value().size(); };
  for (const char* name : {"one", "two", "three"}) {
    publish(name, device);
    advance(1s);
  }
  ask(count);
  EXPECT_EQ(held.size(), 1U);
  release();
  EXPECT_EQ(found, 3U);
}

TEST_F(SlowStoreTest, RefusesMoreQuestionsThanCanWait) {
  publish("one", device);
  advance(1s);
  int answers = 0;
  int refused = 0;
  for (int i = 0; i < 257; ++i) {
    ask([&](const auto& answer) {
      ++answers;
      if (!answer) refused += answer.error().is(event_store_overloaded);
    });
  }
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(refused, 1);
  release();
  EXPECT_EQ(answers, 257);
}

TEST_F(SlowStoreTest, GoesOnWhenACommitIsLost) {
  ask([](const auto& answer) { EXPECT_FALSE(answer); });
  held.drop();
  run();
  release();
  publish("one", device);
  EXPECT_EQ(find(device), Names{"one"});
}

TEST_F(EventStoreTest, DropsAndCountsWhatComesTooFast) {
  stop();
  start(3);
  for (int i = 0; i < 5; ++i) publish("one", device);
  EXPECT_EQ(find(device).size(), 3U);
  EXPECT_EQ(metric("farfield_events_not_stored_total"), 2);
  EXPECT_EQ(metric("farfield_events_stored_total"), 3);
  publish("two", device);
  EXPECT_EQ(find(device).size(), 4U);
}

TEST_F(EventStoreTest, LooksAtABoundedNumberOfRows) {
  for (int i = 0; i < 80; ++i) publish(i < 10 ? "old" : "new", device);
  FindEvents question;
  question.subjects = {device};
  question.accept = [](ByteView message) { return as_text(message) == "old"; };
  EXPECT_EQ(find(question), Names{});
  question.accept = [](ByteView message) { return as_text(message) == "new"; };
  EXPECT_EQ(find(question).size(), 10U);
}

}  // namespace
}  // namespace ff::events
