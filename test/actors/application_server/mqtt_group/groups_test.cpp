// Groups, their stored sessions, links and outbox reader together, in virtual time.
#include <gtest/gtest.h>

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include "actors/application_server/link/actor.hpp"
#include "actors/application_server/mqtt_group/actor.hpp"
#include "actors/application_server/mqtt_session/actor.hpp"
#include "actors/application_server/outbox/actor.hpp"
#include "actors/application_server/outbox/record.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::application_server::mqtt_group {
namespace {

using mqtt::ReasonCode;
using storage::OutboxSequence;
using storage::Shard;

class Client final : public GroupMember {
 public:
  void joined(const Joined& joined) noexcept override {
    seat = joined;
    log += "joined ";
  }
  void refused(ReasonCode reason) noexcept override { say("refused", reason); }
  void deliver(SendToken token, const MessagePtr& message) noexcept override {
    got.push_back(message->body.front());
    last = token;
    if (acknowledges) caf::anon_send(seat.group, Settled{seat.member, token});
  }
  void close(ReasonCode reason) noexcept override { say("closed", reason); }
  void say(const std::string& what, ReasonCode reason) {
    log += what + ' ' + std::string(mqtt::to_string(reason)) + ' ';
  }

  Joined seat;
  SendToken last;
  bool acknowledges = true;
  std::string log;
  std::vector<int> got;
};
using ClientPtr = std::shared_ptr<Client>;

class MqttGroups : public test::ActorFixture {
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
    stop();
    for (const auto& actor :
         {caf::actor_cast<caf::actor>(links), caf::actor_cast<caf::actor>(outbox)}) {
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    }
    run();
  }
  void start() {
    mqtt_session::SessionsContext context{.config = {.sessions_max = 2},
                                          .deps = deps,
                                          .shards = shards,
                                          .outbox = outbox_route,
                                          .links = links_route,
                                          .index = {}};
    sessions = mqtt_session::spawn_mqtt_sessions(
        *system, std::make_shared<const mqtt_session::SessionsContext>(std::move(context)));
    sessions_route.set(sessions);
    groups = spawn_mqtt_groups(
        *system, std::make_shared<const GroupsContext>(GroupsContext{{}, deps, sessions_route}));
    run();
  }
  void stop() {
    for (const auto& actor :
         {caf::actor_cast<caf::actor>(groups), caf::actor_cast<caf::actor>(sessions)}) {
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    }
    run();
  }
  ClientPtr join(std::uint32_t expiry = 0, const std::string& name = "$share/g/#") {
    auto client = std::make_shared<Client>();
    caf::anon_send(groups, JoinGroup{{app, name}, {.window = 4, .expiry = expiry}, client});
    run();
    return client;
  }
  void leave(const ClientPtr& client) {
    caf::anon_send(client->seat.group, Leave{client->seat.member});
    client->seat = {};
    run();
  }
  /// As a pipeline: durable first, then live.
  void publish(int from, int to, const std::string& device = "dev-1") {
    for (auto i = from; i <= to; ++i) {
      const OutboxSequence sequence{static_cast<std::uint64_t>(i)};
      auto message = std::make_shared<const OutboxMessage>(OutboxMessage{
          UpKind::uplink, DeviceId(device), {}, Bytes(1, static_cast<std::uint8_t>(i))});
      storage::WriteBatch batch;
      batch.put(storage::Family::outbox, storage::outbox_key({zero, app, sequence}),
                encode_message(*message));
      ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
      publish_to(table)({app, zero, sequence, message});
    }
    run();
  }
  std::size_t kept() {
    std::size_t out = 0;
    caf::anon_send(sessions,
                   mqtt_session::InspectSessions{[&](auto found) { out = found->size(); }});
    run();
    return out;
  }
  double value(const std::string& name) {
    const auto text = metrics.text();
    const auto at = text.find('\n' + name + ' ');
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
  }
  double running() { return value("farfield_actors_running{kind=\"mqtt_group\"}"); }

  const ApplicationId app{"app-a"};
  const storage::ShardCount shards = *storage::ShardCount::make(2);
  const Shard zero{0};
  LinkTable table;
  actors::Route<OutboxHandle> outbox_route;
  actors::Route<LinksHandle> links_route;
  actors::Route<mqtt_session::SessionsHandle> sessions_route;
  OutboxHandle outbox;
  LinksHandle links;
  mqtt_session::SessionsHandle sessions;
  GroupsHandle groups;
};

std::vector<int> all_of(const std::vector<ClientPtr>& clients) {
  std::vector<int> out;
  for (const auto& client : clients) out.insert(out.end(), client->got.begin(), client->got.end());
  std::ranges::sort(out);
  return out;
}

TEST_F(MqttGroups, OfAnApplicationThatIsNoMoreEndWithTheirSessions) {
  const auto first = join(100);
  const auto second = join(100, "$share/h/#");
  const auto other = std::make_shared<Client>();
  caf::anon_send(groups, JoinGroup{{ApplicationId("app-b"), "$share/g/#"}, {.window = 4}, other});
  run();
  caf::anon_send(groups, ForgetApplication{app});
  caf::anon_send(sessions, ForgetApplication{app});
  run();
  EXPECT_NE(first->log.find("closed"), std::string::npos);
  EXPECT_NE(second->log.find("closed"), std::string::npos);
  EXPECT_EQ(other->log, "joined ");
  EXPECT_EQ(kept(), 1U);
  EXPECT_EQ(running(), 1);
}

TEST_F(MqttGroups, EachMessageGoesToOneMember) {
  const std::vector clients{join(), join(), join()};
  for (const auto& client : clients) EXPECT_EQ(client->log, "joined ");
  EXPECT_EQ(value("farfield_as_mqtt_group_members"), 3);
  publish(1, 30);
  std::vector<int> wanted(30);
  for (int i = 0; i < 30; ++i) wanted[static_cast<std::size_t>(i)] = i + 1;
  EXPECT_EQ(all_of(clients), wanted);
  for (const auto& client : clients) leave(client);
  EXPECT_EQ(running(), 0);
  EXPECT_EQ(kept(), 0U) << "nobody wanted the group to be kept";
  EXPECT_EQ(value("farfield_as_mqtt_group_members"), 0);
}

TEST_F(MqttGroups, OtherGroupsGetTheSameMessages) {
  const auto one = join(0, "$share/one/#");
  const auto two = join(0, "$share/two/devices/+/up");
  const auto third = join(0, "$share/three/#");
  EXPECT_EQ(third->log, "refused quota_exceeded ") << "an application has two sessions here";
  publish(1, 3);
  EXPECT_EQ(one->got, (std::vector{1, 2, 3}));
  EXPECT_EQ(two->got, (std::vector{1, 2, 3}));
}

TEST_F(MqttGroups, WhatAMemberDidNotAcknowledgeGoesToAnother) {
  const auto slow = join();
  slow->acknowledges = false;
  publish(1, 3);
  const auto other = join();
  publish(4, 5);
  EXPECT_EQ(slow->got, (std::vector{1, 2, 3, 4})) << "one device, one member; its window is four";
  EXPECT_TRUE(other->got.empty());
  leave(slow);
  EXPECT_EQ(other->got, (std::vector{1, 2, 3, 4, 5}));
  EXPECT_EQ(value("farfield_as_mqtt_group_messages_handed_over_total"), 4);
}

TEST_F(MqttGroups, AMemberThatHangsIsCutOff) {
  const auto hangs = join();
  hangs->acknowledges = false;
  publish(1, 5);
  const auto other = join();
  advance(GroupsConfig{}.patience + GroupsConfig{}.look_interval);
  EXPECT_EQ(hangs->log, "joined closed server_busy ");
  EXPECT_EQ(other->got, (std::vector{1, 2, 3, 4, 5}));
  EXPECT_EQ(value("farfield_as_mqtt_group_members_cut_off_total"), 1);
  EXPECT_EQ(value("farfield_as_mqtt_group_members"), 1);
}

TEST_F(MqttGroups, AGroupOfKeptSessionsWaitsForItsMembersAlsoOverARestart) {
  const auto kept_one = join(100);
  publish(1, 2);
  kept_one->acknowledges = false;
  publish(3, 3);
  leave(kept_one);
  EXPECT_EQ(running(), 0);
  EXPECT_EQ(kept(), 1U);
  publish(4, 6);
  stop();
  start();
  // One who wants nothing kept does not cut the other's time short.
  const auto passing = join();
  EXPECT_EQ(passing->got, (std::vector{3, 4, 5, 6}));
  leave(passing);
  EXPECT_EQ(kept(), 1U);
  publish(7, 7);
  EXPECT_EQ(join(100)->got, (std::vector{7}));
}

TEST_F(MqttGroups, TheTimeOfAGroupEnds) {
  leave(join(100));
  EXPECT_EQ(kept(), 1U);
  advance(std::chrono::seconds{99});
  leave(join());
  EXPECT_EQ(kept(), 1U);
  advance(std::chrono::minutes{2});
  EXPECT_EQ(kept(), 0U);
}

/// Nobody has left of his own will.
TEST_F(MqttGroups, MembersOfAGroupThatFailsComeBackAndMissNothing) {
  const auto client = join();
  client->acknowledges = false;
  publish(1, 2);
  caf::anon_send_exit(caf::actor_cast<caf::actor>(client->seat.group), caf::exit_reason::kill);
  run();
  EXPECT_EQ(client->log, "joined closed server_unavailable ");
  EXPECT_EQ(value("farfield_as_mqtt_group_members"), 0);
  EXPECT_EQ(value("farfield_actors_failed_total{kind=\"mqtt_group\"}"), 1);
  const auto back = join();
  EXPECT_EQ(back->log, "joined ");
  publish(3, 3);
  EXPECT_EQ(back->got, (std::vector{1, 2, 3}));
}

TEST_F(MqttGroups, MembersAreClosedWhenTheirSessionEnds) {
  const auto client = join();
  caf::anon_send_exit(sessions, caf::exit_reason::user_shutdown);
  run();
  EXPECT_EQ(client->log, "joined closed server_unavailable ");
  EXPECT_EQ(running(), 0);
}

}  // namespace
}  // namespace ff::application_server::mqtt_group
