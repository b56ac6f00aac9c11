#include <gtest/gtest.h>

#include "protocol/base/random.hpp"
#include "test/net/mqtt/codec/printers.hpp"
#include "test/net/mqtt/conversation.hpp"

namespace ff::mqtt {
namespace {

using enum Version;
using Id = PropertyId;
using R = ReasonCode;

Publish publish(QoS qos, std::uint16_t id, std::string topic = "a") {
  return {.topic = std::move(topic), .payload = Payload("x"), .qos = qos, .packet_id = id};
}
Delivery at_least_once(std::uint64_t token) {
  return {.qos = QoS::at_least_once, .token = DeliveryToken(token)};
}

class Messages : public testing::TestWithParam<Version> {
 protected:
  bool v5() const { return GetParam() == Version::v5; }
};
INSTANTIATE_TEST_SUITE_P(Session, Messages, testing::Values(v3_1, v3_1_1, v5));

TEST_P(Messages, QoS0IsGivenToTheOwnerAndNotAcknowledged) {
  Conversation c(GetParam());
  c.open();
  EXPECT_EQ(c.receive(Publish{.topic = "a/b", .payload = Payload("hi"), .retain = true}),
            (Lines{"PublishReceived handle=1 \"a/b\" bytes=2 retain qos=0 id=0"}));
  EXPECT_EQ(c.publish_handled(1), Lines{});
}

TEST_P(Messages, QoS1IsAcknowledgedWhenTheOwnerHasIt) {
  Conversation c(GetParam());
  c.open();
  EXPECT_EQ(c.receive(publish(QoS::at_least_once, 7)),
            (Lines{"PublishReceived handle=1 \"a\" bytes=1 qos=1 id=7"}));
  EXPECT_EQ(c.publish_handled(1), (Lines{"Send PUBACK id=7 reason=success"}));
  EXPECT_EQ(c.publish_handled(1), Lines{}) << "answered twice";
  EXPECT_EQ(c.publish_handled(99), Lines{}) << "never asked";
}

TEST_P(Messages, FailuresAreToldToVersionFiveOnly) {
  Conversation c(GetParam());
  c.open();
  c.receive(publish(QoS::at_least_once, 7));
  EXPECT_EQ(
      c.publish_handled(1, R::not_authorized),
      (Lines{v5() ? "Send PUBACK id=7 reason=not_authorized" : "Send PUBACK id=7 reason=success"}));
}

TEST_P(Messages, AcknowledgementsLeaveInTheOrderOfTheMessages) {
  Conversation c(GetParam());
  c.open();
  c.receive(publish(QoS::at_least_once, 1));
  c.receive(publish(QoS::exactly_once, 2));
  c.receive(publish(QoS::at_most_once, 0));
  c.receive(publish(QoS::at_least_once, 3));
  EXPECT_EQ(c.publish_handled(4), Lines{});
  EXPECT_EQ(c.publish_handled(2), Lines{});
  EXPECT_EQ(c.publish_handled(1),
            (Lines{"Send PUBACK id=1 reason=success", "Send PUBREC id=2 reason=success"}));
  EXPECT_EQ(c.publish_handled(3), (Lines{"Send PUBACK id=3 reason=success"}));
}

TEST_P(Messages, QoS2ComesExactlyOnce) {
  Conversation c(GetParam());
  c.open();
  auto message = publish(QoS::exactly_once, 5);
  EXPECT_EQ(c.receive(message), (Lines{"PublishReceived handle=1 \"a\" bytes=1 qos=2 id=5"}));
  message.dup = true;
  EXPECT_EQ(c.receive(message), Lines{}) << "repeated before the owner answered";
  EXPECT_EQ(c.publish_handled(1), (Lines{"Send PUBREC id=5 reason=success"}));
  EXPECT_EQ(c.receive(message), (Lines{"Send PUBREC id=5 reason=success"}))
      << "repeated before PUBREL";
  EXPECT_EQ(c.receive(Pubrel{.packet_id = 5}),
            (Lines{"PublishReleased id=5", "Send PUBCOMP id=5 reason=success"}));
  EXPECT_EQ(c.receive(Pubrel{.packet_id = 5}),
            (Lines{v5() ? "Send PUBCOMP id=5 reason=packet_identifier_not_found"
                        : "Send PUBCOMP id=5 reason=success"}));
  EXPECT_EQ(c.receive(publish(QoS::exactly_once, 5)),
            (Lines{"PublishReceived handle=2 \"a\" bytes=1 qos=2 id=5"}));
}

TEST_P(Messages, ARefusedQoS2MessageIsOverWithItsPubrec) {
  Conversation c(GetParam());
  c.open();
  c.receive(publish(QoS::exactly_once, 5));
  c.publish_handled(1, R::quota_exceeded);
  EXPECT_EQ(c.receive(publish(QoS::exactly_once, 5)),
            (Lines{"PublishReceived handle=2 \"a\" bytes=1 qos=2 id=5"}));
}

TEST_P(Messages, UnreleasedIdentifiersSurviveTheConnection) {
  Connect connect{.clean_start = false, .client_id = "c"};
  if (v5()) connect.properties = {{Id::session_expiry_interval, 60U}};
  Conversation first(GetParam());
  first.open(connect);
  first.receive(publish(QoS::exactly_once, 5));
  first.publish_handled(1);
  auto ended = first.closed().back();
  EXPECT_TRUE(ended.ends_with("unreleased=1")) << ended;

  Conversation second(GetParam());
  second.open(connect, Accepted{.session_present = true, .unreleased = {5}});
  EXPECT_EQ(second.receive(publish(QoS::exactly_once, 5)),
            (Lines{"Send PUBREC id=5 reason=success"}));
  EXPECT_EQ(second.receive(Pubrel{.packet_id = 5})[0], "PublishReleased id=5");

  connect.clean_start = true;
  Conversation clean(GetParam());
  clean.open(connect, Accepted{.session_present = true, .unreleased = {5}});
  EXPECT_EQ(clean.receive(publish(QoS::exactly_once, 5)).size(), 1U);
}

TEST_P(Messages, ReadingPausesWhileTheOwnerOwesAnswers) {
  Conversation c(GetParam(), {.requests_max = 2});
  c.open();
  EXPECT_EQ(c.receive(publish(QoS::at_most_once, 0)).size(), 1U);
  EXPECT_EQ(c.receive(publish(QoS::at_least_once, 2)).back(), "PauseReading");
  EXPECT_EQ(c.receive(publish(QoS::at_least_once, 3)), Lines{});
  EXPECT_EQ(c.publish_handled(2), Lines{}) << "the first message is still unanswered";
  EXPECT_EQ(c.publish_handled(1),
            (Lines{"Send PUBACK id=2 reason=success",
                   "PublishReceived handle=3 \"a\" bytes=1 qos=1 id=3", "ResumeReading"}));
}

TEST_P(Messages, AnOwnerThatNeverAnswersLosesTheClient) {
  Conversation c(GetParam(), {.requests_max = 1});
  c.open(Connect{.keep_alive = 10, .client_id = "c"});
  c.receive(publish(QoS::at_least_once, 1));
  c.now += seconds(15);
  EXPECT_EQ(c.deadline_passed().back(),
            "Ended owner_timeout server_busy session_expiry=0 unreleased=0");
}

TEST_P(Messages, InvalidTopicsAreViolations) {
  for (const auto* topic : {"", "a/+", "#"}) {
    Conversation c(GetParam());
    c.open();
    auto reason = v5() && *topic == 0 ? "protocol_error" : "topic_name_invalid";
    EXPECT_EQ(c.receive(Publish{.topic = topic}).back(),
              "Ended violation " + std::string(reason) + " session_expiry=0 unreleased=0");
  }
  Conversation c(GetParam(), {.topic_size_max = 3});
  c.open();
  EXPECT_EQ(c.receive(Publish{.topic = "abc"}).size(), 1U);
  EXPECT_EQ(c.receive(Publish{.topic = "abcd"}).back(),
            "Ended violation topic_name_invalid session_expiry=0 unreleased=0");
}

TEST_P(Messages, DeliveriesAtQoS0HaveNoIdentifierAndNoWindow) {
  Conversation c(GetParam(), {.in_flight_max = 1});
  c.open();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(c.deliver({.topic = "t", .payload = Payload("abc")}, {}),
              (Lines{"Send PUBLISH topic=\"t\" bytes=3 qos=0"}));
  }
  EXPECT_EQ(c.session().window_free(), 1U);
}

TEST_P(Messages, DeliveriesAtQoS1ReturnTheirTokens) {
  Conversation c(GetParam());
  c.open();
  EXPECT_EQ(c.deliver({.topic = "t"}, at_least_once(100)),
            (Lines{"Send PUBLISH topic=\"t\" bytes=0 qos=1 id=1"}));
  auto again = at_least_once(101);
  again.redelivered = true;
  again.retain = true;
  EXPECT_EQ(c.deliver({.topic = "t"}, again),
            (Lines{"Send PUBLISH topic=\"t\" bytes=0 qos=1 id=2 retain dup"}));
  EXPECT_EQ(c.receive(Puback{.packet_id = 1}), (Lines{"Acknowledged token=100 success"}));
  EXPECT_EQ(c.receive(Puback{.packet_id = 1}), Lines{}) << "twice";
  EXPECT_EQ(c.receive(Puback{.packet_id = 9}), Lines{}) << "never sent";
  EXPECT_EQ(c.receive(Puback{.packet_id = 2}), (Lines{"Acknowledged token=101 success"}));
}

TEST_P(Messages, TokensReturnInOrderAlsoWhenAcknowledgementsDoNot) {
  Conversation c(GetParam());
  c.open();
  for (std::uint64_t token = 1; token <= 3; ++token)
    c.deliver({.topic = "t"}, at_least_once(token));
  EXPECT_EQ(c.receive(Puback{.packet_id = 3}), Lines{});
  EXPECT_EQ(c.receive(Puback{.packet_id = 2}), Lines{});
  EXPECT_EQ(c.receive(Puback{.packet_id = 1}),
            (Lines{"Acknowledged token=1 success", "Acknowledged token=2 success",
                   "Acknowledged token=3 success"}));
}

TEST_P(Messages, TheWindowBoundsDeliveriesInFlight) {
  Conversation c(GetParam(), {.in_flight_max = 2});
  EXPECT_EQ(c.session().window_free(), 0U);
  c.open();
  EXPECT_EQ(c.session().window_free(), 2U);
  c.deliver({.topic = "t"}, at_least_once(1));
  c.deliver({.topic = "t"}, at_least_once(2));
  EXPECT_EQ(c.session().window_free(), 0U);
  EXPECT_EQ(c.deliver({.topic = "t"}, at_least_once(3)), (Lines{"Discarded token=3 window_full"}));
  c.receive(Puback{.packet_id = 1});
  EXPECT_EQ(c.deliver({.topic = "t"}, at_least_once(3)),
            (Lines{"Send PUBLISH topic=\"t\" bytes=0 qos=1 id=3"}));
}

TEST_P(Messages, IdentifiersGoRoundWithoutZero) {
  Conversation c(GetParam());
  c.open();
  std::uint16_t id = 0;
  for (std::uint64_t token = 1; token <= 140'000; ++token) {
    id = static_cast<std::uint16_t>(id == 65'535 ? 1 : id + 1);
    auto sent = c.deliver({.topic = "t"}, at_least_once(token));
    ASSERT_EQ(sent[0], "Send PUBLISH topic=\"t\" bytes=0 qos=1 id=" + std::to_string(id));
    auto acknowledged = c.receive(Puback{.packet_id = id});
    ASSERT_EQ(acknowledged, (Lines{"Acknowledged token=" + std::to_string(token) + " success"}));
  }
}

TEST_P(Messages, QoS2IsDeliveredAsQoS1AndNothingToInvalidTopics) {
  Conversation c(GetParam());
  c.open();
  EXPECT_EQ(c.deliver({.topic = "t"}, {.qos = QoS::exactly_once}),
            (Lines{"Send PUBLISH topic=\"t\" bytes=0 qos=1 id=1"}));
  for (const auto& topic : {std::string(), std::string("a/+"), std::string(70'000, 'a')}) {
    EXPECT_EQ(c.deliver({.topic = topic}, at_least_once(4)),
              (Lines{"Discarded token=4 not_encodable"}));
  }
}

TEST(SessionV5, ReceiveMaximumsBindBothSides) {
  Conversation c(v5, {.receive_maximum = 2});
  c.open(Connect{.client_id = "c", .properties = {{Id::receive_maximum, 1U}}});
  EXPECT_EQ(c.session().window_free(), 1U);
  c.receive(publish(QoS::at_least_once, 1));
  c.receive(publish(QoS::exactly_once, 2));
  EXPECT_EQ(c.receive(publish(QoS::at_most_once, 0)).size(), 1U) << "QoS 0 does not count";
  EXPECT_EQ(c.receive(publish(QoS::at_least_once, 3))[0],
            "Send DISCONNECT reason=receive_maximum_exceeded");
}

TEST(SessionV5, MessagesOfAnEarlierConnectionDoNotCount) {
  Conversation c(v5, {.receive_maximum = 1});
  c.open(Connect{.clean_start = false, .client_id = "c"},
         Accepted{.session_present = true, .unreleased = {1, 2}});
  EXPECT_EQ(c.receive(publish(QoS::exactly_once, 3)).size(), 1U);
  EXPECT_EQ(c.receive(publish(QoS::exactly_once, 4))[0],
            "Send DISCONNECT reason=receive_maximum_exceeded");
}

TEST(SessionV3, UnreleasedIdentifiersAreBounded) {
  Conversation c(v3_1_1, {.unreleased_max = 3});
  c.open();
  for (std::uint16_t id = 1; id <= 3; ++id) {
    c.receive(publish(QoS::exactly_once, id));
    c.publish_handled(id);
  }
  EXPECT_EQ(
      c.receive(publish(QoS::exactly_once, 4)),
      (Lines{"Close", "Ended violation receive_maximum_exceeded session_expiry=0 unreleased=3"}));
}

TEST(SessionV5, TheClientsMaximumPacketSizeIsRespected) {
  Conversation c(v5);
  c.open(Connect{.client_id = "c", .properties = {{Id::maximum_packet_size, 40U}}});
  EXPECT_EQ(c.deliver({.topic = "t", .payload = Payload(Bytes(32))}, at_least_once(1)),
            (Lines{"Send PUBLISH topic=\"t\" bytes=32 qos=1 id=1"}));
  EXPECT_EQ(c.deliver({.topic = "t", .payload = Payload(Bytes(33))}, at_least_once(2)),
            (Lines{"Discarded token=2 too_large"}));
  EXPECT_EQ(c.session().window_free(), 63U) << "a discarded delivery takes no identifier";
  Subscribe many{.packet_id = 1};
  for (int i = 0; i < 60; ++i) many.subscriptions.push_back({.filter = "a"});
  c.receive(many);
  EXPECT_EQ(c.subscribe_handled(1, {})[0], "Send DISCONNECT reason=packet_too_large");
}

TEST(SessionV5, AliasesStandForTopics) {
  Conversation c(v5, {.topic_alias_max = 2});
  c.open();
  auto with_alias = [](std::string topic, std::uint32_t alias) {
    return Publish{.topic = std::move(topic), .properties = {{Id::topic_alias, alias}}};
  };
  EXPECT_EQ(c.receive(with_alias("a/b", 2)),
            (Lines{"PublishReceived handle=1 \"a/b\" bytes=0 qos=0 id=0"}));
  EXPECT_EQ(c.receive(with_alias("", 2)),
            (Lines{"PublishReceived handle=2 \"a/b\" bytes=0 qos=0 id=0"}));
  EXPECT_EQ(c.receive(with_alias("c", 2)),
            (Lines{"PublishReceived handle=3 \"c\" bytes=0 qos=0 id=0"}));
  EXPECT_EQ(c.receive(with_alias("", 2)),
            (Lines{"PublishReceived handle=4 \"c\" bytes=0 qos=0 id=0"}));
  struct Row {
    std::string topic;
    std::uint32_t alias;
    std::string reason;
  };
  for (const auto& row : std::vector<Row>{{"a", 0, "topic_alias_invalid"},
                                          {"a", 3, "topic_alias_invalid"},
                                          {"", 1, "protocol_error"},
                                          {"a/#", 1, "topic_name_invalid"}}) {
    Conversation other(v5, {.topic_alias_max = 2});
    other.open();
    EXPECT_EQ(other.receive(with_alias(row.topic, row.alias))[0],
              "Send DISCONNECT reason=" + row.reason);
  }
}

TEST(SessionV5, PropertiesTravelWithTheMessage) {
  Conversation c(v5);
  c.open();
  Properties properties{{Id::content_type, "json"}, {Id::user_property, UserProperty{"k", "v"}}};
  EXPECT_EQ(c.receive(Publish{.topic = "a", .properties = properties}),
            (Lines{"PublishReceived handle=1 \"a\" bytes=0 {content_type=\"json\", "
                   "user_property=\"k\"=\"v\"} qos=0 id=0"}));
  Message message{.topic = "a", .properties = properties};
  EXPECT_EQ(
      c.deliver(message, {.subscription_ids = {5, 6}}),
      (Lines{"Send PUBLISH topic=\"a\" bytes=0 qos=0 properties={subscription_identifier=5, "
             "subscription_identifier=6, content_type=\"json\", user_property=\"k\"=\"v\"}"}));
  Conversation old(v3_1_1);
  old.open();
  EXPECT_EQ(old.deliver(message, {.subscription_ids = {5, 6}}),
            (Lines{"Send PUBLISH topic=\"a\" bytes=0 qos=0"}));
}

TEST(SessionV5, AClientMayNotSendSubscriptionIdentifiersNorWildcardsToAnswerTo) {
  Conversation c(v5);
  c.open();
  EXPECT_EQ(c.receive(Publish{.topic = "a", .properties = {{Id::subscription_identifier, 1U}}})[0],
            "Send DISCONNECT reason=protocol_error");
  Conversation d(v5);
  d.open();
  EXPECT_EQ(d.receive(Publish{.topic = "a", .properties = {{Id::response_topic, "a/#"}}})[0],
            "Send DISCONNECT reason=topic_name_invalid");
}

TEST(SessionV5, ARefusedDeliveryIsOverAndItsReasonKnown) {
  Conversation c(v5);
  c.open();
  c.deliver({.topic = "t"}, at_least_once(1));
  EXPECT_EQ(c.receive(Puback{.packet_id = 1, .reason = R::quota_exceeded}),
            (Lines{"Acknowledged token=1 quota_exceeded"}));
}

}  // namespace
}  // namespace ff::mqtt
