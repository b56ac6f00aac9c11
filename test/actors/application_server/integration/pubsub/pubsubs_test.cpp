// Registry, integrations, links and outbox reader together, in virtual time; the broker is a
// script.
#include <gtest/gtest.h>

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <deque>

#include "actors/application_server/integration/pubsub/actor.hpp"
#include "actors/application_server/integration/pubsub/errors.hpp"
#include "actors/application_server/link/actor.hpp"
#include "actors/application_server/outbox/actor.hpp"
#include "actors/application_server/outbox/record.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::application_server::pubsub {
namespace {

namespace broker = net::broker_client;
using storage::OutboxSequence;
using storage::Shard;

/// Connects when it is told to, acknowledges at once unless it is slow.
class ScriptedBroker final : public broker::BrokerClient {
 public:
  struct Peer {
    broker::BrokerTarget target;
    broker::Listen listen;
    std::deque<broker::Publication> held;
    bool open = true;
  };
  using PeerPtr = std::shared_ptr<Peer>;

  std::unique_ptr<broker::BrokerConnection> connect(broker::BrokerTarget target,
                                                    broker::Listen listen) override {
    peers.push_back(std::make_shared<Peer>(Peer{std::move(target), std::move(listen), {}}));
    const auto& peer = peers.back();
    if (accepts) {
      peer->listen(broker::Connected{});
    } else {
      peer->listen(broker::Failed{Error(broker::connection_failed)});
    }
    return std::make_unique<Connection>(*this, peer);
  }
  Peer& last() { return *peers.back(); }
  void release() {
    for (const auto& one : std::exchange(last().held, {}))
      last().listen(broker::Acknowledged{one.token, {}});
  }

  std::vector<PeerPtr> peers;
  std::vector<broker::Publication> published;
  bool accepts = true;
  bool slow = false;

 private:
  class Connection final : public broker::BrokerConnection {
   public:
    Connection(ScriptedBroker& broker, PeerPtr peer) : broker_(broker), peer_(std::move(peer)) {}
    ~Connection() override { peer_->open = false; }
    void publish(broker::Publication one) override {
      broker_.published.push_back(one);
      if (broker_.slow) return peer_->held.push_back(std::move(one));
      peer_->listen(broker::Acknowledged{one.token, {}});
    }

   private:
    ScriptedBroker& broker_;
    PeerPtr peer_;
  };
};

class PubSubs : public test::ActorFixture {
 protected:
  void SetUp() override {
    outbox = spawn_outbox(*system,
                          {.store = &engine, .deps = deps, .shards = shards, .own_thread = false});
    outbox_route.set(outbox);
    links = spawn_links(*system, {deps, table, {}, std::chrono::seconds{1}});
    links_route.set(links);
    pipeline = system->spawn([this](PipelineHandle::pointer) { return pipeline_double(); });
    for (std::uint16_t i = 0; i < 2; ++i) pipelines.route(Shard{i}).set(pipeline);
    start();
  }
  void TearDown() override {
    for (const auto& actor :
         {caf::actor_cast<caf::actor>(pubsubs), caf::actor_cast<caf::actor>(links),
          caf::actor_cast<caf::actor>(outbox), caf::actor_cast<caf::actor>(pipeline)}) {
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    }
    run();
  }
  PipelineHandle::behavior_type pipeline_double();
  void start() {
    PubSubsContext context{
        .config = config,
        .deps = deps,
        .shards = shards,
        .outbox = outbox_route,
        .links = links_route,
        .pipelines = pipelines,
        .client = &client,
        .publish = [this](events::Event event) { seen.push_back(std::move(event)); }};
    pubsubs = spawn_pubsubs(*system, std::make_shared<const PubSubsContext>(std::move(context)));
    run();
  }
  void stop() {
    caf::anon_send_exit(pubsubs, caf::exit_reason::user_shutdown);
    run();
  }
  void restart() {
    stop();
    start();
  }

  template <class T, class Make>
  Result<T> ask(Make make) {
    Result<T> answer = fail(registry_starting);
    caf::anon_send(pubsubs, make([&](Result<T> got) { answer = std::move(got); }));
    run();
    return answer;
  }
  Result<PubSubPtr> set(const std::function<void(PubSub&)>& change) {
    return ask<PubSubPtr>([&](auto reply) {
      return SetPubSub{key,
                       [change](const PubSub* current) -> Result<PubSub> {
                         PubSub next;
                         next.mqtt.server_url = "mqtt://broker.example.com";
                         next.base_topic = "lora";
                         next.topics = {{UpKind::uplink, "up"}};
                         next.downlink_push = "push";
                         next.downlink_replace = "replace";
                         if (current != nullptr) next = *current;
                         change(next);
                         return next;
                       },
                       reply};
    });
  }
  Result<PubSubPtr> create() {
    return set([](PubSub&) {});
  }
  Result<IntegrationSnapshot> inspect() {
    return ask<IntegrationSnapshot>([&](auto reply) { return InspectPubSub{key, reply}; });
  }
  Status erase() {
    return ask<void>([&](auto reply) { return DeletePubSub{key, reply}; });
  }

  /// As a pipeline: durable first, then live.
  void publish(Shard shard, std::uint64_t sequence, const std::string& device = "dev-1",
               bool lively = true) {
    auto message = std::make_shared<const OutboxMessage>(
        OutboxMessage{UpKind::uplink, DeviceId(device), clock->now().utc, {'{', '}'}});
    storage::WriteBatch batch;
    batch.put(storage::Family::outbox, storage::outbox_key({shard, app, OutboxSequence{sequence}}),
              encode_message(*message));
    ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
    if (lively) publish_to(table)({app, shard, OutboxSequence{sequence}, message});
    run();
  }
  /// What arrives from the broker.
  void arrive(const std::string& topic, const std::string& body,
              std::shared_ptr<void> credit = nullptr) {
    client.last().listen(
        broker::Arrived{topic, Bytes(body.begin(), body.end()), 0, std::move(credit)});
    run();
  }
  /// Ids of the messages that were sent, and forgets them.
  std::string sent() {
    std::string out;
    for (const auto& sent_one : std::exchange(client.published, {}))
      out += sent_one.id.substr(sent_one.id.rfind('/') + 1) + " ";
    return out;
  }
  std::string events() {
    std::string out;
    for (const auto& event : std::exchange(seen, {})) out += std::string(event.name) + " ";
    return out;
  }
  std::size_t rows(storage::Family family) {
    return *engine.scan({.family = family, .range = {}}, [](ByteView, ByteView) { return true; });
  }

  const ApplicationId app{"app-a"};
  const PubSubKey key{app, "pubsub-1"};
  const storage::ShardCount shards = *storage::ShardCount::make(2);
  const Shard zero{0};
  const Shard one{1};
  PubSubsConfig config{.per_application_max = 2};
  ScriptedBroker client;
  std::vector<events::Event> seen;
  std::vector<QueueDownlinks> queued;
  std::optional<Error> queue_error;
  LinkTable table;
  actors::Route<OutboxHandle> outbox_route;
  actors::Route<LinksHandle> links_route;
  actors::Sharded<PipelineHandle> pipelines{shards};
  OutboxHandle outbox;
  LinksHandle links;
  PipelineHandle pipeline;
  PubSubsHandle pubsubs;
};

TEST_F(PubSubs, ANewIntegrationBeginsWithTheNextMessage) {
  publish(zero, 1);
  const auto created = create();
  ASSERT_TRUE(created) << created.error().to_string();
  EXPECT_EQ((*created)->created_at, clock->now().utc);
  EXPECT_EQ(client.last().target.subscriptions,
            (std::vector<std::string>{"lora/push", "lora/replace"}));
  EXPECT_EQ(events(), "as.pubsub.set as.pubsub.start ");
  publish(zero, 2);
  publish(one, 1);
  EXPECT_EQ(client.published.front().topic, "lora/up");
  EXPECT_EQ(sent(), "0-2 1-1 ");
  EXPECT_EQ(inspect()->phase, Phase::connected);
  EXPECT_EQ(inspect()->published, 2U);
}

TEST_F(PubSubs, WhatCameMeanwhileIsSentAfterARestart) {
  ASSERT_TRUE(create());
  publish(zero, 1);
  advance(std::chrono::milliseconds{1100});
  EXPECT_EQ(sent(), "0-1 ");
  stop();
  EXPECT_FALSE(client.last().open);
  publish(zero, 2);
  publish(one, 1);
  EXPECT_EQ(sent(), "");
  start();
  EXPECT_EQ(sent(), "0-2 1-1 ");
}

TEST_F(PubSubs, WhatWasNotAcknowledgedIsSentAgainAfterARestart) {
  client.slow = true;
  ASSERT_TRUE(create());
  publish(zero, 1);
  restart();
  client.release();
  run();
  EXPECT_EQ(sent(), "0-1 0-1 ");
  restart();
  EXPECT_EQ(sent(), "");
}

TEST_F(PubSubs, ASlowBrokerGetsMessagesOfADeviceOneAfterTheOther) {
  client.slow = true;
  ASSERT_TRUE(create());
  for (std::uint64_t i = 1; i <= 3; ++i) publish(zero, i, "dev-1");
  publish(zero, 4, "dev-2");
  EXPECT_EQ(sent(), "0-1 0-4 ");
  client.release();
  run();
  EXPECT_EQ(sent(), "0-2 ");
}

TEST_F(PubSubs, AConnectionThatIsLostIsMadeAgain) {
  client.slow = true;
  ASSERT_TRUE(create());
  publish(zero, 1, "dev-1");
  publish(zero, 2, "dev-1");
  events();
  client.last().listen(broker::Lost{Error(broker::connection_lost)});
  run();
  EXPECT_EQ(events(), "as.pubsub.fail ");
  EXPECT_EQ(inspect()->phase, Phase::waiting);
  EXPECT_EQ(inspect()->last_failure->cause()->name(), "connection_lost");
  client.slow = false;
  advance(std::chrono::milliseconds{150});
  EXPECT_EQ(sent(), "0-1 0-1 0-2 ");
  EXPECT_EQ(events(), "as.pubsub.start ");
}

TEST_F(PubSubs, ABrokerThatIsNotThereIsTriedAgain) {
  client.accepts = false;
  ASSERT_TRUE(create());
  EXPECT_EQ(events(), "as.pubsub.set as.pubsub.fail ");
  publish(zero, 1);
  advance(std::chrono::seconds{3});
  EXPECT_EQ(client.peers.size(), 3U);
  client.accepts = true;
  advance(std::chrono::seconds{12});
  EXPECT_EQ(sent(), "0-1 ");
}

TEST_F(PubSubs, OtherSettingsConnectAnewAndGoOn) {
  ASSERT_TRUE(create());
  publish(zero, 1);
  events();
  ASSERT_TRUE(set([](PubSub& pubsub) { pubsub.base_topic = "other"; }));
  EXPECT_EQ(events(), "as.pubsub.stop as.pubsub.set as.pubsub.start ");
  EXPECT_FALSE(client.peers.front()->open);
  publish(zero, 2);
  EXPECT_EQ(client.published.back().topic, "other/up");
  EXPECT_EQ(sent(), "0-1 0-2 ");
}

TEST_F(PubSubs, DeletingLeavesNothing) {
  ASSERT_TRUE(create());
  publish(zero, 1);
  advance(std::chrono::seconds{2});
  events();
  ASSERT_TRUE(erase());
  EXPECT_EQ(events(), "as.pubsub.stop as.pubsub.delete ");
  EXPECT_EQ(rows(storage::Family::cursor) + rows(storage::Family::entity), 0U);
  EXPECT_FALSE(client.last().open);
  EXPECT_EQ(erase().error().name(), "pubsub_not_found");
  publish(zero, 2);
  EXPECT_EQ(sent(), "0-1 ");
}

TEST_F(PubSubs, AProviderThatIsDisabledIsNotUsed) {
  ASSERT_TRUE(create());
  config.disabled = {Provider::mqtt};
  const auto before = client.peers.size();
  restart();
  EXPECT_EQ(client.peers.size(), before);
  EXPECT_EQ(inspect().error().name(), "not_running");
  EXPECT_EQ(create().error().name(), "provider_disabled");
  EXPECT_TRUE(erase());
}

TEST_F(PubSubs, NonsenseAndTooManyAreRefused) {
  EXPECT_EQ(set([](PubSub& pubsub) { pubsub.mqtt.server_url = "x"; }).error().name(),
            "invalid_url");
  config.per_application_max = 0;
  restart();
  EXPECT_EQ(create().error().name(), "too_many_pubsubs");
}

const std::string ids =
    R"("end_device_ids":{"device_id":"dev-1","application_ids":{"application_id":"app-a"}})";

TEST_F(PubSubs, DownlinksAreQueued) {
  ASSERT_TRUE(create());
  auto credit = std::make_shared<int>(0);
  const std::weak_ptr<int> held = credit;
  arrive("lora/push", "{" + ids + R"(,"downlinks":[{"f_port":1,"frm_payload":"AQ=="}]})",
         std::move(credit));
  arrive("lora/replace", "{" + ids + R"(,"downlinks":[]})");
  ASSERT_EQ(queued.size(), 2U);
  EXPECT_EQ(queued[0].device, (DeviceUid{app, DeviceId("dev-1")}));
  EXPECT_FALSE(queued[0].replace);
  ASSERT_EQ(queued[0].downlinks.size(), 1U);
  EXPECT_TRUE(queued[1].replace);
  queued.clear();
  // There is room for the next one.
  EXPECT_TRUE(held.expired());
}

TEST_F(PubSubs, DownlinksThatAreNoneAreEvents) {
  ASSERT_TRUE(create());
  events();
  arrive("lora/push", "nonsense");
  arrive("lora/push", R"({"end_device_ids":{"device_id":"dev-1","application_ids":
                          {"application_id":"another"}},"downlinks":[]})");
  EXPECT_EQ(events(), "as.pubsub.fail as.pubsub.fail ");
  EXPECT_TRUE(queued.empty());
  queue_error = Error(provider_disabled);
  arrive("lora/push", "{" + ids + R"(,"downlinks":[]})");
  EXPECT_EQ(events(), "as.pubsub.fail ");
  arrive("lora/elsewhere", "nonsense");
  EXPECT_EQ(events(), "");
}

PipelineHandle::behavior_type PubSubs::pipeline_double() {
  return {
      [](const SessionAccepted&) {},
      [this](const QueueDownlinks& message) {
        queued.push_back(message);
        queued.back().reply = {};
        message.reply(queue_error ? Status(fail(*queue_error)) : Status());
      },
      [](const ListQueuedDownlinks&) {},
      [](const SimulateUp&) {},
      [](const GetAppDevice&) {},
      [](const ChangeAppDevice&) {},
      [](const DeleteAppDevice&) {},
      [](const DownlinksPushed&) {},
  };
}

}  // namespace
}  // namespace ff::application_server::pubsub
