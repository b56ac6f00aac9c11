#include "net/broker_client/broker_url.hpp"

#include <gtest/gtest.h>

namespace ff::net::broker_client {
namespace {

const std::string seed = "SU" + std::string(56, 'A');
const std::string key = "U" + std::string(55, '2');
const std::string jwt = "eyJ0eXAi.eyJqdGki.c2ln-_A";

TEST(BrokerUrl, NamesUsersOfNatsByTheirKeys) {
  const auto by_jwt = parse_broker_url("tls://" + jwt + ":" + seed + "@h?auth=jwt");
  ASSERT_TRUE(by_jwt);
  EXPECT_EQ(by_jwt->login, NatsLogin::jwt);
  EXPECT_EQ(by_jwt->user, jwt);
  EXPECT_EQ(by_jwt->password, seed);
  EXPECT_FALSE(by_jwt->jetstream);
  const auto by_key =
      parse_broker_url("nats://" + key + ":" + seed + "@h/?jetstream=true&auth=nkey");
  ASSERT_TRUE(by_key);
  EXPECT_EQ(by_key->login, NatsLogin::nkey);
  EXPECT_TRUE(by_key->jetstream);
  for (const auto& text : {
           "nats://" + jwt + "@h?auth=jwt",                            // no seed
           "nats://" + jwt + ":secret@h?auth=jwt",                     // another password
           "nats://" + key + ":" + seed + "@h?auth=jwt",               // not a JWT
           "nats://" + jwt + ":" + seed + "@h?auth=nkey",              // not a key
           "nats://" + key + ":SA" + seed.substr(2) + "@h?auth=nkey",  // an account's seed
           "nats://" + key + ":" + seed + "@h?auth=other",
           "nats://" + key + ":" + seed + "@h?auth=nkey&",
           "mqtt://" + key + ":" + seed + "@h?auth=nkey",
       }) {
    const auto url = parse_broker_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().message().find(seed.substr(2)), std::string::npos) << text;
  }
}

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
  EXPECT_FALSE(parse_broker_url("mqtt://" + std::string(5000, 'a')));
}

}  // namespace
}  // namespace ff::net::broker_client
