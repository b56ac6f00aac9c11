// Directory, session actors, links and outbox reader together, in virtual time.
#include <gtest/gtest.h>

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <numeric>

#include "actors/application_server/link/actor.hpp"
#include "actors/application_server/mqtt_session/actor.hpp"
#include "actors/application_server/outbox/actor.hpp"
#include "actors/application_server/outbox/record.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::application_server::mqtt_session {
namespace {

using mqtt::QoS;
using mqtt::ReasonCode;
using storage::OutboxSequence;
using storage::Shard;

class Client final : public SessionPeer {
 public:
  void accepted(const Accepted& accepted) noexcept override {
    session = accepted.session;
    id = accepted.connection;
    present = accepted.session_present;
    log += "accepted ";
  }
  void refused(ReasonCode reason) noexcept override { say("refused", reason); }
  void subscribed(std::uint16_t, const Reasons& reasons) noexcept override {
    say("subscribed", reasons.front());
  }
  void unsubscribed(std::uint16_t, const Reasons& reasons) noexcept override {
    say("unsubscribed", reasons.front());
  }
  void deliver(const Deliver& delivery) noexcept override {
    got.push_back(delivery.sequence.value());
    if (acknowledges) caf::anon_send(session, Settled{id, delivery.token});
  }
  void close(ReasonCode reason) noexcept override { say("closed", reason); }
  void say(const std::string& what, ReasonCode reason) {
    log += what + ' ' + std::string(mqtt::to_string(reason)) + ' ';
  }

  SessionHandle session;
  ConnectionId id;
  bool present = false;
  bool acknowledges = true;
  std::string log;
  std::vector<std::uint64_t> got;
};
using ClientPtr = std::shared_ptr<Client>;

class MqttSessions : public test::ActorFixture {
 protected:
  void SetUp() override {
    outbox = spawn_outbox(*system,
                          {.store = &engine, .deps = deps, .shards = shards, .own_thread = false});
    outbox_route.set(outbox);
    links = spawn_links(*system, {deps, table, {}, std::chrono::seconds{1}});
    links_route.set(links);
    start();
  }
  void TearDown() override {
    for (const auto& actor :
         {caf::actor_cast<caf::actor>(sessions), caf::actor_cast<caf::actor>(links),
          caf::actor_cast<caf::actor>(outbox)}) {
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    }
    run();
  }
  void start() {
    SessionsContext context{.config = config,
                            .deps = deps,
                            .shards = shards,
                            .outbox = outbox_route,
                            .links = links_route,
                            .index = index};
    sessions =
        spawn_mqtt_sessions(*system, std::make_shared<const SessionsContext>(std::move(context)));
    run();
  }
  /// As a kill of the process would: without last words of the old actors.
  void restart() {
    caf::anon_send_exit(sessions, caf::exit_reason::user_shutdown);
    run();
    start();
  }
  ClientPtr connect(const std::string& id = "c1", Attach attach = kept) {
    auto client = std::make_shared<Client>();
    caf::anon_send(sessions, AttachSession{{app, id}, attach, client});
    run();
    return client;
  }
  void subscribe(const ClientPtr& client, const std::string& filter = "#") {
    caf::anon_send(client->session, Subscribe{client->id, 1, {{filter, QoS::at_least_once}}, 0});
    run();
  }
  void disconnect(const ClientPtr& client, std::optional<std::uint32_t> expiry = std::nullopt) {
    caf::anon_send(client->session, Detach{client->id, expiry, {}});
    client->session = SessionHandle();
    run();
  }
  /// As a pipeline: durable first, then live.
  void publish(Shard shard, std::uint64_t sequence, bool lively = true) {
    auto message = std::make_shared<const OutboxMessage>(
        OutboxMessage{UpKind::uplink, DeviceId("dev-1"), clock->now().utc, {'x'}});
    storage::WriteBatch batch;
    batch.put(storage::Family::outbox, storage::outbox_key({shard, app, OutboxSequence{sequence}}),
              encode_message(*message));
    ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
    if (lively) publish_to(table)({app, shard, OutboxSequence{sequence}, message});
  }
  std::vector<SessionSnapshot> inspect() {
    std::vector<SessionSnapshot> out;
    caf::anon_send(sessions, InspectSessions{[&](auto found) { out = *found; }});
    run();
    return out;
  }
  std::size_t rows(storage::Family family) {
    return *engine.scan({family, {}}, [](ByteView, ByteView) { return true; });
  }
  double counter(const std::string& name) {
    const auto text = metrics.text();
    const auto at = text.find('\n' + name + ' ');
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
  }

  static constexpr Attach kept{.expiry = 100, .window = 10, .may_read = true};
  const ApplicationId app{"app-a"};
  const storage::ShardCount shards = *storage::ShardCount::make(2);
  const Shard zero{0};
  const Shard one{1};
  SessionsConfig config{
      .sessions_max = 2, .live_max = 4, .batch = 3, .sweep_interval = std::chrono::seconds{10}};
  LinkTable table;
  SessionIndex index;
  actors::Route<OutboxHandle> outbox_route;
  actors::Route<LinksHandle> links_route;
  OutboxHandle outbox;
  LinksHandle links;
  SessionsHandle sessions;
};

TEST_F(MqttSessions, WhatWasPublishedWhileAwayArrivesOnReturn) {
  publish(zero, 1);
  auto client = connect();
  EXPECT_FALSE(client->present);
  subscribe(client);
  EXPECT_EQ(client->log, "accepted subscribed granted_qos_1 ");
  publish(zero, 2);
  run();
  disconnect(client);
  EXPECT_FALSE(inspect().at(0).running);
  for (std::uint64_t i = 3; i <= 9; ++i) publish(zero, i);
  publish(one, 1);
  run();
  auto back = connect();
  EXPECT_TRUE(back->present);
  publish(zero, 10);
  run();
  EXPECT_EQ(client->got, (std::vector<std::uint64_t>{2}));
  EXPECT_EQ(back->got, (std::vector<std::uint64_t>{3, 4, 5, 1, 6, 7, 8, 9, 10}));
  EXPECT_GT(counter("farfield_as_mqtt_session_messages_read_total"), 0);
}

TEST_F(MqttSessions, ASlowClientLosesNothingAndHoldsNobodyUp) {
  auto client = connect("c1", {.expiry = 100, .window = 1, .may_read = true});
  subscribe(client);
  client->acknowledges = false;
  // Without running in between, the session's mailbox has room for four.
  for (std::uint64_t i = 1; i <= 20; ++i) publish(zero, i);
  run();
  EXPECT_EQ(client->got.size(), 1U);
  EXPECT_EQ(counter("ttn_lw_as_subscription_sets_publish_failed_total{error=\"pkg/"
                    "applicationserver/io:buffer_full\",protocol=\"mqtt\"}"),
            0);
  client->acknowledges = true;
  caf::anon_send(client->session, Settled{client->id, SendToken{1}});
  run();
  std::vector<std::uint64_t> all(20);
  std::iota(all.begin(), all.end(), 1);
  EXPECT_EQ(client->got, all);
}

TEST_F(MqttSessions, ACrashRepeatsAtMostWhatWasAcknowledgedSinceTheCursor) {
  auto client = connect();
  subscribe(client);
  publish(zero, 1);
  run();
  advance(std::chrono::milliseconds{1100});
  publish(zero, 2);
  run();
  EXPECT_EQ(client->got, (std::vector<std::uint64_t>{1, 2}));
  caf::anon_send_exit(caf::actor_cast<caf::actor>(client->session), caf::exit_reason::kill);
  run();
  EXPECT_NE(client->log.find("closed server_unavailable"), std::string::npos);
  auto back = connect();
  EXPECT_TRUE(back->present);
  for (const auto sequence : back->got) EXPECT_EQ(sequence, 2U);
}

TEST_F(MqttSessions, SessionsAreFoundAfterARestart) {
  auto client = connect();
  subscribe(client, "devices/dev-1/up");
  restart();
  EXPECT_EQ(inspect().size(), 1U);
  publish(zero, 1);
  publish(one, 1);
  auto back = connect();
  EXPECT_TRUE(back->present);
  EXPECT_EQ(back->got, (std::vector<std::uint64_t>{1, 1}));
}

TEST_F(MqttSessions, ASecondConnectionTakesOver) {
  auto first = connect();
  subscribe(first);
  first->acknowledges = false;
  publish(zero, 1);
  run();
  auto second = connect();
  EXPECT_NE(first->log.find("closed session_taken_over"), std::string::npos);
  EXPECT_TRUE(second->present);
  EXPECT_EQ(second->got, (std::vector<std::uint64_t>{1}));
  disconnect(first, 0);
  EXPECT_TRUE(inspect().at(0).running);
  EXPECT_EQ(counter("farfield_as_mqtt_sessions_taken_over_total"), 1);
}

TEST_F(MqttSessions, OfAnApplicationThatIsNoMoreEndAndAreForgotten) {
  auto connected = connect("c1");
  subscribe(connected);
  auto away = connect("c2");
  subscribe(away);
  disconnect(away);
  auto other = std::make_shared<Client>();
  caf::anon_send(sessions, AttachSession{{ApplicationId("app-b"), "c1"}, kept, other});
  run();
  caf::anon_send(sessions, ForgetApplication{app});
  run();
  EXPECT_NE(connected->log.find("closed"), std::string::npos);
  EXPECT_EQ(other->log.find("closed"), std::string::npos);
  const auto left = inspect();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].key.application_id, ApplicationId("app-b"));
  EXPECT_EQ(rows(storage::Family::entity), 1U);
  EXPECT_EQ(rows(storage::Family::cursor), 0U);
  EXPECT_FALSE(index.may_contain({app, "c1"}));
  EXPECT_FALSE(index.may_contain({app, "c2"}));
  // A client of the next owner has a session of its own.
  EXPECT_FALSE(connect("c1")->present);
}

TEST_F(MqttSessions, AnApplicationsEndIsNotMissedWhileTheListIsRead) {
  auto client = connect();
  subscribe(client);
  disconnect(client);
  caf::anon_send_exit(sessions, caf::exit_reason::user_shutdown);
  run();
  SessionsContext context{.config = config,
                          .deps = deps,
                          .shards = shards,
                          .outbox = outbox_route,
                          .links = links_route,
                          .index = index};
  context.config.waiting_max = 0;
  sessions =
      spawn_mqtt_sessions(*system, std::make_shared<const SessionsContext>(std::move(context)));
  caf::anon_send(sessions, ForgetApplication{app});
  run();
  EXPECT_TRUE(inspect().empty());
  EXPECT_EQ(rows(storage::Family::entity), 0U);
}

TEST_F(MqttSessions, ACleanClientRemovesTheSessionOfItsName) {
  int removed = 0;
  const auto remove = [&] {
    caf::anon_send(sessions, RemoveSession{{app, "c1"}, [&] { ++removed; }});
    run();
  };
  remove();
  EXPECT_EQ(removed, 1);
  auto client = connect();
  subscribe(client);
  EXPECT_TRUE(index.may_contain({app, "c1"}));
  EXPECT_EQ(rows(storage::Family::cursor), 2U);
  remove();
  EXPECT_EQ(removed, 2);
  EXPECT_NE(client->log.find("closed session_taken_over"), std::string::npos);
  EXPECT_FALSE(index.may_contain({app, "c1"}));
  EXPECT_EQ(rows(storage::Family::cursor) + rows(storage::Family::entity), 0U);
  client = connect();
  subscribe(client);
  disconnect(client);
  remove();
  EXPECT_EQ(removed, 3);
  EXPECT_TRUE(inspect().empty());
  EXPECT_EQ(rows(storage::Family::cursor) + rows(storage::Family::entity), 0U);
  EXPECT_FALSE(connect()->present);
}

TEST_F(MqttSessions, TooManySessionsAreRefusedUntilOneExpires) {
  disconnect(connect("c1"), 5);
  auto second = connect("c2");
  auto third = connect("c3");
  EXPECT_EQ(third->log, "refused quota_exceeded ");
  EXPECT_EQ(counter("farfield_as_mqtt_sessions_refused_total"), 1);
  EXPECT_EQ(counter("farfield_as_mqtt_sessions"), 2);
  advance(std::chrono::seconds{6});
  EXPECT_EQ(connect("c3")->log, "accepted ");
  EXPECT_EQ(counter("farfield_as_mqtt_sessions_expired_total"), 1);
}

TEST_F(MqttSessions, ExpiredSessionsAreSwept) {
  auto client = connect();
  subscribe(client);
  disconnect(client, 15);
  advance(std::chrono::seconds{11});
  EXPECT_EQ(inspect().size(), 1U);
  advance(std::chrono::seconds{10});
  EXPECT_TRUE(inspect().empty());
  EXPECT_FALSE(index.may_contain({app, "c1"}));
  EXPECT_EQ(rows(storage::Family::cursor) + rows(storage::Family::entity), 0U);
}

TEST_F(MqttSessions, AnExpiredSessionIsNotPresentAlsoBeforeItIsSwept) {
  auto client = connect();
  subscribe(client);
  disconnect(client, 1);
  publish(zero, 1);
  advance(std::chrono::seconds{2});
  EXPECT_EQ(inspect().size(), 1U);
  auto back = connect();
  EXPECT_FALSE(back->present);
  publish(zero, 2);
  run();
  EXPECT_TRUE(back->got.empty());
}

TEST_F(MqttSessions, ADisconnectWithoutExpiryEndsTheSession) {
  auto client = connect();
  subscribe(client);
  disconnect(client, 0);
  EXPECT_TRUE(inspect().empty());
  EXPECT_EQ(rows(storage::Family::cursor) + rows(storage::Family::entity), 0U);
}

TEST_F(MqttSessions, ADamagedRecordIsNoSession) {
  auto client = connect();
  disconnect(client);
  storage::WriteBatch batch;
  batch.put(storage::Family::entity, session_row_key({app, "c1"}), Bytes{0xFF});
  ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  auto back = connect();
  EXPECT_EQ(back->log, "accepted ");
  EXPECT_FALSE(back->present);
}

TEST_F(MqttSessions, MessagesThatNeverCameLiveAreFoundInTime) {
  auto client = connect();
  subscribe(client);
  publish(zero, 1, false);
  run();
  EXPECT_TRUE(client->got.empty());
  advance(std::chrono::seconds{62});
  EXPECT_EQ(client->got, (std::vector<std::uint64_t>{1}));
}

TEST_F(MqttSessions, NothingIsKnownBeforeTheListIsRead) {
  SessionIndex fresh;
  EXPECT_TRUE(fresh.may_contain({app, "c1"}));
  fresh.complete();
  EXPECT_FALSE(fresh.may_contain({app, "c1"}));
}

}  // namespace
}  // namespace ff::application_server::mqtt_session
