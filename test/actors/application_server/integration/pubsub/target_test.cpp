#include "actors/application_server/integration/pubsub/target.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace ff::application_server::pubsub {
namespace {

using net::broker_client::Scheme;

PubSub mqtt() {
  PubSub out;
  out.provider = Provider::mqtt;
  out.mqtt.server_url = "mqtt://user:pass@broker.example.com";
  out.base_topic = "lora";
  out.topics = {{UpKind::uplink, "up"}};
  out.downlink_push = "push";
  return out;
}
PubSub nats() {
  PubSub out;
  out.provider = Provider::nats;
  out.nats_server_url = "nats://broker.example.com";
  out.base_topic = "lora";
  out.topics = {{UpKind::uplink, "up"}};
  out.downlink_replace = "replace";
  return out;
}
const std::string pem = "-----BEGIN X-----";

TEST(PubSubTarget, JoinsTopicsAsTheProviderDoes) {
  auto one = mqtt();
  EXPECT_EQ(topic_of(one, "up"), "lora/up");
  EXPECT_EQ(topic_of(one, ""), "lora");
  one.base_topic = "";
  EXPECT_EQ(topic_of(one, "a/b"), "a/b");
  auto other = nats();
  EXPECT_EQ(topic_of(other, "up"), "lora.up");
  other.base_topic = ".lora.";
  EXPECT_EQ(topic_of(other, ".up."), "lora.up");
  EXPECT_EQ(topic_of(other, ""), "lora");
}

TEST(PubSubTarget, IsMadeOfTheSettings) {
  auto one = mqtt();
  one.mqtt.client_id = "me";
  one.mqtt.username = "u";
  one.mqtt.password = "p";
  one.mqtt.publish_qos = 1;
  one.mqtt.tls_ca = pem;
  const auto plain = target_of(one);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->url.scheme, Scheme::mqtt);
  EXPECT_EQ(plain->subscriptions, std::vector<std::string>{"lora/push"});
  EXPECT_EQ(plain->mqtt.username, "u");
  EXPECT_EQ(plain->mqtt.publish_qos, 1);
  EXPECT_EQ(plain->mqtt.ca, "");
  // What is to be private does not go in clear.
  one.mqtt.use_tls = true;
  one.mqtt.tls_client_cert = pem + "c";
  one.mqtt.tls_client_key = pem + "k";
  const auto secret = target_of(one);
  ASSERT_TRUE(secret);
  EXPECT_EQ(secret->url.scheme, Scheme::mqtts);
  EXPECT_EQ(secret->mqtt.ca, pem);
  EXPECT_EQ(secret->mqtt.key, pem + "k");
  EXPECT_EQ(target_of(nats())->subscriptions, std::vector<std::string>{"lora.replace"});
}

TEST(PubSubTarget, NonsenseIsRefusedWithItsName) {
  const struct {
    const char* name;
    std::function<void(PubSub&)> change;
    const char* error;
  } rows[] = {
      {"URL", [](PubSub& p) { p.mqtt.server_url = "nonsense"; }, "invalid_url"},
      {"scheme", [](PubSub& p) { p.mqtt.server_url = "nats://h"; }, "invalid_setting"},
      {"topic",
       [](PubSub& p) {
         p.topics = {{UpKind::join, "a/+"}};
       },
       "invalid_setting"},
      {"filter", [](PubSub& p) { p.downlink_push = "a#"; }, "invalid_setting"},
      {"same", [](PubSub& p) { p.downlink_replace = "push"; }, "invalid_setting"},
      {"none", [](PubSub& p) { p.base_topic = "", p.downlink_push = ""; }, "invalid_setting"},
      {"ca", [](PubSub& p) { p.mqtt.use_tls = true, p.mqtt.tls_ca = "x"; }, "ca_pem_data"},
      {"key", [](PubSub& p) { p.mqtt.use_tls = true, p.mqtt.tls_client_cert = pem; },
       "invalid_setting"},
      {"header",
       [](PubSub& p) {
         p.mqtt.headers = {{"A", "b\r\nC: d"}};
       },
       "invalid_setting"},
      {"header name",
       [](PubSub& p) {
         p.mqtt.headers = {{"A b", "c"}};
       },
       "invalid_setting"},
  };
  for (const auto& row : rows) {
    auto one = mqtt();
    row.change(one);
    const auto checked = check(one);
    ASSERT_FALSE(checked) << row.name;
    EXPECT_EQ(checked.error().name(), row.error) << row.name;
    EXPECT_FALSE(target_of(one)) << row.name;
  }
  auto other = nats();
  other.topics = {{UpKind::join, "a.*"}};
  EXPECT_FALSE(check(other));
  other.topics = {{UpKind::join, "a..b"}};
  EXPECT_FALSE(check(other));
  other.topics = {{UpKind::join, "a b"}};
  EXPECT_FALSE(check(other));
}

TEST(PubSubTarget, AServerThatAloneShowsACertificateIsEnough) {
  auto one = mqtt();
  one.mqtt.use_tls = true;
  one.mqtt.tls_ca = pem;
  EXPECT_TRUE(check(one));
}

TEST(PubSubTarget, KnowsWhatATopicAsksFor) {
  auto one = mqtt();
  one.downlink_replace = "+/replace/#";
  EXPECT_EQ(operation_of(one, "lora/push"), Operation::push);
  EXPECT_EQ(operation_of(one, "lora/x/replace/y"), Operation::replace);
  EXPECT_EQ(operation_of(one, "lora/other"), std::nullopt);
  one.base_topic = "$share/group";
  EXPECT_EQ(operation_of(one, "push"), Operation::push);
  auto other = nats();
  other.downlink_push = "*.push.>";
  EXPECT_EQ(operation_of(other, "lora.a.push.b.c"), Operation::push);
  EXPECT_EQ(operation_of(other, "lora.replace"), Operation::replace);
  EXPECT_EQ(operation_of(other, "lora.a.push"), std::nullopt);
}

}  // namespace
}  // namespace ff::application_server::pubsub
