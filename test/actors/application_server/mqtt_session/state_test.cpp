#include "actors/application_server/mqtt_session/state.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace ff::application_server::mqtt_session {
namespace {

using mqtt::QoS;
using mqtt::ReasonCode;
using storage::OutboxSequence;
using storage::Shard;

template <class T>
std::vector<T> only(const Effects& effects) {
  std::vector<T> out;
  for (const auto& effect : effects)
    if (const auto* one = std::get_if<T>(&effect)) out.push_back(*one);
  return out;
}
/// The names of effects, for their order.
std::string names(const Effects& effects) {
  static constexpr const char* all[] = {"commit", "join",   "leave",    "ask",     "read",
                                        "accept", "suback", "unsuback", "deliver", "close",
                                        "lost",   "wake",   "idle",     "gone"};
  std::string out;
  for (const auto& effect : effects) {
    if (!out.empty()) out += ' ';
    out += all[effect.index()];
  }
  return out;
}

/// A session with a connected client, driven by hand. Two shards.
class SessionStateTest : public testing::Test {
 protected:
  Instant now{UtcTime{std::chrono::seconds{1'700'000'000}}, MonoTime{}};
  SessionsConfig config{.window = 3, .batch = 4, .filters_max = 2};
  SessionState state{{ApplicationId("app"), "c1"}, config, *storage::ShardCount::make(2)};
  const Shard zero{0};
  const Shard one{1};
  const ConnectionId first{1};
  const ConnectionId second{2};

  static UpPublished message(Shard shard, std::uint64_t sequence,
                             const std::string& device = "dev-1", std::size_t size = 1) {
    return {ApplicationId("app"), shard, OutboxSequence{sequence},
            std::make_shared<const OutboxMessage>(
                OutboxMessage{UpKind::uplink, DeviceId(device), {}, Bytes(size, 'x')})};
  }
  static std::vector<UpPublished> messages(Shard shard, std::uint64_t from, std::uint64_t to) {
    std::vector<UpPublished> out;
    for (auto i = from; i <= to; ++i) out.push_back(message(shard, i));
    return out;
  }
  static Result<std::vector<OutboxSequence>> ends(std::uint64_t zero, std::uint64_t one) {
    return std::vector<OutboxSequence>{OutboxSequence{zero}, OutboxSequence{one}};
  }
  static std::vector<std::uint64_t> sequences(const Effects& effects) {
    std::vector<std::uint64_t> out;
    for (const auto& delivery : only<Deliver>(effects)) out.push_back(delivery.sequence.value());
    return out;
  }
  Attach client(ConnectionId id, std::uint32_t expiry = 100) const {
    return {.connection = id, .expiry = expiry, .window = 10, .may_read = true};
  }
  Subscribe wish(const std::string& filter, QoS qos = QoS::at_least_once,
                 std::uint32_t id = 0) const {
    return {first, 9, {{filter, qos}}, id};
  }
  /// Without a stored session.
  void connect(std::uint32_t expiry = 100) {
    ASSERT_EQ(names(state.loaded({}, now)), "");
    ASSERT_EQ(names(state.attach(client(first, expiry), now)), "commit wake");
    const auto accepted = only<Accept>(state.committed(now));
    ASSERT_EQ(accepted.size(), 1U);
    EXPECT_FALSE(accepted[0].session_present);
  }
  /// The first subscription, while the outbox ends at these messages.
  void subscribe(const Subscribe& event, std::uint64_t end_zero = 10, std::uint64_t end_one = 20) {
    const auto joins = only<Join>(state.subscribe(event));
    ASSERT_EQ(joins.size(), 1U);
    const auto asked = only<AskNewest>(state.joined(joins[0].serial));
    ASSERT_EQ(asked.size(), 1U);
    ASSERT_EQ(names(state.newest(asked[0].serial, ends(end_zero, end_one))), "commit");
    ASSERT_EQ(names(state.committed(now)), "suback");
  }
  /// A stored session with these cursors, its client back, the outbox ending there.
  Effects come_back(std::uint64_t cursor, std::uint64_t end, const std::string& filter = "#") {
    SessionRecord record{.subscriptions = {{filter, QoS::at_least_once, 0, {}}}, .expiry = 100};
    ignore(state.loaded({record, {OutboxSequence{cursor}, OutboxSequence{20}}}, now));
    ignore(state.attach(client(first), now));
    const auto joins = only<Join>(state.committed(now));
    const auto asked = only<AskNewest>(state.joined(joins.at(0).serial));
    return state.newest(asked.at(0).serial, ends(end, 20));
  }
  static void ignore(const Effects&) {}
  std::uint64_t cursor(Shard shard) const { return state.cursor(shard).value(); }
  void settle(std::uint64_t token, ConnectionId connection = ConnectionId{1}) {
    last = state.settled({connection, SendToken{token}});
  }
  Effects last;
};

TEST_F(SessionStateTest, NothingIsAcceptedBeforeItIsDurable) {
  ignore(state.loaded({}, now));
  const auto effects = state.attach(client(first), now);
  EXPECT_TRUE(only<Accept>(effects).empty());
  EXPECT_EQ(only<Accept>(state.committed(now)).size(), 1U);
}

TEST_F(SessionStateTest, ASubscriptionIsAnsweredWhenDurableAndBeginsAtTheNewest) {
  connect();
  EXPECT_EQ(names(state.subscribe(wish("#"))), "join");
  EXPECT_EQ(names(state.joined(1)), "ask");
  EXPECT_EQ(names(state.newest(2, ends(10, 20))), "commit");
  EXPECT_EQ(only<AnswerSubscribe>(state.committed(now)).at(0).reasons,
            Reasons{ReasonCode::granted_qos_1});
  EXPECT_EQ(cursor(zero), 10U);
  EXPECT_EQ(cursor(one), 20U);
  EXPECT_EQ(sequences(state.live(message(zero, 10))), (std::vector<std::uint64_t>{}));
  EXPECT_EQ(sequences(state.live(message(zero, 11))), (std::vector<std::uint64_t>{11}));
}

TEST_F(SessionStateTest, EveryWishHasItsAnswer) {
  connect();
  Subscribe many{first,
                 9,
                 {{"a", QoS::exactly_once},
                  {std::nullopt, QoS::at_least_once},
                  {"a", QoS::at_most_once},
                  {"b", QoS::at_least_once},
                  {"c", QoS::at_least_once}},
                 5};
  ignore(state.subscribe(many));
  ignore(state.joined(1));
  ignore(state.newest(2, ends(0, 0)));
  EXPECT_EQ(only<AnswerSubscribe>(state.committed(now)).at(0).reasons,
            (Reasons{ReasonCode::granted_qos_1, ReasonCode::not_authorized, ReasonCode::success,
                     ReasonCode::granted_qos_1, ReasonCode::quota_exceeded}));
  EXPECT_EQ(state.record().subscriptions,
            (std::vector<Subscription>{{"a", QoS::at_most_once, 5, {}},
                                       {"b", QoS::at_least_once, 5, {}}}));
  // The same again changes nothing and needs no commit.
  many.wishes = {{"b", QoS::at_least_once}};
  EXPECT_EQ(names(state.subscribe(many)), "suback");
  many.wishes = {{std::nullopt, QoS::at_least_once}};
  EXPECT_EQ(names(state.subscribe(many)), "suback");
}

/// Its groups' messages are not the session's: it has no cursor for them, and asks for nothing.
TEST_F(SessionStateTest, GroupsAreRememberedForTheClientAlone) {
  connect();
  Subscribe event = wish("$share/g/#", QoS::exactly_once, 5);
  event.wishes.push_back({.filter = std::nullopt, .refusal = ReasonCode::quota_exceeded});
  EXPECT_EQ(names(state.subscribe(event)), "commit");
  const auto answered = state.committed(now);
  EXPECT_EQ(names(answered), "suback") << "no link is joined";
  EXPECT_EQ(only<AnswerSubscribe>(answered).at(0).reasons,
            (Reasons{ReasonCode::granted_qos_1, ReasonCode::quota_exceeded}));
  const Subscription remembered{"$share/g/#", QoS::at_least_once, 5, {}};
  EXPECT_EQ(state.record().shared, std::vector{remembered});
  EXPECT_TRUE(state.record().subscriptions.empty());
  EXPECT_TRUE(state.live(message(zero, 1)).empty());
  // The next connection hears of them.
  ignore(state.attach(client(second), now));
  EXPECT_EQ(only<Accept>(state.committed(now)).at(0).shared, std::vector{remembered});
  const Unsubscribe leaving{second, 7, {"$share/g/#", "$share/h/#"}};
  EXPECT_EQ(names(state.unsubscribe(leaving)), "commit");
  EXPECT_EQ(only<AnswerUnsubscribe>(state.committed(now)).at(0).reasons,
            (Reasons{ReasonCode::success, ReasonCode::no_subscription_existed}));
  EXPECT_TRUE(state.record().shared.empty());
}

TEST_F(SessionStateTest, SubscriptionsAndGroupsHaveOneBound) {
  connect();
  subscribe(wish("a"));
  EXPECT_EQ(names(state.subscribe(wish("$share/g/a"))), "commit");
  ignore(state.committed(now));
  EXPECT_EQ(only<AnswerSubscribe>(state.subscribe(wish("$share/g/b"))).at(0).reasons,
            Reasons{ReasonCode::quota_exceeded});
}

TEST_F(SessionStateTest, AGroupIsKeptAsLongAsWasPromisedToAnyOfItsMembers) {
  ignore(state.loaded({}, now));
  auto group = client(first, 1000);
  group.is_group = true;
  ignore(state.attach(group, now));
  ignore(state.committed(now));
  ignore(state.detach({first, 100, {}}, now));
  EXPECT_EQ(names(state.committed(now)), "idle");
  EXPECT_EQ(state.record().expires_at, now.utc + std::chrono::seconds{100});
  // Another comes meanwhile, who wants nothing kept.
  now.utc += std::chrono::seconds{60};
  group.connection = second;
  ignore(state.attach(group, now));
  ignore(state.committed(now));
  EXPECT_EQ(names(state.detach({second, 0, {}}, now)), "commit");
  EXPECT_EQ(state.record().expires_at, now.utc + std::chrono::seconds{40});
  EXPECT_EQ(names(state.committed(now)), "idle");
  now.utc += std::chrono::seconds{60};
  group.connection = ConnectionId{3};
  ignore(state.attach(group, now));
  ignore(state.committed(now));
  ignore(state.detach({ConnectionId{3}, 0, {}}, now));
  EXPECT_EQ(names(state.committed(now)), "gone") << "the time is over";
}

TEST_F(SessionStateTest, AGroupHasAWiderWindow) {
  auto group = client(first);
  group.window = 1000;
  group.is_group = true;
  ignore(state.loaded({}, now));
  ignore(state.attach(group, now));
  ignore(state.committed(now));
  subscribe(wish("#"), 0, 0);
  std::size_t sent = 0;
  for (std::uint64_t i = 1; i <= 100; ++i) sent += sequences(state.live(message(zero, i))).size();
  EXPECT_EQ(sent, std::size_t{config.window} * config.group_factor);
}

TEST_F(SessionStateTest, TheCursorFollowsWhatIsAcknowledgedOrNotWanted) {
  connect();
  subscribe(wish("devices/dev-1/up"));
  EXPECT_EQ(sequences(state.live(message(zero, 11, "other"))), (std::vector<std::uint64_t>{}));
  EXPECT_EQ(cursor(zero), 11U);
  ignore(state.live(message(zero, 12)));
  ignore(state.live(message(zero, 13)));
  ignore(state.live(message(zero, 14, "other")));
  EXPECT_EQ(cursor(zero), 11U);
  settle(2);
  EXPECT_EQ(cursor(zero), 11U);
  settle(1);
  EXPECT_EQ(cursor(zero), 14U);
}

TEST_F(SessionStateTest, TheBestQosOfAllMatchesIsUsedOnceWithAllIdentifiers) {
  connect();
  Subscribe both{first, 9, {{"#", QoS::at_most_once}}, 3};
  subscribe(both);
  const auto asked =
      only<AskNewest>(state.subscribe({first, 10, {{"devices/+/up", QoS::at_least_once}}, 4}));
  ignore(state.newest(asked.at(0).serial, ends(10, 20)));
  ignore(state.committed(now));
  const auto sent = only<Deliver>(state.live(message(zero, 11)));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].qos, QoS::at_least_once);
  EXPECT_EQ(sent[0].subscription_ids, (std::vector<std::uint32_t>{3, 4}));
}

TEST_F(SessionStateTest, AGapIsReadFromTheOutbox) {
  connect();
  subscribe(wish("#"));
  const auto reads = only<Read>(state.live(message(zero, 13)));
  ASSERT_EQ(reads.size(), 1U);
  EXPECT_EQ(reads[0].after, OutboxSequence{10});
  // What comes live meanwhile is in the outbox too.
  EXPECT_EQ(names(state.live(message(zero, 14))), "");
  EXPECT_EQ(sequences(state.live(message(one, 21))), (std::vector<std::uint64_t>{21}));
  EXPECT_EQ(sequences(state.read(reads[0].serial, messages(zero, 11, 14))),
            (std::vector<std::uint64_t>{11, 12}));
  settle(1);
  EXPECT_EQ(sequences(last), (std::vector<std::uint64_t>{13}));
}

TEST_F(SessionStateTest, AFullWindowNeitherLosesNorReadsInVain) {
  connect();
  subscribe(wish("#"));
  for (std::uint64_t i = 11; i <= 13; ++i) ignore(state.live(message(zero, i)));
  EXPECT_EQ(names(state.live(message(zero, 14))), "");
  EXPECT_EQ(names(state.live(message(zero, 15))), "");
  settle(1);
  EXPECT_EQ(only<Read>(last).at(0).after, OutboxSequence{13});
  const auto serial = only<Read>(last).at(0).serial;
  EXPECT_EQ(sequences(state.read(serial, messages(zero, 14, 15))),
            (std::vector<std::uint64_t>{14}));
  settle(2);
  EXPECT_EQ(sequences(last), (std::vector<std::uint64_t>{15}));
  settle(3);
  EXPECT_EQ(sequences(state.live(message(zero, 16))), (std::vector<std::uint64_t>{16}));
}

TEST_F(SessionStateTest, TheWindowIsAlsoOneOfBytes) {
  connect();
  subscribe(wish("#"));
  EXPECT_EQ(sequences(state.live(message(zero, 11, "dev-1", 100'000))).size(), 1U);
  EXPECT_EQ(sequences(state.live(message(zero, 12))).size(), 0U);
}

TEST_F(SessionStateTest, AfterAReconnectWhatWasNotAcknowledgedComesAgainAndNothingElse) {
  connect();
  subscribe(wish("#"));
  for (std::uint64_t i = 11; i <= 13; ++i) ignore(state.live(message(zero, i)));
  settle(1);
  const auto effects = state.detach({first, std::nullopt, {}}, now);
  EXPECT_EQ(names(effects), "leave commit");
  EXPECT_EQ(cursor(zero), 11U);
  const auto idle = only<ReportIdle>(state.committed(now));
  ASSERT_EQ(idle.size(), 1U);
  EXPECT_EQ(idle[0].expires_at, now.utc + std::chrono::seconds{100});
  ignore(state.attach(client(second), now));
  const auto opened = state.committed(now);
  EXPECT_TRUE(only<Accept>(opened).at(0).session_present);
  const auto asked = only<AskNewest>(state.joined(only<Join>(opened).at(0).serial)).at(0);
  const auto read = only<Read>(state.newest(asked.serial, ends(13, 20))).at(0);
  EXPECT_EQ(read.after, OutboxSequence{11});
  EXPECT_EQ(sequences(state.read(read.serial, messages(zero, 12, 13))),
            (std::vector<std::uint64_t>{12, 13}));
}

TEST_F(SessionStateTest, ASecondConnectionClosesTheFirstAndTakesWhatItHad) {
  connect();
  subscribe(wish("#"));
  ignore(state.live(message(zero, 11)));
  EXPECT_EQ(names(state.attach(client(second), now)), "close commit");
  EXPECT_EQ(names(state.detach({first, 0, {}}, now)), "");
  EXPECT_EQ(names(state.settled({first, SendToken{1}})), "");
  const auto opened = state.committed(now);
  EXPECT_EQ(only<Accept>(opened).at(0).connection, second);
  const auto read = only<Read>(opened).at(0);
  const auto sent = only<Deliver>(state.read(read.serial, messages(zero, 11, 11)));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].connection, second);
}

TEST_F(SessionStateTest, ACleanStartForgetsTheOldSession) {
  SessionRecord record{.subscriptions = {{"#", QoS::at_least_once, 0, {}}}};
  ignore(state.loaded({record, {OutboxSequence{1}, OutboxSequence{1}}}, now));
  auto clean = client(first);
  clean.clean_start = true;
  const auto effects = state.attach(clean, now);
  // The record, two cursors, the new record.
  EXPECT_EQ(only<Commit>(effects).at(0).records.count(), 4U);
  const auto opened = state.committed(now);
  EXPECT_EQ(names(opened), "accept");
  EXPECT_FALSE(only<Accept>(opened)[0].session_present);
  // Its cursors are written again, although they may not have moved.
  ignore(state.subscribe(wish("#")));
  ignore(state.joined(1));
  EXPECT_EQ(only<Commit>(state.newest(2, ends(1, 1))).at(0).records.count(), 3U);
}

TEST_F(SessionStateTest, WithoutExpiryTheSessionEndsWithItsConnection) {
  connect();
  EXPECT_EQ(names(state.detach({first, 0, {}}, now)), "commit");
  EXPECT_EQ(names(state.committed(now)), "gone");
}

TEST_F(SessionStateTest, TheExpiryOfADisconnectCounts) {
  connect();
  ignore(state.detach({first, 7, {3}}, now));
  EXPECT_EQ(only<ReportIdle>(state.committed(now)).at(0).expires_at,
            now.utc + std::chrono::seconds{7});
  ignore(state.attach(client(second), now));
  EXPECT_EQ(only<Accept>(state.committed(now)).at(0).unreleased, (std::vector<std::uint16_t>{3}));
  EXPECT_TRUE(state.record().unreleased.empty());
}

TEST_F(SessionStateTest, ARemovalClosesAndIsToldWhenDurable) {
  connect();
  subscribe(wish("#"));
  EXPECT_EQ(names(state.remove()), "close leave commit");
  EXPECT_EQ(only<ReportGone>(state.committed(now)), (std::vector<ReportGone>{{2}}));
}

TEST_F(SessionStateTest, WhatComesBeforeTheRecordWaitsForIt) {
  EXPECT_EQ(names(state.attach(client(first), now)), "");
  EXPECT_EQ(names(state.attach(client(second), now)), "close");
  EXPECT_EQ(names(state.detach({second, std::nullopt, {}}, now)), "");
  EXPECT_EQ(names(state.loaded({}, now)), "commit wake commit");
  EXPECT_EQ(names(state.committed(now)), "accept");
  EXPECT_EQ(only<ReportIdle>(state.committed(now)).at(0).orders, 2U);
}

TEST_F(SessionStateTest, ARemovalBeforeTheRecordComesFirst) {
  EXPECT_EQ(names(state.attach(client(first), now)), "");
  EXPECT_EQ(names(state.remove()), "close");
  EXPECT_EQ(names(state.loaded({SessionRecord{}, {}}, now)), "commit");
  EXPECT_EQ(names(state.committed(now)), "gone");
}

TEST_F(SessionStateTest, MessagesThatAreGoneAreCountedAndSkipped) {
  const auto read = only<Read>(come_back(10, 30)).at(0);
  auto found = messages(zero, 25, 28);
  found[1].message = nullptr;
  const auto effects = state.read(read.serial, found);
  EXPECT_EQ(only<Lost>(effects), (std::vector<Lost>{{zero, 15, true}}));
  EXPECT_EQ(sequences(effects), (std::vector<std::uint64_t>{25, 27, 28}));
  settle(1);
  const auto more = only<Read>(last);
  ASSERT_EQ(more.size(), 1U);
  EXPECT_EQ(only<Lost>(state.read(more[0].serial, messages(zero, 30, 30))),
            (std::vector<Lost>{{zero, 1, false}}));
}

TEST_F(SessionStateTest, ANewFilterDoesNotGetWhatWasBeforeIt) {
  const auto read = only<Read>(come_back(10, 12, "devices/dev-1/up")).at(0);
  const auto asked = only<AskNewest>(state.subscribe(wish("devices/other/up"))).at(0);
  ignore(state.newest(asked.serial, ends(12, 20)));
  ignore(state.committed(now));
  EXPECT_EQ(state.record().subscriptions.at(1).beginnings,
            (std::vector<Beginning>{{zero, OutboxSequence{12}}}));
  EXPECT_EQ(sequences(state.read(read.serial,
                                 std::vector{message(zero, 11), message(zero, 12, "other")})),
            (std::vector<std::uint64_t>{11}));
  EXPECT_EQ(sequences(state.live(message(zero, 13, "other"))), (std::vector<std::uint64_t>{13}));
}

TEST_F(SessionStateTest, WithoutSubscriptionsNothingIsKept) {
  connect();
  subscribe(wish("#"));
  ignore(state.live(message(zero, 11)));
  const auto effects = state.unsubscribe({first, 10, {"#", "a", std::nullopt}});
  EXPECT_EQ(names(effects), "leave commit");
  EXPECT_EQ(only<AnswerUnsubscribe>(state.committed(now)).at(0).reasons,
            (Reasons{ReasonCode::success, ReasonCode::no_subscription_existed,
                     ReasonCode::no_subscription_existed}));
  EXPECT_EQ(names(state.live(message(zero, 12))), "");
  const auto join = only<Join>(state.subscribe(wish("#"))).at(0);
  const auto asked = only<AskNewest>(state.joined(join.serial)).at(0);
  EXPECT_EQ(names(state.newest(asked.serial, ends(15, 20))), "commit");
  EXPECT_EQ(cursor(zero), 15U);
}

TEST_F(SessionStateTest, AClientThatMayNotReadGetsNothing) {
  SessionRecord record{.subscriptions = {{"#", QoS::at_least_once, 0, {}}}};
  ignore(state.loaded({record, {OutboxSequence{1}, OutboxSequence{1}}}, now));
  auto blind = client(first);
  blind.may_read = false;
  ignore(state.attach(blind, now));
  EXPECT_EQ(names(state.committed(now)), "accept");
  EXPECT_EQ(names(state.live(message(zero, 2))), "");
  EXPECT_EQ(cursor(zero), 1U);
}

TEST_F(SessionStateTest, CursorsAreWrittenInTimeAndOnlyIfTheyMoved) {
  connect();
  subscribe(wish("#"));
  EXPECT_EQ(names(state.timer(now)), "wake");
  ignore(state.live(message(zero, 11)));
  EXPECT_EQ(names(state.timer(now)), "wake");
  settle(1);
  const auto effects = state.timer(now);
  EXPECT_EQ(names(effects), "wake commit");
  EXPECT_EQ(only<Commit>(effects)[0].records.count(), 1U);
  EXPECT_EQ(names(state.timer(now)), "wake");
  ignore(state.committed(now));
  EXPECT_TRUE(state.unwritten_cursors().empty());
}

TEST_F(SessionStateTest, WhatDidNotComeLiveIsFoundByAsking) {
  connect();
  subscribe(wish("#"));
  auto asked = only<AskNewest>(state.missed());
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(only<Read>(state.newest(asked[0].serial, ends(12, 20))).at(0).after,
            OutboxSequence{10});
  now.mono += config.poll_interval;
  EXPECT_EQ(only<AskNewest>(state.timer(now)).size(), 1U);
  EXPECT_EQ(only<AskNewest>(state.timer(now)).size(), 0U);
}

TEST_F(SessionStateTest, AStoreThatFailsIsAskedAgainLater) {
  auto read = only<Read>(come_back(10, 12)).at(0);
  EXPECT_EQ(names(state.read(read.serial, fail(storage::malformed_key))), "");
  const auto effects = state.timer(now);
  EXPECT_EQ(names(effects), "wake ask read");
  read = only<Read>(effects).at(0);
  EXPECT_EQ(sequences(state.read(read.serial, messages(zero, 11, 12))),
            (std::vector<std::uint64_t>{11, 12}));
}

TEST_F(SessionStateTest, ALinkThatNeverAnswersIsAskedAgain) {
  connect();
  ignore(state.subscribe(wish("#")));
  now.mono += config.poll_interval;
  const auto join = only<Join>(state.timer(now));
  ASSERT_EQ(join.size(), 1U);
  EXPECT_EQ(names(state.joined(1)), "");
  EXPECT_EQ(names(state.joined(join[0].serial)), "ask");
}

TEST_F(SessionStateTest, MessagesAtQosZeroMoveTheCursorToo) {
  connect();
  subscribe(wish("#", QoS::at_most_once));
  const auto sent = only<Deliver>(state.live(message(zero, 11)));
  EXPECT_EQ(sent.at(0).qos, QoS::at_most_once);
  settle(1);
  EXPECT_EQ(cursor(zero), 11U);
}

}  // namespace
}  // namespace ff::application_server::mqtt_session
