#include "net/broker_client/broker_url.hpp"

#include <gtest/gtest.h>

namespace ff::net::broker_client {
namespace {

TEST(BrokerUrl, IsReadInAllItsForms) {
  const struct {
    const char* text;
    BrokerUrl url;
  } rows[] = {
      {"mqtt://broker.example.com",
       {.scheme = Scheme::mqtt, .host = "broker.example.com", .port = 1883}},
      {"mqtts://u:p%40ss@broker:9",
       {.scheme = Scheme::mqtts,
        .user = "u",
        .password = "p@ss",
        .has_password = true,
        .host = "broker",
        .port = 9}},
      {"mqtts://broker/", {.scheme = Scheme::mqtts, .host = "broker", .port = 8883}},
      {"ws://h", {.scheme = Scheme::ws, .host = "h", .port = 80}},
      {"wss://h/mqtt?x=1", {.scheme = Scheme::wss, .host = "h", .port = 443, .path = "/mqtt?x=1"}},
      {"wss://h?x=1", {.scheme = Scheme::wss, .host = "h", .port = 443, .path = "/?x=1"}},
      {"nats://token@10.0.0.1:4222",
       {.scheme = Scheme::nats, .user = "token", .host = "10.0.0.1", .port = 4222}},
      {"tls://u:@[2001:db8::1]:1",
       {.scheme = Scheme::tls,
        .user = "u",
        .has_password = true,
        .host = "2001:db8::1",
        .port = 1}},
      {"nats://h?jetstream=true",
       {.scheme = Scheme::nats, .host = "h", .port = 4222, .jetstream = true}},
      {"nats://h/?jetstream=false", {.scheme = Scheme::nats, .host = "h", .port = 4222}},
  };
  for (const auto& row : rows) {
    const auto url = parse_broker_url(row.text);
    ASSERT_TRUE(url) << row.text << ": " << url.error().message();
    EXPECT_EQ(*url, row.url) << row.text;
  }
}

TEST(BrokerUrl, NonsenseIsRefusedWithoutRepeatingIt) {
  for (const char* text :
       {"", "mqtt", "mqtt://", "http://h", "mqtt://h:0", "mqtt://h:65536", "mqtt://h:1x",
        "mqtt://h/path", "mqtt://h?jetstream=true", "nats://h?other=1", "mqtt://se cret@h",
        "mqtt://secret%0@h", "mqtt://secret%0a@h", "mqtt://h\r\nx", "mqtt://[::1", "mqtt://[zz]",
        "mqtt://h#secret", "mqtt://a/b@h", "mqtt://h_ä"}) {
    const auto url = parse_broker_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().name(), "invalid_url");
    EXPECT_EQ(url.error().message().find("secret"), std::string::npos) << text;
  }
  EXPECT_FALSE(parse_broker_url("mqtt://" + std::string(3000, 'a')));
}

}  // namespace
}  // namespace ff::net::broker_client
