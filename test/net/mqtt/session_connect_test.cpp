#include <gtest/gtest.h>

#include "test/net/mqtt/codec/printers.hpp"
#include "test/net/mqtt/conversation.hpp"

namespace ff::mqtt {
namespace {

using enum Version;
using Id = PropertyId;
using R = ReasonCode;

class EveryVersion : public testing::TestWithParam<Version> {
 protected:
  bool v5() const { return GetParam() == Version::v5; }
};
INSTANTIATE_TEST_SUITE_P(Session, EveryVersion, testing::Values(v3_1, v3_1_1, v5));

TEST_P(EveryVersion, AConnectIsAuthenticatedByTheOwner) {
  Conversation c(GetParam());
  auto level = std::to_string(static_cast<int>(GetParam()));
  EXPECT_EQ(c.start(), (Lines{"SetDeadline 10s"}));
  c.now += seconds(3);
  EXPECT_EQ(c.receive(Connect{.version = GetParam(),
                              .keep_alive = 60,
                              .client_id = "c",
                              .username = "app@tenant",
                              .password = Bytes{'k'}}),
            (Lines{"Authenticate CONNECT level=" + level +
                       " client_id=\"c\" clean_start keep_alive=60 username=\"app@tenant\" "
                       "password session_expiry=0",
                   "SetDeadline 13s", "PauseReading"}));
  EXPECT_FALSE(c.session().is_open());
  c.now += seconds(1);
  auto properties =
      v5()
          ? " properties={receive_maximum=64, maximum_packet_size=1048576, topic_alias_maximum=16, "
            "shared_subscription_available=0}"
          : "";
  EXPECT_EQ(c.authenticated(Accepted{}),
            (Lines{std::string("Send CONNACK reason=success") + properties, "SetDeadline 94s",
                   "ResumeReading"}));
  EXPECT_TRUE(c.session().is_open());
  EXPECT_EQ(c.session().version(), GetParam());
}

TEST_P(EveryVersion, ARefusedConnectIsAnsweredAndClosed) {
  Conversation c(GetParam());
  c.start();
  c.receive(Connect{.version = GetParam(), .client_id = "c"});
  EXPECT_EQ(c.authenticated(Refused{R::not_authorized}),
            (Lines{"Send CONNACK reason=not_authorized", "Close",
                   "Ended refused not_authorized session_expiry=0 unreleased=0"}));
  EXPECT_EQ(c.closed(), Lines{});
}

TEST_P(EveryVersion, ASilentTransportIsClosedAfterTenSeconds) {
  Conversation c(GetParam());
  c.start();
  c.now += seconds(9);
  c.receive(Bytes{0x10});
  EXPECT_EQ(c.deadline_passed(), (Lines{"SetDeadline 10s"}));
  c.now += seconds(1);
  EXPECT_EQ(c.deadline_passed(),
            (Lines{"Close", "Ended connect_timeout success session_expiry=0 unreleased=0"}));
}

TEST_P(EveryVersion, AnOwnerWithoutAnswerIsNotWaitedForLongerThanTenSeconds) {
  Conversation c(GetParam());
  c.start();
  c.receive(Connect{.version = GetParam(), .client_id = "c"});
  c.now += seconds(10);
  EXPECT_EQ(c.deadline_passed(),
            (Lines{"Send CONNACK reason=server_unavailable", "Close",
                   "Ended owner_timeout server_unavailable session_expiry=0 unreleased=0"}));
  EXPECT_EQ(c.authenticated(Accepted{}), Lines{});
}

TEST_P(EveryVersion, KeepAliveEndsAfterOneAndAHalfTimesItsValue) {
  Conversation c(GetParam());
  c.open(Connect{.keep_alive = 10, .client_id = "c"});
  c.now += seconds(10);
  EXPECT_EQ(c.receive(Pingreq{}), (Lines{"Send PINGRESP"}));
  c.now += seconds(5);
  EXPECT_EQ(c.deadline_passed(), (Lines{"SetDeadline 25s"}));
  c.now += seconds(10);
  Lines expected = {"Close",
                    "Ended keep_alive_timeout keep_alive_timeout session_expiry=0 unreleased=0"};
  if (v5()) expected.insert(expected.begin(), "Send DISCONNECT reason=keep_alive_timeout");
  EXPECT_EQ(c.deadline_passed(), expected);
}

TEST_P(EveryVersion, WithoutKeepAliveAnHourOfSilenceIsAllowed) {
  Conversation c(GetParam());
  c.start();
  c.receive(Connect{.version = GetParam(), .client_id = "c"});
  auto lines = c.authenticated(Accepted{});
  EXPECT_EQ(lines[1], "SetDeadline 3600s");
  EXPECT_EQ(lines[0].find("server_keep_alive=2400") != std::string::npos, v5()) << lines[0];
}

TEST_P(EveryVersion, ASecondConnectIsAViolation) {
  Conversation c(GetParam());
  c.open();
  auto lines = c.receive(Connect{.version = GetParam(), .client_id = "c"});
  EXPECT_EQ(lines.back(), "Ended violation protocol_error session_expiry=0 unreleased=0");
  EXPECT_EQ(lines.size(), v5() ? 3U : 2U);
}

TEST_P(EveryVersion, TheFirstPacketMustBeAConnect) {
  for (const Packet& packet :
       std::vector<Packet>{Pingreq{}, Publish{.topic = "a"}, Disconnect{}, Connack{}}) {
    Conversation c(GetParam());
    c.start();
    EXPECT_EQ(c.receive(packet),
              (Lines{"Close", "Ended violation protocol_error session_expiry=0 unreleased=0"}))
        << to_string(packet);
  }
}

TEST_P(EveryVersion, DisconnectEndsWithoutWillAndALostConnectionWithIt) {
  Connect connect{
      .client_id = "c",
      .will = Will{.topic = "w", .payload = Payload("gone"), .qos = QoS::at_least_once}};
  Conversation polite(GetParam());
  polite.open(connect);
  EXPECT_EQ(polite.receive(Disconnect{}),
            (Lines{"Close", "Ended client_disconnected success session_expiry=0 unreleased=0"}));
  Conversation lost(GetParam());
  lost.open(connect);
  EXPECT_EQ(lost.closed(), (Lines{"PublishWill \"w\" bytes=4 qos=1 delay=0",
                                  "Ended connection_lost success session_expiry=0 unreleased=0"}));
  Conversation unwanted(GetParam());
  unwanted.open(connect, Accepted{.keep_will = false});
  EXPECT_EQ(unwanted.closed(),
            (Lines{"Ended connection_lost success session_expiry=0 unreleased=0"}));
}

TEST_P(EveryVersion, ATransportLostBeforeTheAnswerHasNoWill) {
  Conversation c(GetParam());
  c.start();
  c.receive(Connect{.version = GetParam(), .client_id = "c", .will = Will{.topic = "w"}});
  EXPECT_EQ(c.closed(), (Lines{"Ended connection_lost success session_expiry=0 unreleased=0"}));
  EXPECT_EQ(c.authenticated(Accepted{}), Lines{});
}

TEST_P(EveryVersion, PacketsBehindTheConnectWaitForTheAnswer) {
  Conversation c(GetParam());
  c.start();
  auto bytes = encode(Connect{.version = GetParam(), .client_id = "c"}, GetParam()).flat();
  append(bytes, encode(Pingreq{}, GetParam()).flat());
  EXPECT_EQ(c.receive(bytes).size(), 3U);
  EXPECT_EQ(c.receive(Pingreq{}), Lines{});
  auto lines = c.authenticated(Accepted{});
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[2], "Send PINGRESP");
  EXPECT_EQ(lines[3], "Send PINGRESP");
  EXPECT_EQ(lines[4], "ResumeReading");
}

TEST_P(EveryVersion, TheOwnerEndsASession) {
  Conversation c(GetParam());
  c.open(Connect{.client_id = "c", .will = Will{.topic = "w"}});
  Lines expected = {"Close", "PublishWill \"w\" bytes=0 qos=0 delay=0",
                    "Ended server_disconnected session_taken_over session_expiry=0 unreleased=0"};
  if (v5()) expected.insert(expected.begin(), "Send DISCONNECT reason=session_taken_over");
  EXPECT_EQ(c.disconnect(R::session_taken_over), expected);
  EXPECT_TRUE(c.session().is_ended());
}

TEST_P(EveryVersion, AnEndedSessionHasNoMoreEffects) {
  Conversation c(GetParam());
  EXPECT_EQ(c.receive(Pingreq{}), Lines{}) << "not started";
  c.open();
  EXPECT_EQ(c.start(), Lines{}) << "started twice";
  c.closed();
  EXPECT_EQ(c.receive(Pingreq{}), Lines{});
  EXPECT_EQ(c.deadline_passed(), Lines{});
  EXPECT_EQ(c.disconnect(R::server_busy), Lines{});
  EXPECT_EQ(c.closed(), Lines{});
  EXPECT_EQ(c.publish_handled(1), Lines{});
  EXPECT_EQ(c.subscribe_handled(1, {}), Lines{});
  EXPECT_EQ(c.unsubscribe_handled(1, {}), Lines{});
  EXPECT_EQ(c.deliver({.topic = "a"}, {.token = DeliveryToken(7)}),
            (Lines{"Discarded token=7 not_connected"}));
  EXPECT_EQ(c.session().window_free(), 0U);
}

struct RefusalRow {
  std::string name;
  std::string hex;
  Lines expected;
};

TEST(SessionConnect, UnknownVersionsAreToldSo) {
  const std::string end =
      "Ended violation unsupported_protocol_version session_expiry=0 unreleased=0";
  for (const auto& row : std::vector<RefusalRow>{
           {"level 6",
            "10 0d 0004 4d515454 06 02 0000 0001 61",
            {"Send CONNACK reason=unsupported_protocol_version", "Close", end}},
           {"level 2",
            "10 0d 0004 4d515454 02 02 0000 0001 61",
            {"Send CONNACK reason=unsupported_protocol_version", "Close", end}},
           {"MQIsdp level 4",
            "10 0f 0006 4d5149736470 04 02 0000 0001 61",
            {"Send CONNACK reason=unsupported_protocol_version", "Close", end}},
       }) {
    Conversation c(v3_1_1);
    c.start();
    EXPECT_EQ(c.receive(from_hex(row.hex)), row.expected) << row.name;
  }
  Session session({});
  auto effects = session.start({});
  effects = session.receive(from_hex("10 0d 0004 4d515454 02 02 0000 0001 61"), {});
  EXPECT_EQ(hex_lower(std::get<Send>(effects[0]).frame.flat()), "20020001");
}

TEST(SessionConnect, NoiseIsClosedWithoutAWord) {
  for (const auto* noise : {"GET / HTTP/1.1\r\n", "\x16\x03\x01\x02\x01\x01", "PUSH_DATA"}) {
    Conversation c(v3_1_1);
    c.start();
    auto lines = c.receive(as_bytes(noise));
    ASSERT_FALSE(lines.empty()) << noise;
    EXPECT_EQ(lines.front(), "Close") << noise;
  }
}

TEST(SessionConnect, AMalformedConnectOfVersionFiveIsToldSo) {
  Conversation c(v5);
  c.start();
  EXPECT_EQ(c.receive(from_hex("10 0e 0004 4d515454 05 03 0000 00 0001 61")),
            (Lines{"Send CONNACK reason=malformed_packet", "Close",
                   "Ended violation malformed_packet session_expiry=0 unreleased=0"}));
}

struct CheckRow {
  std::string name;
  Connect connect;
  ReasonCode reason;
  bool told;
};

TEST(SessionConnect, ChecksWhatTheClientAsksFor) {
  Will bad_topic{.topic = "a/#"};
  Will bad_response{.topic = "a", .properties = {{Id::response_topic, "+"}}};
  for (const auto& row : std::vector<CheckRow>{
           {"3.1 needs an identifier", {.version = v3_1}, R::client_identifier_not_valid, true},
           {"3.1.1 needs one for a kept session",
            {.version = v3_1_1, .clean_start = false},
            R::client_identifier_not_valid,
            true},
           {"will topic of 3.1.1",
            {.version = v3_1_1, .client_id = "c", .will = bad_topic},
            R::topic_name_invalid,
            false},
           {"will topic of 5",
            {.version = v5, .client_id = "c", .will = bad_topic},
            R::topic_name_invalid,
            true},
           {"response topic",
            {.version = v5, .client_id = "c", .will = bad_response},
            R::topic_name_invalid,
            true},
           {"authentication method",
            {.version = v5, .client_id = "c", .properties = {{Id::authentication_method, "SCRAM"}}},
            R::bad_authentication_method,
            true},
           {"authentication data alone",
            {.version = v5, .client_id = "c", .properties = {{Id::authentication_data, Bytes{1}}}},
            R::protocol_error,
            true},
       }) {
    Conversation c(row.connect.version);
    c.start();
    Lines expected = {"Close", "Ended violation " + std::string(to_string(row.reason)) +
                                   " session_expiry=0 unreleased=0"};
    if (row.told)
      expected.insert(expected.begin(),
                      "Send CONNACK reason=" + std::string(to_string(row.reason)));
    EXPECT_EQ(c.receive(row.connect), expected) << row.name;
  }
}

TEST(SessionConnect, RetainIsRefusedWhereTheServerHasNone) {
  SessionLimits limits{.retain_available = false};
  Conversation will(v5, limits);
  will.start();
  EXPECT_EQ(will.receive(Connect{
                .version = v5, .client_id = "c", .will = Will{.topic = "w", .retain = true}})[0],
            "Send CONNACK reason=retain_not_supported");
  Conversation message(v5, limits);
  message.start();
  message.receive(Connect{.version = v5, .client_id = "c"});
  EXPECT_NE(message.authenticated(Accepted{})[0].find("retain_available=0"), std::string::npos);
  EXPECT_EQ(message.receive(Publish{.topic = "a", .retain = true})[0],
            "Send DISCONNECT reason=retain_not_supported");
}

TEST(SessionConnect, AnAssignedIdentifierIsAnnouncedInVersionFive) {
  Conversation c(v5);
  c.start();
  c.receive(Connect{.version = v5});
  EXPECT_NE(c.authenticated(Accepted{.assigned_client_id = "auto-1"})[0].find(
                "assigned_client_identifier=\"auto-1\""),
            std::string::npos);
  Conversation old(v3_1_1);
  old.start();
  old.receive(Connect{.version = v3_1_1});
  EXPECT_EQ(old.authenticated(Accepted{.assigned_client_id = "auto-1"})[0],
            "Send CONNACK reason=success");
}

struct ExpiryRow {
  std::string name;
  Connect connect;
  std::uint32_t asked_of_owner;
  bool session_present;
};

TEST(SessionConnect, SessionsAreKeptAsLongAsAskedAndAllowed) {
  SessionLimits limits{.session_expiry_max = 1000, .session_expiry_v3 = 2000};
  auto with_expiry = [](std::uint32_t seconds_kept, bool clean) {
    return Connect{.version = v5,
                   .clean_start = clean,
                   .client_id = "c",
                   .properties = {{Id::session_expiry_interval, seconds_kept}}};
  };
  for (const auto& row : std::vector<ExpiryRow>{
           {"3.1.1 clean", {.version = v3_1_1, .client_id = "c"}, 0, false},
           {"3.1.1 kept", {.version = v3_1_1, .clean_start = false, .client_id = "c"}, 2000, true},
           {"3.1 kept", {.version = v3_1, .clean_start = false, .client_id = "c"}, 2000, false},
           {"5 without property", {.version = v5, .clean_start = false, .client_id = "c"}, 0, true},
           {"5 below the bound", with_expiry(999, false), 999, true},
           {"5 above the bound", with_expiry(0xFFFFFFFF, false), 1000, true},
           {"5 clean start of a kept session", with_expiry(10, true), 10, false},
       }) {
    Conversation c(row.connect.version, limits);
    c.start();
    auto asked = c.receive(row.connect)[0];
    EXPECT_TRUE(asked.ends_with(" session_expiry=" + std::to_string(row.asked_of_owner)))
        << row.name << ": " << asked;
    auto connack = c.authenticated(Accepted{.session_present = true})[0];
    EXPECT_EQ(connack.find("session_present") != std::string::npos, row.session_present)
        << row.name;
    EXPECT_EQ(connack.find("session_expiry_interval=1000") != std::string::npos,
              row.name == "5 above the bound");
    EXPECT_EQ(c.closed().back(), "Ended connection_lost success session_expiry=" +
                                     std::to_string(row.asked_of_owner) + " unreleased=0");
  }
}

TEST(SessionConnect, DisconnectMayChangeTheExpiryButNotReviveIt) {
  auto properties = [](std::uint32_t s) { return Properties{{Id::session_expiry_interval, s}}; };
  Conversation kept(v5);
  kept.open(Connect{.client_id = "c", .properties = properties(100)});
  EXPECT_EQ(kept.receive(Disconnect{.properties = properties(50)}).back(),
            "Ended client_disconnected success session_expiry=50 unreleased=0");
  Conversation ended(v5);
  ended.open(Connect{.client_id = "c", .properties = properties(100)});
  EXPECT_EQ(ended.receive(Disconnect{.properties = properties(0)}).back(),
            "Ended client_disconnected success session_expiry=0 unreleased=0");
  Conversation revived(v5);
  revived.open();
  EXPECT_EQ(revived.receive(Disconnect{.properties = properties(50)})[0],
            "Send DISCONNECT reason=protocol_error");
}

TEST(SessionConnect, WillsOfVersionFiveHaveDelayAndProperties) {
  Connect connect{
      .client_id = "c",
      .will = Will{.topic = "w",
                   .retain = true,
                   .properties = {{Id::will_delay_interval, 30U}, {Id::content_type, "t"}}},
      .properties = {{Id::session_expiry_interval, 100U}}};
  Conversation c(v5);
  c.open(connect);
  EXPECT_EQ(c.receive(Disconnect{.reason = R::disconnect_with_will})[1],
            "PublishWill \"w\" bytes=0 retain {content_type=\"t\"} qos=0 delay=30");
  connect.properties = {{Id::session_expiry_interval, 10U}};
  Conversation shorter(v5);
  shorter.open(connect);
  EXPECT_EQ(shorter.closed()[0],
            "PublishWill \"w\" bytes=0 retain {content_type=\"t\"} qos=0 delay=10");
}

TEST(SessionConnect, LargePacketsAreForAcceptedClients) {
  SessionLimits limits{.decode = {.packet_size_max = 5000}, .connect_size_max = 100};
  Conversation early(v3_1_1, limits);
  early.start();
  EXPECT_EQ(early.receive(Connect{.client_id = std::string(100, 'c')}),
            (Lines{"Close", "Ended violation packet_too_large session_expiry=0 unreleased=0"}));
  Conversation later(v5, limits);
  later.open();
  EXPECT_EQ(later.receive(Publish{.topic = "a", .payload = Payload(Bytes(4900))}).size(), 1U);
  EXPECT_EQ(later.receive(Publish{.topic = "a", .payload = Payload(Bytes(5000))})[0],
            "Send DISCONNECT reason=packet_too_large");
}

TEST(SessionConnect, ATransportThatDoesNotPauseIsCutOff) {
  SessionLimits limits{.decode = {.packet_size_max = 1000}};
  Conversation c(v3_1_1, limits);
  c.start();
  c.receive(Connect{.client_id = "c"});
  EXPECT_EQ(c.receive(Bytes(2000, 0xc0)), Lines{});
  EXPECT_EQ(c.receive(Bytes(1, 0xc0)),
            (Lines{"Send CONNACK reason=server_unavailable", "Close",
                   "Ended violation quota_exceeded session_expiry=0 unreleased=0"}));
}

TEST(SessionConnect, PacketsOfAServerAreViolations) {
  for (const Packet& packet :
       std::vector<Packet>{Connack{}, Suback{.packet_id = 1, .reasons = {R::success}},
                           Unsuback{.packet_id = 1, .reasons = {R::success}}, Pingresp{},
                           Pubrec{.packet_id = 1}, Pubcomp{.packet_id = 1}, Auth{}}) {
    Conversation c(v5);
    c.open();
    EXPECT_EQ(c.receive(packet)[0], "Send DISCONNECT reason=protocol_error") << to_string(packet);
  }
}

}  // namespace
}  // namespace ff::mqtt
