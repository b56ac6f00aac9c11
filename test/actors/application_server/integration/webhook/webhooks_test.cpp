// Registry, deliveries, links and outbox reader together, in virtual time; the endpoint is a
// script.
#include <gtest/gtest.h>

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <deque>

#include "actors/application_server/integration/webhook/actor.hpp"
#include "actors/application_server/integration/webhook/errors.hpp"
#include "actors/application_server/link/actor.hpp"
#include "actors/application_server/outbox/actor.hpp"
#include "actors/application_server/outbox/record.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::application_server::webhook {
namespace {

using net::http_client::ClientAnswer;
using net::http_client::ClientRequest;
using storage::OutboxSequence;
using storage::Shard;

class ScriptedClient final : public net::http_client::HttpClient {
 public:
  void send(ClientRequest request, Then then) override {
    requests.push_back(request);
    if (holds) return held.push_back(std::move(then));
    answer(then);
  }
  net::http_client::ClientCounters counters() const override { return {}; }
  void answer(const Then& then) const {
    if (failure) return then(fail(*failure));
    then(ClientAnswer{status, "said so"});
  }
  void release() {
    for (const auto& then : std::exchange(held, {})) answer(then);
  }

  std::deque<ClientRequest> requests;
  std::deque<Then> held;
  bool holds = false;
  int status = 200;
  const ErrorDef* failure = nullptr;
};

class Webhooks : public test::ActorFixture {
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
         {caf::actor_cast<caf::actor>(webhooks), caf::actor_cast<caf::actor>(links),
          caf::actor_cast<caf::actor>(outbox)}) {
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    }
    run();
  }
  void start() {
    WebhooksContext context{
        .config = config,
        .deps = deps,
        .shards = shards,
        .outbox = outbox_route,
        .links = links_route,
        .client = &client,
        .publish = [this](events::Event event) { seen.push_back(std::move(event)); }};
    webhooks = spawn_webhooks(*system, std::make_shared<const WebhooksContext>(std::move(context)));
    run();
  }
  void restart() {
    caf::anon_send_exit(webhooks, caf::exit_reason::user_shutdown);
    run();
    start();
  }

  template <class T, class Make>
  Result<T> ask(Make make) {
    Result<T> answer = fail(registry_starting);
    caf::anon_send(webhooks, make([&](Result<T> got) { answer = std::move(got); }));
    run();
    return answer;
  }
  Result<WebhookView> set(const std::function<void(Webhook&)>& change, bool reset = false) {
    return ask<WebhookView>([&](auto reply) {
      return SetWebhook{key,
                        [change](const Webhook* current) -> Result<Webhook> {
                          Webhook next;
                          next.base_url = "https://example.com";
                          next.paths = {{UpKind::uplink, ""}};
                          if (current != nullptr) next = *current;
                          change(next);
                          return next;
                        },
                        reset, reply};
    });
  }
  Result<WebhookView> create() {
    return set([](Webhook&) {});
  }
  Result<WebhookView> get() {
    return ask<WebhookView>([&](auto reply) { return GetWebhook{key, reply}; });
  }
  Status order(const DeliveryOrder& what) {
    return ask<void>([&](auto reply) { return OrderDelivery{key, what, reply}; });
  }
  DeliveryState::Letters letters() {
    return *ask<DeliveryState::Letters>([&](auto reply) {
      return ListDeadLetters{key, 0, 100, reply};
    });
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
  /// Ids of the messages that were sent, and forgets them.
  std::string sent() {
    std::string out;
    const auto prefix = app.text() + "/";
    for (const auto& request : std::exchange(client.requests, {})) {
      const auto id = request.headers.value("X-Farfield-Message-Id");
      EXPECT_TRUE(id.starts_with(prefix)) << id;
      out += std::string(id.substr(prefix.size())) + " ";
    }
    return out;
  }
  std::size_t rows(storage::Family family) {
    return *engine.scan({.family = family, .range = {}}, [](ByteView, ByteView) { return true; });
  }

  const ApplicationId app{"app-a"};
  const WebhookKey key{app, "hook-1"};
  const storage::ShardCount shards = *storage::ShardCount::make(2);
  const Shard zero{0};
  const Shard one{1};
  WebhooksConfig config{.per_application_max = 2};
  ScriptedClient client;
  std::vector<events::Event> seen;
  LinkTable table;
  actors::Route<OutboxHandle> outbox_route;
  actors::Route<LinksHandle> links_route;
  OutboxHandle outbox;
  LinksHandle links;
  WebhooksHandle webhooks;
};

TEST_F(Webhooks, ANewWebhookBeginsWithTheNextMessage) {
  publish(zero, 1);
  const auto created = create();
  ASSERT_TRUE(created) << created.error().to_string();
  EXPECT_EQ(created->webhook->created_at, clock->now().utc);
  publish(zero, 2);
  publish(one, 1);
  EXPECT_EQ(sent(), "0-2 1-1 ");
  EXPECT_EQ(get()->health.state, Health::State::healthy);
}

TEST_F(Webhooks, WhatWasNotDeliveredIsDeliveredAfterARestart) {
  ASSERT_TRUE(create());
  publish(zero, 1);
  advance(std::chrono::milliseconds{1100});
  EXPECT_EQ(sent(), "0-1 ");
  caf::anon_send_exit(webhooks, caf::exit_reason::user_shutdown);
  run();
  publish(zero, 2);
  publish(one, 1);
  EXPECT_EQ(sent(), "");
  start();
  EXPECT_EQ(sent(), "0-2 1-1 ");
}

TEST_F(Webhooks, AMessageBetweenCreationAndTheFirstStartIsNotLost) {
  client.holds = true;
  ASSERT_TRUE(create());
  publish(zero, 1);
  restart();
  client.holds = false;
  EXPECT_EQ(sent(), "0-1 0-1 ");
}

TEST_F(Webhooks, APausedWebhookGetsNothingAndGoesOnWithWhatComes) {
  ASSERT_TRUE(create());
  publish(zero, 1);
  ASSERT_TRUE(set([](Webhook& webhook) { webhook.paused = true; }));
  EXPECT_EQ(rows(storage::Family::cursor), 0U);
  publish(zero, 2);
  restart();
  publish(zero, 3);
  EXPECT_EQ(order(CancelReplay{}).error().name(), "not_delivering");
  ASSERT_TRUE(set([](Webhook& webhook) { webhook.paused = false; }));
  publish(zero, 4);
  EXPECT_EQ(sent(), "0-1 0-4 ");
}

TEST_F(Webhooks, DeletingLeavesNothing) {
  config.delivery.attempts_max = 1;
  restart();
  ASSERT_TRUE(create());
  client.status = 400;
  publish(zero, 1);
  advance(std::chrono::seconds{2});
  EXPECT_EQ(letters().size(), 1U);
  EXPECT_TRUE(ask<void>([&](auto reply) { return DeleteWebhook{key, reply}; }));
  EXPECT_EQ(rows(storage::Family::cursor) + rows(storage::Family::entity), 0U);
  EXPECT_EQ(get().error().name(), "webhook_not_found");
  EXPECT_EQ(ask<void>([&](auto reply) {
              return DeleteWebhook{key, reply};
            })
                .error()
                .name(),
            "webhook_not_found");
  publish(zero, 2);
  EXPECT_EQ(sent(), "0-1 ");
}

TEST_F(Webhooks, SettingsAreCheckedAndCounted) {
  EXPECT_EQ(set([](Webhook& webhook) { webhook.base_url = "nonsense"; }).error().name(),
            "invalid_setting");
  ASSERT_TRUE(create());
  for (const auto* id : {"hook-2", "hook-3"}) {
    const auto made = ask<WebhookView>([&](auto reply) {
      return SetWebhook{{app, id},
                        [](const Webhook*) -> Result<Webhook> {
                          Webhook next;
                          next.base_url = "https://example.com";
                          return next;
                        },
                        false,
                        reply};
    });
    EXPECT_EQ(static_cast<bool>(made), std::string(id) == "hook-2") << id;
  }
  const auto list = ask<std::vector<std::pair<WebhookKey, WebhookView>>>([&](auto reply) {
    return ListWebhooks{app, reply};
  });
  ASSERT_EQ(list->size(), 2U);
  EXPECT_EQ(list->front().first, key);
}

TEST_F(Webhooks, AChangeCountsFromTheNextAttemptOn) {
  ASSERT_TRUE(create());
  client.failure = &net::http_client::timed_out;
  publish(zero, 1);
  ASSERT_TRUE(set([](Webhook& webhook) { webhook.base_url = "https://other.example.com"; }));
  client.failure = nullptr;
  advance(std::chrono::seconds{2});
  EXPECT_EQ(client.requests.back().url, "https://other.example.com");
  EXPECT_EQ(get()->health.state, Health::State::healthy);
}

TEST_F(Webhooks, FailuresAreToldAndSeen) {
  ASSERT_TRUE(create());
  client.status = 503;
  publish(zero, 1);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen.front().name, "as.webhook.fail");
  EXPECT_EQ(std::get<DeviceIdentifiers>(seen.front().subject).uid,
            (DeviceUid{app, DeviceId("dev-1")}));
  EXPECT_EQ(std::get<Error>(seen.front().data).name(), "request");
  const auto health = get()->health;
  EXPECT_EQ(health.state, Health::State::unhealthy);
  EXPECT_EQ(health.last_failure.attributes.at("status_code"), "503");
  EXPECT_NE(metrics.text().find("ttn_lw_as_webhook_failed_total"), std::string::npos);
  ASSERT_TRUE(set([](Webhook&) {}, true));
  EXPECT_EQ(get()->health.state, Health::State::unknown);
}

TEST_F(Webhooks, HealthOutlivesARestart) {
  ASSERT_TRUE(create());
  client.status = 503;
  publish(zero, 1);
  advance(std::chrono::milliseconds{1100});
  client.holds = true;
  restart();
  EXPECT_EQ(get()->health.state, Health::State::unhealthy);
}

TEST_F(Webhooks, AReplayBringsATimeOnceMore) {
  for (std::uint64_t i = 1; i <= 3; ++i) {
    publish(zero, i, i == 2 ? "dev-2" : "dev-1");
    advance(std::chrono::minutes{1});
  }
  ASSERT_TRUE(create());
  ASSERT_TRUE(order(OrderReplay{.device_id = {}, .after = {}, .before = {}}));
  EXPECT_EQ(sent(), "0-1 0-2 0-3 ");
  const auto now = clock->now().utc;
  ASSERT_TRUE(order(OrderReplay{.device_id = {},
                                .after = now - std::chrono::seconds{150},
                                .before = now - std::chrono::seconds{90}}));
  EXPECT_EQ(sent(), "0-2 ");
  ASSERT_TRUE(order(OrderReplay{.device_id = DeviceId("dev-1"), .after = {}, .before = {}}));
  EXPECT_EQ(sent(), "0-1 0-3 ");
  const auto snapshot = ask<DeliverySnapshot>([&](auto reply) {
    return InspectDelivery{key, reply};
  });
  ASSERT_TRUE(snapshot);
  EXPECT_FALSE(snapshot->replay);
}

TEST_F(Webhooks, ANewOneCanStartInThePast) {
  for (std::uint64_t i = 1; i <= 3; ++i) {
    publish(zero, i);
    advance(std::chrono::minutes{1});
  }
  ASSERT_TRUE(create());
  ASSERT_TRUE(order(StartFrom{clock->now().utc - std::chrono::seconds{150}}));
  publish(zero, 4);
  EXPECT_EQ(sent(), "0-2 0-3 0-4 ");
  ASSERT_TRUE(order(StartFrom{}));
  EXPECT_EQ(sent(), "0-1 0-2 0-3 0-4 ");
  restart();
  EXPECT_EQ(sent(), "");
}

TEST_F(Webhooks, DeadLettersCanBeReadAndDelivered) {
  config.delivery.attempts_max = 1;
  restart();
  ASSERT_TRUE(create());
  client.status = 400;
  publish(zero, 1);
  publish(zero, 2);
  sent();
  ASSERT_EQ(letters().size(), 2U);
  client.status = 200;
  ASSERT_TRUE(order(RedeliverLetters{}));
  EXPECT_EQ(sent(), "0-1 0-2 ");
  EXPECT_EQ(letters().size(), 0U);
}

TEST_F(Webhooks, DeadLettersAreNotOverwrittenWhenFewerMayBeKept) {
  config.delivery.attempts_max = 1;
  restart();
  ASSERT_TRUE(create());
  client.status = 400;
  // No more: the circuit breaker opens.
  for (std::uint64_t i = 1; i <= 5; ++i) publish(zero, i);
  ASSERT_EQ(letters().size(), 5U);
  config.delivery.dead_letters_max = 2;
  restart();
  publish(zero, 6);
  std::vector<std::uint64_t> kept;
  for (const auto& [number, letter] : letters()) kept.push_back(letter.sequence.value());
  EXPECT_EQ(kept, (std::vector<std::uint64_t>{5, 6})) << "the oldest go";
}

TEST_F(Webhooks, ASlowEndpointHoldsNobodyUp) {
  client.holds = true;
  ASSERT_TRUE(create());
  for (std::uint64_t i = 1; i <= 300; ++i) publish(zero, i, "dev-" + std::to_string(i));
  EXPECT_EQ(client.requests.size(), 8U);
  client.holds = false;
  client.release();
  run();
  EXPECT_EQ(client.requests.size(), 300U);
}

}  // namespace
}  // namespace ff::application_server::webhook
