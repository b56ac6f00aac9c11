// ApplicationWebhookRegistry and farfield.v1.AsWebhookDelivery over HTTP JSON.
#include "actors/application_server/integration/webhook/errors.hpp"
#include "actors/application_server/integration/webhook/request.hpp"
#include "app/api/services/webhook_downlinks.hpp"
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {
namespace {

using namespace ttn::lorawan::v3;  // The tests name many rights.
namespace hooks = application_server::webhook;

const std::string hook = "/as/webhooks/app-1/hook-1";
const std::string ours = "/farfield/as/webhooks/app-1/hook-1";

/// What the registry is asked, seen by the test after the answer.
struct Asked {
  std::map<hooks::WebhookKey, hooks::WebhookView> webhooks;
  std::vector<hooks::DeliveryOrder> orders;
  hooks::DeliverySnapshot snapshot;
  hooks::DeliveryState::Letters letters;
};

auto registry_double(const std::shared_ptr<Asked>& asked) {
  return [asked](hooks::WebhooksHandle::pointer) -> hooks::WebhooksHandle::behavior_type {
    return {
        [asked](const hooks::SetWebhook& set) {
          const auto found = asked->webhooks.find(set.key);
          const bool exists = found != asked->webhooks.end();
          auto next = set.change(exists ? found->second.webhook.get() : nullptr);
          if (!next) return set.reply(fail(next.error()));
          if (const auto good = hooks::check(*next); !good) return set.reply(fail(good.error()));
          auto& view = asked->webhooks[set.key];
          view.webhook = std::make_shared<const hooks::Webhook>(*std::move(next));
          if (set.reset_health) view.health = {};
          set.reply(view);
        },
        [asked](const hooks::DeleteWebhook& erase) {
          if (asked->webhooks.erase(erase.key) == 0)
            return erase.reply(fail(hooks::webhook_not_found));
          erase.reply({});
        },
        [asked](const hooks::GetWebhook& get) {
          const auto found = asked->webhooks.find(get.key);
          if (found == asked->webhooks.end()) return get.reply(fail(hooks::webhook_not_found));
          get.reply(found->second);
        },
        [asked](const hooks::ListWebhooks& list) {
          list.reply(std::vector<std::pair<hooks::WebhookKey, hooks::WebhookView>>(
              asked->webhooks.begin(), asked->webhooks.end()));
        },
        [asked](const hooks::OrderDelivery& order) {
          asked->orders.push_back(order.order);
          order.reply({});
        },
        [asked](const hooks::InspectDelivery& inspect) { inspect.reply(asked->snapshot); },
        [asked](const hooks::ListDeadLetters& list) { list.reply(asked->letters); },
        [](const application_server::ForgetApplication&) {},
    };
  };
}

class WebhooksTest : public ApiFixture {
 protected:
  WebhooksTest() {
    rights["app-1"] = {RIGHT_APPLICATION_SETTINGS_BASIC, RIGHT_APPLICATION_TRAFFIC_READ,
                       RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE};
    const auto registry = system->spawn(registry_double(asked));
    spawned.push_back(caf::actor_cast<caf::actor>(registry));
    deps.webhooks.emplace().set(registry);
    config::WebhookTemplate lab{.id = "field-lab", .name = "Field Lab", .base_url = "https://{x}"};
    lab.paths = {{"uplink-message", "/up"}, {"join-accept", ""}};
    lab.fields = {{.id = "x", .name = "X", .secret = true}};
    deps.webhook_templates =
        std::make_shared<const std::vector<config::WebhookTemplate>>(std::vector{lab});
  }

  const std::shared_ptr<Asked> asked = std::make_shared<Asked>();
  const hooks::WebhookKey key{ApplicationId("app-1"), "hook-1"};
};

const std::string whole = R"({"webhook":{"base_url":"https://x.example/{devID}","format":"json",
  "headers":{"A":"b"},"template_ids":{"template_id":"field-lab"},"template_fields":{"x":"y"},
  "downlink_api_key":"KEY","uplink_message":{"path":"/up"},"join_accept":{},"downlink_ack":{"path":"ack"},
  "field_mask":{"paths":["up.uplink_message.f_port"]}}})";

TEST_F(WebhooksTest, IsSetAndReadAsASameMessage) {
  const auto set = call("POST", "/as/webhooks/app-1",
                        R"({"webhook":{"ids":{"webhook_id":"hook-1"},)" + whole.substr(12));
  ASSERT_EQ(set.status, 200) << boost::json::serialize(set.body);
  const auto& webhook = *asked->webhooks.at(key).webhook;
  EXPECT_EQ(webhook.base_url, "https://x.example/{devID}");
  EXPECT_EQ(webhook.paths, (std::map<application_server::UpKind, std::string>{
                               {application_server::UpKind::uplink, "/up"},
                               {application_server::UpKind::join, ""},
                               {application_server::UpKind::downlink_ack, "ack"}}));
  EXPECT_EQ(webhook.field_mask, std::vector<std::string>{"up.uplink_message.f_port"});
  const auto got =
      call("GET", hook + "?field_mask=base_url,headers,join_accept,service_data,format");
  EXPECT_EQ(boost::json::serialize(got.body),
            R"({"ids":{"application_ids":{"application_id":"app-1"},"webhook_id":"hook-1"},)"
            R"("base_url":"https://x.example/{devID}","headers":{"A":"b"},"format":"json",)"
            R"("join_accept":{}})");
}

TEST_F(WebhooksTest, AMaskChangesWhatItNames) {
  ASSERT_EQ(call("PUT", hook, whole).status, 200);
  ASSERT_EQ(call("PUT", hook, R"({"webhook":{"paused":true,"base_url":"https://y.example"},
                                  "field_mask":"paused,join_accept,uplink_message.path"})")
                .status,
            200);
  const auto& webhook = *asked->webhooks.at(key).webhook;
  EXPECT_TRUE(webhook.paused);
  EXPECT_EQ(webhook.base_url, "https://x.example/{devID}");
  EXPECT_FALSE(webhook.paths.contains(application_server::UpKind::join));
}

TEST_F(WebhooksTest, HealthIsShownAndTakenBack) {
  ASSERT_EQ(call("PUT", hook, whole).status, 200);
  auto& health = asked->webhooks.at(key).health;
  EXPECT_EQ(call("GET", hook + "?field_mask=health_status").at("/health_status"), "");
  health.state = hooks::Health::State::healthy;
  EXPECT_EQ(call("GET", hook + "?field_mask=health_status").at("/health_status/healthy"), "{}");
  health = {
      .state = hooks::Health::State::unhealthy,
      .failed_attempts = 3,
      .last_failed_attempt_at = UtcTime{std::chrono::seconds{1}},
      .last_failure = {"ns", "request", "request", Code::unavailable, {{"status_code", "500"}}}};
  const auto got = call("GET", hook + "?field_mask=health_status");
  EXPECT_EQ(got.at("/health_status/unhealthy/failed_attempts"), "3");
  EXPECT_EQ(got.at("/health_status/unhealthy/last_failed_attempt_at"), "1970-01-01T00:00:01Z");
  EXPECT_EQ(got.at("/health_status/unhealthy/last_failed_attempt_details/attributes/status_code"),
            "500");
  ASSERT_EQ(call("PUT", hook, R"({"webhook":{},"field_mask":"health_status"})").status, 200);
  EXPECT_EQ(health.state, hooks::Health::State::unknown);
}

TEST_F(WebhooksTest, WhatDoesNotFitIsRefused) {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"format":"xml","base_url":"https://x.example"})",
       "pkg/applicationserver/io/web:format_not_found"},
      {R"({"format":"json"})", "pkg/errors:validation"},
      {R"({"format":"json","base_url":"nonsense"})", "pkg/errors:validation"},
      {R"({"format":"json","base_url":"ftp://x.example"})",
       "pkg/applicationserver/io/web:invalid_setting"},
      {R"({"format":"json","base_url":"https://x.example","headers":{"A":"b\r\nC: d"}})",
       "pkg/applicationserver/io/web:invalid_setting"},
      {R"({"format":"json","base_url":"https://x.example","field_mask":"up.nonsense"})",
       "pkg/applicationserver/io/web:invalid_setting"},
  };
  for (const auto& [webhook, error] : rows) {
    const auto refused = call("PUT", hook, R"({"webhook":)" + std::string(webhook) + "}");
    EXPECT_NE(refused.status, 200) << webhook;
    EXPECT_EQ(refused.error(), error) << webhook << boost::json::serialize(refused.body);
  }
  EXPECT_EQ(call("GET", hook).error(), "pkg/applicationserver/io/web:webhook_not_found");
  EXPECT_EQ(call("DELETE", hook).status, 404);
}

TEST_F(WebhooksTest, ListsAndCounts) {
  ASSERT_EQ(call("PUT", hook, whole).status, 200);
  ASSERT_EQ(call("PUT", "/as/webhooks/app-1/hook-2", whole).status, 200);
  const auto list = call("GET", "/as/webhooks/app-1?field_mask=base_url");
  EXPECT_EQ(list.body.at("webhooks").as_array().size(), 2U);
  EXPECT_EQ(list.at("/webhooks/1/ids/webhook_id"), "hook-2");
  ASSERT_EQ(call("DELETE", hook).status, 200);
  EXPECT_EQ(asked->webhooks.size(), 1U);
}

TEST_F(WebhooksTest, RightsAreNeeded) {
  rights["app-1"] = {RIGHT_APPLICATION_TRAFFIC_READ};
  EXPECT_EQ(call("PUT", hook, whole).status, 403);
  EXPECT_EQ(call("DELETE", hook).status, 403);
  EXPECT_EQ(call("POST", ours + "/replay", "{}").status, 403);
  EXPECT_EQ(call("POST", ours + "/start-from", "{}").status, 403);
  EXPECT_EQ(call("POST", ours + "/dead-letters/redeliver", "{}").status, 403);
  EXPECT_EQ(call("GET", ours + "/delivery").status, 200);
  rights["app-1"] = {RIGHT_APPLICATION_INFO};
  EXPECT_EQ(call("GET", hook).status, 403);
  EXPECT_EQ(call("GET", "/as/webhooks/app-1").status, 403);
  EXPECT_EQ(call("GET", ours + "/delivery").status, 403);
  EXPECT_EQ(call("GET", ours + "/dead-letters").status, 403);
}

TEST_F(WebhooksTest, FormatsAndTemplatesAreForEveryone) {
  EXPECT_EQ(call("GET", "/as/webhook-formats").at("/formats/protobuf"), "Protocol Buffers");
  const auto list = call("GET", "/as/webhook-templates?field_mask=name,uplink_message,fields");
  EXPECT_EQ(boost::json::serialize(list.body),
            R"({"templates":[{"ids":{"template_id":"field-lab"},"name":"Field Lab",)"
            R"("fields":[{"id":"x","name":"X","secret":true}],"uplink_message":{"path":"/up"}}]})");
  EXPECT_EQ(
      call("GET", "/as/webhook-templates/field-lab?field_mask=join_accept").at("/join_accept"),
      "{}");
  EXPECT_EQ(call("GET", "/as/webhook-templates/other").error(),
            "pkg/applicationserver/io/web:template_not_found");
}

TEST_F(WebhooksTest, TheHealthRulesAreShown) {
  deps.webhook_health = {5, std::chrono::minutes{10}};
  deps.pubsub_providers.disabled = {application_server::pubsub::Provider::mqtt};
  const auto got = call("GET", "/as/configuration");
  EXPECT_EQ(got.at("/configuration/webhooks/unhealthy_attempts_threshold"), "5");
  EXPECT_EQ(got.at("/configuration/webhooks/unhealthy_retry_interval"), "600s");
  EXPECT_EQ(got.at("/configuration/pubsub/providers/mqtt"), "DISABLED");
  // ENABLED is what is left out.
  EXPECT_EQ(got.at("/configuration/pubsub/providers/nats"), "");
}

TEST_F(WebhooksTest, DeliveriesAreShownAndOrdered) {
  asked->snapshot = {.open = true,
                     .retry_in = std::chrono::seconds{5},
                     .held = 3,
                     .behind = 7,
                     .dead_letters = 1,
                     .replay = hooks::Replay{.id = 2, .device_id = DeviceId("dev-1")},
                     .replay_behind = 4};
  const auto got = call("GET", ours + "/delivery");
  EXPECT_EQ(got.at("/circuit_open"), "true");
  EXPECT_EQ(got.at("/held"), "3");
  EXPECT_EQ(got.at("/behind"), "7");
  EXPECT_EQ(got.at("/replay/remaining"), "4");
  ASSERT_EQ(
      call("POST", ours + "/replay", R"({"after":"1970-01-01T00:00:01Z","device_id":"dev-1"})")
          .status,
      200);
  const auto replay = std::get<hooks::OrderReplay>(asked->orders.at(0));
  EXPECT_EQ(replay.after, UtcTime{std::chrono::seconds{1}});
  EXPECT_EQ(replay.before, UtcTime{});
  EXPECT_EQ(replay.device_id, DeviceId("dev-1"));
  ASSERT_EQ(call("DELETE", ours + "/replay").status, 200);
  ASSERT_EQ(call("POST", ours + "/dead-letters/redeliver", "{}").status, 200);
  ASSERT_EQ(call("DELETE", ours + "/dead-letters").status, 200);
  EXPECT_TRUE(std::holds_alternative<hooks::CancelReplay>(asked->orders.at(1)));
  EXPECT_TRUE(std::holds_alternative<hooks::RedeliverLetters>(asked->orders.at(2)));
  EXPECT_TRUE(std::holds_alternative<hooks::DiscardLetters>(asked->orders.at(3)));
  ASSERT_EQ(call("POST", ours + "/start-from", R"({"after":"1970-01-01T00:00:01Z"})").status, 200);
  EXPECT_EQ(std::get<hooks::StartFrom>(asked->orders.at(4)).after,
            UtcTime{std::chrono::seconds{1}});
}

TEST_F(WebhooksTest, DeadLettersComeWithTheirMessageAndReason) {
  const std::string body =
      R"({"end_device_ids":{"device_id":"dev-1"},"uplink_message":{"f_port":7}})";
  asked->letters = {{5,
                     {.body = Bytes(body.begin(), body.end()),
                      .attempts = 7,
                      .reason = {"ns", "request", "request", Code::unavailable, {}}}}};
  const auto got = call("GET", ours + "/dead-letters?limit=10");
  EXPECT_EQ(got.at("/dead_letters/0/number"), "5");
  EXPECT_EQ(got.at("/dead_letters/0/up/uplink_message/f_port"), "7");
  EXPECT_EQ(got.at("/dead_letters/0/reason/name"), "request");
}

TEST(WebhookDownlinks, HaveAPathOfTheirOwn) {
  const auto target = webhook_downlink_target(
      "/api/v3/as/applications/app-1/webhooks/hook-1/devices/dev-1/down/replace");
  ASSERT_TRUE(target);
  EXPECT_EQ(*target,
            (WebhookDownlinkTarget{{ApplicationId("app-1"), DeviceId("dev-1")}, "hook-1", true}));
  for (const auto* path : {"", "/api/v3/as/applications/app-1/webhooks/hook-1/devices/dev-1/down",
                           "/api/v3/as/applications/app-1/webhooks/hook-1/devices/dev-1/down/other",
                           "/api/v3/as/applications/app-1/webhooks/hook-1/devices/dev-1/down/push/",
                           "/api/v3/as/applications/app-1/webhooks//devices/dev-1/down/push",
                           "/api/v3/as/applications/APP/webhooks/hook-1/devices/dev-1/down/push",
                           "/api/v3/as/applications/app-1/devices/dev-1/down/push",
                           "/api/v3/as/applications/../webhooks/hook-1/devices/dev-1/down/push"})
    EXPECT_FALSE(webhook_downlink_target(path)) << path;
}

}  // namespace
}  // namespace ff::api::test
