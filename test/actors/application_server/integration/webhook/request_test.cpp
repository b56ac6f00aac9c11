#include "actors/application_server/integration/webhook/request.hpp"

#include <gtest/gtest.h>

#include "actors/application_server/integration/webhook/body.hpp"
#include "actors/application_server/integration/webhook/errors.hpp"
#include "protocol/api_json/api_json.hpp"
#include "ttn/lorawan/v3/messages.pb.h"

namespace ff::application_server::webhook {
namespace {

namespace pb = ttn::lorawan::v3;
using net::http_client::ClientAnswer;

constexpr std::string_view uplink =
    R"({"end_device_ids":{"device_id":"dev-1","application_ids":{"application_id":"app-a"},)"
    R"("dev_eui":"0102030405060708","join_eui":"1112131415161718","dev_addr":"260B4F1D"},)"
    R"("correlation_ids":["c1"],"received_at":"2025-02-11T08:31:07.412908551Z",)"
    R"("uplink_message":{"session_key_id":"AQI=","f_port":2,"f_cnt":7,"frm_payload":"AQ==",)"
    R"("decoded_payload":{"door":"closed"}}})";

Send send_of(std::string_view body, UpKind kind = UpKind::uplink) {
  OutboxMessage message{kind, DeviceId("dev-1"), {}, {}};
  message.body.assign(body.begin(), body.end());
  return {SendToken{1}, storage::Shard{3}, storage::OutboxSequence{44},
          std::make_shared<const OutboxMessage>(std::move(message))};
}

const WebhookKey key{ApplicationId("app-a"), "hook-1"};

Webhook hook() {
  Webhook out;
  out.base_url = "https://example.com/{appID}/{devID}{?devEUI,joinEUI,devAddr}";
  out.paths = {{UpKind::uplink, ""}};
  return out;
}

WebhooksConfig settings() {
  WebhooksConfig out;
  out.downlink_address = "https://ff.example.com/api/v3";
  out.domain = "ff.example.com";
  return out;
}

std::string body_of(const Webhook& webhook, std::string_view message = uplink) {
  const auto request = make_request(key, webhook, send_of(message), settings());
  return request ? std::string(as_text(*request->body)) : request.error().to_string();
}

TEST(WebhookRequest, HasTheMessageAsItIs) {
  const auto request = make_request(key, hook(), send_of(uplink), settings());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->url,
            "https://example.com/app-a/dev-1?devEUI=0102030405060708&joinEUI=1112131415161718"
            "&devAddr=260B4F1D");
  EXPECT_EQ(as_text(*request->body), uplink);
  EXPECT_EQ(request->headers, (net::http::Headers{{"User-Agent", "Farfield"},
                                                  {"X-Tts-Domain", "ff.example.com"},
                                                  {"X-Farfield-Message-Id", "app-a/3-44"},
                                                  {"Content-Type", "application/json"}}));
}

TEST(WebhookRequest, OurHeadersCanNotBeReplaced) {
  auto webhook = hook();
  webhook.downlink_api_key = "SECRET";
  webhook.headers = {{"authorization", "Bearer x"},
                     {"content-type", "text/plain"},
                     {"x-downlink-push", "https://evil"},
                     {"User-Agent", "mine"}};
  const auto request = make_request(key, webhook, send_of(uplink), settings());
  ASSERT_TRUE(request);
  const auto& headers = request->headers;
  EXPECT_EQ(headers.all("Content-Type"), std::vector<std::string_view>{"application/json"});
  EXPECT_EQ(headers.all("User-Agent"), std::vector<std::string_view>{"mine"});
  EXPECT_EQ(headers.value("Authorization"), "Bearer x");
  EXPECT_EQ(headers.value("X-Downlink-Apikey"), "SECRET");
  EXPECT_EQ(headers.all("X-Downlink-Push"),
            std::vector<std::string_view>{"https://ff.example.com/api/v3/as/applications/app-a/"
                                          "webhooks/hook-1/devices/dev-1/down/push"});
  EXPECT_EQ(headers.value("X-Downlink-Replace"),
            "https://ff.example.com/api/v3/as/applications/app-a/webhooks/hook-1/devices/dev-1/"
            "down/replace");
}

TEST(WebhookRequest, FieldMasksSelectEnvelopeAndMessage) {
  auto webhook = hook();
  webhook.field_mask = {"end_device_ids.device_id", "up.uplink_message.f_cnt",
                        "up.uplink_message.decoded_payload", "up.join_accept.session_key_id"};
  EXPECT_EQ(body_of(webhook),
            R"({"end_device_ids":{"device_id":"dev-1"},)"
            R"("uplink_message":{"f_cnt":7,"decoded_payload":{"door":"closed"}}})");
  // Of the message's kind nothing is asked for.
  webhook.field_mask = {"received_at", "up.join_accept.session_key_id"};
  EXPECT_EQ(body_of(webhook), R"({"received_at":"2025-02-11T08:31:07.412908551Z"})");
  webhook.field_mask = {"up"};
  EXPECT_NE(body_of(webhook).find("frm_payload"), std::string::npos);
  // From another version: nothing of it is known.
  webhook.field_mask = {"up.unknown"};
  EXPECT_EQ(body_of(webhook), "{}");
}

TEST(WebhookRequest, ProtobufIsTheSameMessage) {
  auto webhook = hook();
  webhook.format = Format::protobuf;
  const auto request = make_request(key, webhook, send_of(uplink), settings());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->headers.value("Content-Type"), "application/octet-stream");
  pb::ApplicationUp up;
  ASSERT_TRUE(up.ParseFromString(std::string(as_text(*request->body))));
  EXPECT_EQ(*api_json::to_json(up), uplink);
}

TEST(WebhookRequest, AnEmptyEuiIsAnEmptyText) {
  auto webhook = hook();
  webhook.base_url = "https://x/up/{joinEUI}";
  const auto request = make_request(
      key, webhook, send_of(R"({"end_device_ids":{"device_id":"dev-1"}})"), settings());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->url, "https://x/up/");
}

TEST(WebhookRequest, AnswersAreJudged) {
  const auto judged = [](int status, std::string body = "") {
    return judge(key, "https://u:p@x/y?token=s", ClientAnswer{status, std::move(body)});
  };
  for (const int status : {200, 201, 202, 204, 299}) EXPECT_TRUE(judged(status).delivered);
  for (const int status : {400, 401, 403, 404, 405, 410, 413, 422, 302}) {
    EXPECT_FALSE(judged(status).delivered);
    EXPECT_TRUE(judged(status).refused) << status;
  }
  for (const int status : {408, 425, 429, 500, 502, 503, 504, 599}) {
    EXPECT_FALSE(judged(status).delivered);
    EXPECT_FALSE(judged(status).refused) << status;
    EXPECT_EQ(judged(status).busy, status == 503 || status < 500) << status;
  }
  const auto note = note_of(*judged(500, "broken \xC3\xA9").error);
  EXPECT_EQ(note.name_space, "pkg/applicationserver/io/web/sink");
  EXPECT_EQ(note.name, "request");
  EXPECT_EQ(note.code, Code::unavailable);
  EXPECT_EQ(note.attributes, (std::map<std::string, std::string>{{"body", "broken \xC3\xA9"},
                                                                 {"status_code", "500"},
                                                                 {"url", "https://x/y"},
                                                                 {"webhook_id", "hook-1"}}));
  EXPECT_FALSE(note_of(*judged(500, "\xff\xfe").error).attributes.contains("body"));
  // Not more than a kibibyte, and no half character.
  const auto cut = note_of(*judged(500, std::string(1023, 'x') + "\xC3\xA9").error);
  EXPECT_EQ(cut.attributes.at("body"), std::string(1023, 'x'));
}

TEST(WebhookRequest, FailuresAreJudged) {
  using namespace net::http_client;
  const auto judged = [](const ErrorDef& def) {
    return judge(key, "https://x", Result<ClientAnswer>(fail(def)));
  };
  for (const auto* def : {&target_refused, &invalid_url, &redirect_refused})
    EXPECT_TRUE(judged(*def).refused);
  for (const auto* def : {&timed_out, &connection_failed, &tls_failed, &host_not_found})
    EXPECT_FALSE(judged(*def).refused);
  for (const auto* def : {&overloaded, &stopped}) EXPECT_TRUE(judged(*def).not_tried);
  EXPECT_EQ(judged(timed_out).error->cause()->name(), "timeout");
}

TEST(WebhookRequest, SettingsAreChecked) {
  EXPECT_TRUE(check(hook()));
  const auto with = [](auto change) {
    auto webhook = hook();
    change(webhook);
    return static_cast<bool>(check(webhook));
  };
  EXPECT_FALSE(with([](auto& w) { w.base_url = ""; }));
  EXPECT_FALSE(with([](auto& w) { w.base_url = "example.com"; }));
  EXPECT_FALSE(with([](auto& w) { w.base_url = "ftp://example.com"; }));
  EXPECT_FALSE(with([](auto& w) { w.base_url = "https://example.com/{"; }));
  EXPECT_TRUE(with([](auto& w) { w.base_url = "https://{devID}.example.com"; }));
  EXPECT_FALSE(with([](auto& w) { w.paths[UpKind::join] = "{}"; }));
  EXPECT_FALSE(with([](auto& w) { w.paths[UpKind::join] = "file://etc/passwd"; }));
  EXPECT_TRUE(with([](auto& w) { w.paths[UpKind::join] = "/join{?devEUI}"; }));
  EXPECT_FALSE(with([](auto& w) { w.headers["X-A"] = "a\r\nX-B: c"; }));
  EXPECT_FALSE(with([](auto& w) { w.headers["X A"] = "a"; }));
  EXPECT_FALSE(with([](auto& w) { w.headers[""] = "a"; }));
  EXPECT_FALSE(with([](auto& w) { w.downlink_api_key = "a\nb"; }));
  EXPECT_FALSE(with([](auto& w) { w.field_mask = {"up.nonsense"}; }));
  EXPECT_TRUE(with([](auto& w) { w.field_mask = {"up.uplink_message", "received_at"}; }));
}

TEST(WebhookRequest, DownlinksMayBeProtobuf) {
  pb::DownlinkQueueRequest request;
  auto& downlink = *request.add_downlinks();
  downlink.set_f_port(5);
  downlink.set_frm_payload("\x01");
  const auto bytes = request.SerializeAsString();
  EXPECT_EQ(*downlinks_to_json(as_bytes(bytes)),
            R"({"downlinks":[{"f_port":5,"frm_payload":"AQ=="}]})");
  EXPECT_FALSE(downlinks_to_json(as_bytes(std::string_view("\xff\xff"))));
}

}  // namespace
}  // namespace ff::application_server::webhook
