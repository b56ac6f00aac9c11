// The stream of events over HTTP: what a client is told, and what it is not.
#include <google/protobuf/util/time_util.h>

#include "actors/events/store/actor.hpp"
#include "app/api/services/mapping/events.hpp"
#include "app/api/services/mapping/values.hpp"
#include "storage/engine/memory_engine.hpp"
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {
namespace {

using namespace ttn::lorawan::v3;  // The tests name rights.

class EventsTest : public ApiFixture {
 protected:
  std::shared_ptr<RecordingSink> stream(const std::string& body) {
    if (!gateway) start();
    auto sink = std::make_shared<RecordingSink>();
    gateway->serve({"POST", "/api/v3/events", {{"Authorization", "Bearer x"}}, body}, sink);
    return sink;
  }
  static events::Event event(std::string_view name, const char* application) {
    return {name,
            {},
            DeviceIdentifiers{{ApplicationId(application), DeviceId("dev-1")}, {}, {}, {}},
            {"corr"},
            {}};
  }

  const std::string app_1 =
      R"({"identifiers":[{"application_ids":{"application_id":"app-1"}}],"tail":5})";
};

TEST_F(EventsTest, AClientIsToldOfTheDevicesOfItsApplicationAndOfNoOthers) {
  rights["app-1"] = {RIGHT_APPLICATION_TRAFFIC_READ};
  hub.publish(event("ns.up.data.receive", "app-1"));
  auto sink = stream(app_1);
  sink->wait_for_chunks(2);  // The start and the tail.
  hub.publish(event("ns.up.data.process", "app-2"));
  hub.publish(event("ns.end_device.update", "app-1"));
  hub.publish(event("as.up.data.forward", "app-1"));
  sink->wait_for_chunks(3);
  sink->disconnect();
  sink->wait();
  const auto& text = sink->text();
  EXPECT_NE(text.find("events.stream.start"), std::string::npos);
  EXPECT_NE(text.find("ns.up.data.receive"), std::string::npos);
  const auto origin = R"("origin":")" + event_origin() + '"';
  std::size_t with_origin = 0;
  for (auto at = text.find(origin); at != std::string::npos; at = text.find(origin, at + 1))
    ++with_origin;
  EXPECT_EQ(with_origin, 3U) << text;
  EXPECT_NE(text.find("as.up.data.forward"), std::string::npos);
  EXPECT_EQ(text.find("ns.up.data.process"), std::string::npos) << "another application's";
  EXPECT_EQ(text.find("ns.end_device.update"), std::string::npos) << "needs another right";
}

TEST_F(EventsTest, WithoutRightsOrIdentifiersThereIsNoStream) {
  auto refused = stream(app_1);
  refused->wait();
  EXPECT_NE(refused->text().find("no_application_rights"), std::string::npos) << refused->text();
  auto nobody = stream("{}");
  nobody->wait();
  EXPECT_NE(nobody->text().find("no_identifiers"), std::string::npos) << nobody->text();
}

TEST_F(EventsTest, AListenerNamesABoundedNumberOfEntities) {
  rights["app-1"] = {RIGHT_APPLICATION_TRAFFIC_READ};
  const auto named = [](int times) {
    std::string ids;
    for (int i = 0; i < times; ++i)
      ids += std::string(i > 0 ? "," : "") + R"({"application_ids":{"application_id":"app-1"}})";
    return R"({"identifiers":[)" + ids + "]}";
  };
  auto refused = stream(named(1001));
  refused->wait();
  EXPECT_NE(refused->text().find("too_many_identifiers"), std::string::npos) << refused->text();
  auto served = stream(named(1000));
  served->wait_for_chunks(1);
  EXPECT_NE(served->text().find("events.stream.start"), std::string::npos);
  served->disconnect();
  served->wait();
}

TEST_F(EventsTest, ANameOrAnExpressionChoosesEvents) {
  rights["app-1"] = {RIGHT_APPLICATION_TRAFFIC_READ, RIGHT_APPLICATION_DEVICES_READ};
  auto sink = stream(
      R"({"identifiers":[{"application_ids":{"application_id":"app-1"}}],"names":["/^ns\\.up\\.data/","ns.end_device.update"]})");
  sink->wait_for_chunks(1);
  hub.publish(event("as.up.data.forward", "app-1"));
  hub.publish(event("ns.up.data.process", "app-1"));
  hub.publish(event("ns.end_device.update", "app-1"));
  sink->wait_for_chunks(3);
  sink->disconnect();
  sink->wait();
  EXPECT_NE(sink->text().find(R"(ns.up.data.process","time)"), std::string::npos) << sink->text();
  EXPECT_NE(sink->text().find(R"(ns.end_device.update","time)"), std::string::npos);
  EXPECT_EQ(sink->text().find(R"(as.up.data.forward","time)"), std::string::npos);
  // The first message says which names are meant.
  EXPECT_NE(sink->text().find(R"(google.protobuf.ListValue)"), std::string::npos);
}

TEST_F(EventsTest, NamesThatMeanNothingAreRefused) {
  rights["app-1"] = {RIGHT_APPLICATION_TRAFFIC_READ};
  struct Row {
    const char* name;
    const char* error;
  };
  const Row rows[] = {{"ns.up.data", "unknown_event_name"},
                      {"/nothing like this/", "no_matching_events"},
                      {"/(/", "invalid_regexp"},
                      {"", "unknown_event_name"}};
  for (const auto& row : rows) {
    auto refused =
        stream(R"({"identifiers":[{"application_ids":{"application_id":"app-1"}}],"names":[")" +
               std::string(row.name) + R"("]})");
    refused->wait();
    EXPECT_NE(refused->text().find(row.error), std::string::npos) << row.name << refused->text();
  }
}

/// Whose rights change while a client listens.
class EventRightsTest : public EventsTest {
 protected:
  EventRightsTest() {
    rights["app-1"] = {RIGHT_APPLICATION_TRAFFIC_READ};
    deps.access_changes = [this] { return changes.load(); };
    deps.now = [this] { return UtcTime(std::chrono::seconds(seconds.load())); };
    deps.rights = [this](const Call&, const storage::EntityKey& entity,
                         const actors::Reply<RightSet>& reply) {
      RightSet held;
      {
        const std::scoped_lock lock(mutex);
        ++asked;
        if (holds_back) return waiting.push_back([=, this] { reply(rights[entity.ids.at(0)]); });
        held = rights[entity.ids.at(0)];
      }
      reply(revoked ? Result<RightSet>(fail(token_unknown)) : std::move(held));
    };
  }
  ~EventRightsTest() override {
    waiting.clear();
    tear_down();
  }
  void change(RightSet held) {
    const std::scoped_lock lock(mutex);
    rights["app-1"] = std::move(held);
    ++changes;
  }

  std::atomic<std::uint64_t> changes = 0;
  std::atomic<int> seconds = 1'000'000;
  std::mutex mutex;
  int asked = 0;
  std::atomic<bool> revoked = false;
  bool holds_back = false;
  std::vector<std::function<void()>> waiting;
};

TEST_F(EventRightsTest, WhoLosesItsKeyHearsNothingMoreAndIsToldWhy) {
  auto sink = stream(app_1);
  sink->wait_for_chunks(1);
  hub.publish(event("ns.up.data.receive", "app-1"));
  sink->wait_for_chunks(2);
  revoked = true;
  ++changes;
  hub.publish(event("ns.up.data.process", "app-1"));
  sink->wait();
  EXPECT_EQ(sink->text().find("ns.up.data.process"), std::string::npos) << sink->text();
  EXPECT_NE(sink->text().find("token_unknown"), std::string::npos);
  EXPECT_EQ(hub.subscribers(), 0U);
}

TEST_F(EventRightsTest, WhoLosesAllRightsHearsNothingMore) {
  auto sink = stream(app_1);
  sink->wait_for_chunks(1);
  change({});
  hub.publish(event("ns.up.data.process", "app-1"));
  sink->wait();
  EXPECT_EQ(sink->text().find("ns.up.data.process"), std::string::npos) << sink->text();
  EXPECT_NE(sink->text().find("no_application_rights"), std::string::npos);
}

TEST_F(EventRightsTest, OtherRightsShowOtherEvents) {
  auto sink = stream(app_1);
  sink->wait_for_chunks(1);
  change({RIGHT_APPLICATION_DEVICES_READ});
  hub.publish(event("ns.up.data.process", "app-1"));
  hub.publish(event("ns.end_device.update", "app-1"));
  sink->wait_for_chunks(2);
  change({RIGHT_APPLICATION_TRAFFIC_READ});
  hub.publish(event("ns.up.data.receive", "app-1"));
  sink->wait_for_chunks(3);
  sink->disconnect();
  sink->wait();
  EXPECT_EQ(sink->text().find("ns.up.data.process"), std::string::npos) << sink->text();
  EXPECT_NE(sink->text().find("ns.end_device.update"), std::string::npos);
  EXPECT_NE(sink->text().find("ns.up.data.receive"), std::string::npos);
}

TEST_F(EventRightsTest, RightsAreAskedForAgainWhenTheyChangeOrGrowOld) {
  auto sink = stream(app_1);
  sink->wait_for_chunks(1);
  std::size_t told = 1;
  const auto publish = [&] {
    hub.publish(event("ns.up.data.receive", "app-1"));
    sink->wait_for_chunks(++told);
    const std::scoped_lock lock(mutex);
    return asked;
  };
  EXPECT_EQ(publish(), 1);
  EXPECT_EQ(publish(), 1);
  ++changes;
  EXPECT_EQ(publish(), 2);
  EXPECT_EQ(publish(), 2);
  seconds += 10;  // A key may have expired.
  EXPECT_EQ(publish(), 3);
  seconds -= 60;
  EXPECT_EQ(publish(), 4) << "the clock was set";
  sink->disconnect();
  sink->wait();
}

TEST_F(EventRightsTest, AnAnswerIsForWhatHappenedBeforeTheQuestion) {
  auto sink = stream(app_1);
  sink->wait_for_chunks(1);
  {
    const std::scoped_lock lock(mutex);
    holds_back = true;
    ++changes;
  }
  hub.publish(event("ns.up.data.receive", "app-1"));
  change({RIGHT_APPLICATION_TRAFFIC_READ});
  hub.publish(event("ns.up.data.process", "app-1"));
  const auto answer = [this] {
    std::vector<std::function<void()>> now;
    {
      const std::scoped_lock lock(mutex);
      now.swap(waiting);
    }
    for (const auto& one : now) one();
    return now.size();
  };
  EXPECT_EQ(answer(), 1U);
  sink->wait_for_chunks(2);
  {
    const std::scoped_lock lock(mutex);
    rights["app-1"] = {RIGHT_APPLICATION_INFO};
  }
  EXPECT_EQ(answer(), 1U) << "the second event waits for a question of its own";
  sink->disconnect();
  sink->wait();
  EXPECT_NE(sink->text().find("ns.up.data.receive"), std::string::npos) << sink->text();
  EXPECT_EQ(sink->text().find("ns.up.data.process"), std::string::npos);
}

TEST_F(EventRightsTest, WhatWaitsIsBoundedAndCounted) {
  std::atomic<int> dropped = 0;
  hub.connect({.count_dropped = [&](std::string_view) { ++dropped; }});
  auto sink = stream(app_1);
  sink->wait_for_chunks(1);
  {
    const std::scoped_lock lock(mutex);
    holds_back = true;
    ++changes;
  }
  for (int i = 0; i < 600; ++i) hub.publish(event("ns.up.data.receive", "app-1"));
  EXPECT_EQ(dropped, 600 - 1 - 512) << "one is asked for, 512 are held";
  sink->disconnect();
  sink->wait();
  hub.connect({});
}

TEST_F(EventsTest, WithoutAStoreNothingIsRelated) {
  const auto refused = call("GET", "/events/related?correlation_id=corr");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.error(), "pkg/events/grpc:storage_disabled");
}

/// With a store on an engine in memory.
class EventPastTest : public EventsTest {
 protected:
  EventPastTest() {
    store_deps.clock = actors::make_system_clock();
    store_deps.metrics = &metrics;
    committer = actors::spawn_committer(*system, {.engine = &engine,
                                                  .metrics = &metrics,
                                                  .clock = store_deps.clock,
                                                  .on_store_failed = {},
                                                  .own_thread = false});
    store_deps.committer.set(committer);
    spawned.push_back(caf::actor_cast<caf::actor>(committer));
    auto store = events::make_event_store(
        {.deps = store_deps, .store = &engine, .encode = [](const events::Event& event) {
           return to_owned(as_bytes(to_proto(event).SerializeAsString()));
         }});
    spawned.push_back(store.child.start(*system));
    deps.event_store = store.route;
    hub.connect({.new_id = [next = 0]() mutable { return "id-" + std::to_string(++next); },
                 .keep = store.keep});
  }
  ~EventPastTest() override {
    hub.connect({});
    tear_down();
    committer = nullptr;
    store_deps = {};
  }
  void publish(std::string_view name, const char* application, Duration ago = {}) {
    auto one = event(name, application);
    one.time = store_deps.clock->now().utc - ago;
    hub.publish(std::move(one));
  }

  storage::MemoryEngine engine;
  actors::Metrics metrics;
  actors::Deps store_deps;
  actors::Committer committer;
};

TEST_F(EventPastTest, AStreamBeginsWithWhatTheClientMaySeeOfThePast) {
  rights["app-1"] = {RIGHT_APPLICATION_TRAFFIC_READ};
  publish("ns.up.data.receive", "app-1");
  publish("ns.end_device.update", "app-1");
  publish("ns.up.data.receive", "app-2");
  publish("ns.up.data.process", "app-1");
  auto sink = stream(app_1);
  sink->wait_for_chunks(3);
  publish("as.up.data.forward", "app-1");
  sink->wait_for_chunks(4);
  sink->disconnect();
  sink->wait();
  const auto& text = sink->text();
  const auto receive = text.find("ns.up.data.receive");
  const auto process = text.find("ns.up.data.process");
  EXPECT_LT(receive, process);
  EXPECT_LT(process, text.find("as.up.data.forward"));
  EXPECT_EQ(text.find("ns.end_device.update"), std::string::npos);
  EXPECT_EQ(text.find("app-2"), std::string::npos);
  EXPECT_NE(text.find(R"("unique_id":"id-1")"), std::string::npos) << text;
}

TEST_F(EventPastTest, ThePastMayBeginAtATime) {
  rights["app-1"] = {RIGHT_APPLICATION_TRAFFIC_READ};
  publish("ns.up.data.receive", "app-1", std::chrono::minutes{10});
  publish("ns.up.data.process", "app-1", std::chrono::minutes{1});
  google::protobuf::Timestamp after;
  put_time(store_deps.clock->now().utc - std::chrono::minutes{5}, after);
  auto sink =
      stream(R"({"identifiers":[{"application_ids":{"application_id":"app-1"}}],"after":")" +
             google::protobuf::util::TimeUtil::ToString(after) + R"("})");
  sink->wait_for_chunks(2);
  sink->disconnect();
  sink->wait();
  EXPECT_EQ(sink->text().find("ns.up.data.receive"), std::string::npos) << sink->text();
  EXPECT_NE(sink->text().find("ns.up.data.process"), std::string::npos);
}

TEST_F(EventPastTest, RelatedEventsAreShownAsFarAsTheCallerMaySeeThem) {
  rights["app-1"] = {RIGHT_APPLICATION_TRAFFIC_READ};
  auto own = event("as.up.data.forward", "app-1");
  own.time = store_deps.clock->now().utc;
  own.data = std::string("secret of one");
  hub.publish(own);
  auto foreign = event("as.up.data.forward", "app-2");
  foreign.time = own.time;
  foreign.data = std::string("secret of two");
  hub.publish(foreign);
  const auto found = call("GET", "/events/related?correlation_id=corr");
  ASSERT_EQ(found.status, 200) << boost::json::serialize(found.body);
  const auto text = boost::json::serialize(found.body);
  EXPECT_EQ(found.body.at("events").as_array().size(), 2U);
  EXPECT_NE(text.find("secret of one"), std::string::npos);
  EXPECT_EQ(text.find("secret of two"), std::string::npos);
  EXPECT_NE(text.find("app-2"), std::string::npos);
  const auto none = call("GET", "/events/related?correlation_id=other");
  EXPECT_EQ(none.status, 200);
  EXPECT_FALSE(none.body.as_object().contains("events"));
}

}  // namespace
}  // namespace ff::api::test
