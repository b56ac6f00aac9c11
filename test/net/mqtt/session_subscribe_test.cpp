#include <gtest/gtest.h>

#include "net/mqtt/topic.hpp"
#include "test/net/mqtt/codec/printers.hpp"
#include "test/net/mqtt/conversation.hpp"

namespace ff::mqtt {
namespace {

using enum Version;
using R = ReasonCode;

class Subscriptions : public testing::TestWithParam<Version> {
 protected:
  bool v5() const { return GetParam() == Version::v5; }
  /// A failure as this version can say it.
  std::string failure(R code) const {
    return std::string(to_string(v5() ? code : R::unspecified_error));
  }
};
INSTANTIATE_TEST_SUITE_P(Session, Subscriptions, testing::Values(v3_1, v3_1_1, v5));

Subscribe subscribe(std::uint16_t id, const std::vector<std::string>& filters,
                    QoS qos = QoS::at_least_once) {
  Subscribe packet{.packet_id = id};
  for (const auto& filter : filters) packet.subscriptions.push_back({.filter = filter, .qos = qos});
  return packet;
}

TEST_P(Subscriptions, TheOwnerGrantsOrRefusesEachFilter) {
  Conversation c(GetParam());
  c.open();
  EXPECT_EQ(c.receive(subscribe(9, {"a/#", "b", "c"})),
            (Lines{"SubscribeRequested subscription_id=0 SUBSCRIBE id=9 filter=\"a/#\" qos=1 "
                   "retain_handling=0 "
                   "filter=\"b\" qos=1 retain_handling=0 filter=\"c\" qos=1 retain_handling=0"}));
  EXPECT_EQ(c.subscribe_handled(9, {R::granted_qos_1, R::success, R::not_authorized}),
            (Lines{"Send SUBACK id=9 reason=granted_qos_1 reason=success reason=" +
                   failure(R::not_authorized)}));
  EXPECT_EQ(c.subscribe_handled(9, {R::success}), Lines{}) << "answered twice";
}

TEST_P(Subscriptions, QoS2IsGrantedAsQoS1AndAMissingAnswerIsAFailure) {
  Conversation c(GetParam());
  c.open();
  c.receive(subscribe(1, {"a", "b"}, QoS::exactly_once));
  EXPECT_EQ(c.subscribe_handled(1, {R::granted_qos_2}),
            (Lines{"Send SUBACK id=1 reason=granted_qos_1 reason=unspecified_error"}));
}

TEST_P(Subscriptions, SharedAndOversizedFiltersAreRefusedWithoutTheOwner) {
  Conversation c(GetParam(), {.topic_size_max = 200});
  c.open();
  std::string deep;
  for (std::size_t i = 0; i < topic_levels_max; ++i) deep += "/";
  EXPECT_EQ(c.receive(subscribe(1, {"$share/g/a", "b", deep, std::string(201, 'a')})),
            (Lines{"SubscribeRequested subscription_id=0 SUBSCRIBE id=1 filter=\"b\" qos=1 "
                   "retain_handling=0"}));
  EXPECT_EQ(c.subscribe_handled(1, {R::granted_qos_1}),
            (Lines{"Send SUBACK id=1 reason=" + failure(R::shared_subscriptions_not_supported) +
                   " reason=granted_qos_1 reason=" + failure(R::topic_filter_invalid) +
                   " reason=" + failure(R::topic_filter_invalid)}));
  EXPECT_EQ(c.receive(subscribe(2, {"$share/g/a"})),
            (Lines{"Send SUBACK id=2 reason=" + failure(R::shared_subscriptions_not_supported)}));
}

TEST_P(Subscriptions, SharedFiltersReachAnOwnerThatTakesThem) {
  Conversation c(GetParam(), {.shared_subscriptions = true});
  c.open();
  EXPECT_EQ(c.receive(subscribe(1, {"$share/g/a"})),
            (Lines{"SubscribeRequested subscription_id=0 SUBSCRIBE id=1 filter=\"$share/g/a\" "
                   "qos=1 retain_handling=0"}));
  EXPECT_EQ(c.subscribe_handled(1, {R::granted_qos_1}),
            (Lines{"Send SUBACK id=1 reason=granted_qos_1"}));
  EXPECT_EQ(c.receive(Unsubscribe{.packet_id = 2, .filters = {"$share/g/a"}}),
            (Lines{"UnsubscribeRequested UNSUBSCRIBE id=2 filter=\"$share/g/a\""}));
}

TEST_P(Subscriptions, InvalidFiltersAreViolations) {
  for (const auto* filter : {"a#", "#/a", "a/+b", "", "$share/g"}) {
    Conversation c(GetParam());
    c.open();
    EXPECT_EQ(c.receive(subscribe(1, {"ok", filter})).back(),
              "Ended violation topic_filter_invalid session_expiry=0 unreleased=0")
        << filter;
    Conversation d(GetParam());
    d.open();
    EXPECT_EQ(d.receive(Unsubscribe{.packet_id = 1, .filters = {filter}}).back(),
              "Ended violation topic_filter_invalid session_expiry=0 unreleased=0")
        << filter;
  }
}

TEST_P(Subscriptions, UnsubscribeIsAnsweredPerFilter) {
  Conversation c(GetParam());
  c.open();
  EXPECT_EQ(c.receive(Unsubscribe{.packet_id = 3, .filters = {"a", "$share/g/b", "c"}}),
            (Lines{"UnsubscribeRequested UNSUBSCRIBE id=3 filter=\"a\" filter=\"c\""}));
  EXPECT_EQ(c.subscribe_handled(3, {R::success}), Lines{}) << "the wrong answer";
  EXPECT_EQ(c.unsubscribe_handled(3, {R::success, R::not_authorized}),
            (Lines{v5() ? "Send UNSUBACK id=3 reason=success reason=no_subscription_existed "
                          "reason=not_authorized"
                        : "Send UNSUBACK id=3"}));
  EXPECT_EQ(
      c.receive(Unsubscribe{.packet_id = 3, .filters = {"$share/g/b"}}),
      (Lines{v5() ? "Send UNSUBACK id=3 reason=no_subscription_existed" : "Send UNSUBACK id=3"}));
}

TEST_P(Subscriptions, RequestsAreAnsweredInAnyOrder) {
  Conversation c(GetParam());
  c.open();
  c.receive(subscribe(1, {"a"}));
  c.receive(subscribe(2, {"b"}));
  EXPECT_EQ(c.subscribe_handled(2, {R::success}), (Lines{"Send SUBACK id=2 reason=success"}));
  EXPECT_EQ(c.subscribe_handled(1, {R::success}), (Lines{"Send SUBACK id=1 reason=success"}));
}

TEST_P(Subscriptions, AnIdentifierInUseIsAViolation) {
  Conversation c(GetParam());
  c.open();
  c.receive(subscribe(1, {"a"}));
  EXPECT_EQ(c.receive(Unsubscribe{.packet_id = 1, .filters = {"a"}}).back(),
            "Ended violation protocol_error session_expiry=0 unreleased=0");
}

TEST_P(Subscriptions, WaitingRequestsPauseReading) {
  Conversation c(GetParam(), {.requests_max = 2});
  c.open();
  c.receive(subscribe(1, {"a"}));
  EXPECT_EQ(c.receive(Unsubscribe{.packet_id = 2, .filters = {"a"}}).back(), "PauseReading");
  EXPECT_EQ(c.receive(Pingreq{}), Lines{});
  EXPECT_EQ(c.unsubscribe_handled(2, {R::success}).back(), "ResumeReading");
}

TEST(SessionV5, SubscriptionOptionsAndIdentifierReachTheOwner) {
  Conversation c(v5);
  c.open();
  Subscribe packet{.packet_id = 1,
                   .subscriptions = {{.filter = "a",
                                      .qos = QoS::exactly_once,
                                      .no_local = true,
                                      .retain_as_published = true,
                                      .retain_handling = RetainHandling::if_new}},
                   .properties = {{PropertyId::subscription_identifier, 77U}}};
  EXPECT_EQ(c.receive(packet),
            (Lines{"SubscribeRequested subscription_id=77 SUBSCRIBE id=1 filter=\"a\" qos=2 "
                   "no_local retain_as_published retain_handling=1"}));
  Conversation d(v5);
  d.open();
  packet.subscriptions[0].filter = "$share/g/a";
  EXPECT_EQ(d.receive(packet)[0], "Send DISCONNECT reason=protocol_error")
      << "no local on a shared subscription";
}

}  // namespace
}  // namespace ff::mqtt
