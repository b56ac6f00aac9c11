#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "protocol/base/random.hpp"
#include "test/net/mqtt/codec/printers.hpp"
#include "test/net/mqtt/codec/random_packet.hpp"
#include "test/net/mqtt/conversation.hpp"
#include "test/net/mqtt/scripted_owner.hpp"

namespace ff::mqtt {
namespace {

/// A stream that an orderly client could send, with all packets of a client.
Bytes orderly_stream(Version version) {
  Connect connect{
      .version = version, .keep_alive = 30, .client_id = "c", .will = Will{.topic = "w"}};
  std::vector<Packet> packets = {
      connect,
      Subscribe{.packet_id = 1, .subscriptions = {{.filter = "a/#", .qos = QoS::at_least_once}}},
      Publish{.topic = "a", .payload = Payload("0")},
      Publish{.topic = "a", .payload = Payload("1"), .qos = QoS::at_least_once, .packet_id = 2},
      Publish{.topic = "a", .payload = Payload("2"), .qos = QoS::exactly_once, .packet_id = 3},
      Publish{.topic = "a",
              .payload = Payload("2"),
              .qos = QoS::exactly_once,
              .dup = true,
              .packet_id = 3},
      Pubrel{.packet_id = 3},
      Unsubscribe{.packet_id = 4, .filters = {"a/#"}},
      Pingreq{},
      Publish{.topic = "/refused", .qos = QoS::at_least_once, .packet_id = 5},
      Disconnect{},
  };
  Bytes stream;
  for (const auto& packet : packets) append(stream, encode(packet, version).flat());
  return stream;
}

Effects run_in_pieces(ByteView stream, std::size_t piece, const SessionLimits& limits) {
  ScriptedOwner owner(limits);
  owner.start();
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    owner.receive(stream.subspan(at, std::min(piece, stream.size() - at)));
  }
  owner.closed();
  return owner.seen();
}

/// Pausing depends on what else has arrived, the rest does not.
Effects without_flow_control(Effects effects) {
  std::erase_if(effects, [](const Effect& e) {
    return std::holds_alternative<PauseReading>(e) || std::holds_alternative<ResumeReading>(e);
  });
  return effects;
}

class SessionProperty : public testing::TestWithParam<Version> {};
INSTANTIATE_TEST_SUITE_P(Versions, SessionProperty,
                         testing::Values(Version::v3_1, Version::v3_1_1, Version::v5));

/// An owner that answers only the CONNECT: what comes out is the session's own doing.
Lines run_unanswered(ByteView stream, std::size_t piece) {
  Session session({});
  Lines lines;
  auto collect = [&](const Effects& effects) {
    for (const auto& effect : effects) lines.push_back(to_string(effect, session.version()));
  };
  auto feed = [&](ByteView bytes) {
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(piece, bytes.size()))) {
      collect(session.receive(bytes.first(std::min(piece, bytes.size())), {}));
    }
  };
  std::size_t connect_size = 2U + stream[1];
  collect(session.start({}));
  feed(stream.first(connect_size));
  collect(session.authenticated(Accepted{}, {}));
  feed(stream.subspan(connect_size));
  collect(session.closed());
  return lines;
}

TEST_P(SessionProperty, SplittingTheInputAnywhereGivesTheSameEffects) {
  auto stream = orderly_stream(GetParam());
  auto whole = run_unanswered(stream, stream.size());
  EXPECT_EQ(whole.back(), "Ended client_disconnected success session_expiry=0 unreleased=0");
  EXPECT_EQ(std::ranges::count_if(
                whole, [](const auto& line) { return line.starts_with("PublishReceived"); }),
            4);
  for (std::size_t piece = 1; piece < stream.size(); ++piece) {
    ASSERT_EQ(run_unanswered(stream, piece), whole) << "in pieces of " << piece;
  }
}

TEST_P(SessionProperty, SplittingDoesNotMatterEitherWhenTheOwnerIsOneRequestBehind) {
  auto stream = orderly_stream(GetParam());
  SessionLimits limits{.requests_max = 1};
  auto whole = without_flow_control(run_in_pieces(stream, stream.size(), limits));
  for (std::size_t piece = 1; piece < stream.size(); ++piece) {
    ASSERT_TRUE(without_flow_control(run_in_pieces(stream, piece, limits)) == whole)
        << "in pieces of " << piece;
  }
}

/// What holds for the effects of any session, whatever the client did.
void expect_invariants(const Effects& effects) {
  std::size_t ended = 0;
  std::size_t closes = 0;
  bool paused = false;
  std::uint64_t next_handle = 1;
  for (const auto& effect : effects) {
    // What is delivered to an ended session is handed back.
    EXPECT_TRUE(ended == 0 || std::holds_alternative<Discarded>(effect)) << "an effect after Ended";
    if (std::holds_alternative<Send>(effect)) {
      EXPECT_EQ(closes, 0U) << "a packet after Close";
    }
    if (const auto* publish = std::get_if<PublishReceived>(&effect)) {
      EXPECT_EQ(publish->handle.value(), next_handle++);
    }
    if (std::holds_alternative<PauseReading>(effect) ||
        std::holds_alternative<ResumeReading>(effect)) {
      EXPECT_NE(paused, std::holds_alternative<PauseReading>(effect));
      paused = !paused;
    }
    ended += std::holds_alternative<Ended>(effect) ? 1 : 0;
    closes += std::holds_alternative<Close>(effect) ? 1 : 0;
  }
  EXPECT_EQ(ended, 1U);
  EXPECT_LE(closes, 1U);
}

TEST_P(SessionProperty, RandomPacketsKeepTheInvariants) {
  auto random = make_seeded_random(21);
  for (int round = 0; round < 2'000; ++round) {
    ScriptedOwner owner(
        {.requests_max = 1 + random->below(3), .receive_maximum = 4, .in_flight_max = 2});
    owner.start();
    owner.receive(encode(Connect{.version = GetParam(), .client_id = "c"}, GetParam()).flat());
    for (int step = 0; step < 40; ++step) {
      if (random->below(4) == 0) {
        Delivery delivery{.qos = static_cast<QoS>(random->below(3)),
                          .token = DeliveryToken(random->below(100))};
        owner.deliver({.topic = "t"}, delivery);
      }
      auto packet = random_packet(*random, GetParam());
      // A session rarely survives topics with wildcards, so that most get a plain one.
      if (auto* publish = std::get_if<Publish>(&packet)) {
        *publish = {.topic = "a", .qos = publish->qos, .packet_id = publish->packet_id};
      }
      owner.now += std::chrono::seconds(random->below(3));
      owner.receive(encode(packet, GetParam()).flat());
      if (random->below(8) == 0) owner.deadline_passed();
    }
    owner.closed();
    expect_invariants(owner.seen());
    ASSERT_FALSE(testing::Test::HasFailure()) << "round " << round;
  }
}

TEST_P(SessionProperty, RandomBytesKeepTheInvariants) {
  auto random = make_seeded_random(22);
  auto stream = orderly_stream(GetParam());
  for (int round = 0; round < 5'000; ++round) {
    auto damaged = stream;
    for (auto n = random->below(4); n > 0; --n) {
      damaged[random->below(damaged.size())] = static_cast<std::uint8_t>(random->next());
    }
    auto effects = run_in_pieces(damaged, 1 + random->below(64), {.requests_max = 2});
    expect_invariants(effects);
    ASSERT_FALSE(testing::Test::HasFailure()) << "round " << round;
  }
}

TEST_P(SessionProperty, EveryTokenComesBackExactlyOnceWhileTheClientAcknowledges) {
  auto random = make_seeded_random(23);
  ScriptedOwner owner({.in_flight_max = 5});
  owner.start();
  owner.receive(encode(Connect{.version = GetParam(), .client_id = "c"}, GetParam()).flat());
  std::uint64_t sent = 0;
  std::set<std::uint16_t> unacknowledged;
  for (int step = 0; step < 5'000; ++step) {
    if (random->below(2) == 0 && owner.session().window_free() > 0) {
      owner.deliver({.topic = "t"}, {.qos = QoS::at_least_once, .token = DeliveryToken(++sent)});
      unacknowledged.insert(static_cast<std::uint16_t>(sent));
    } else if (!unacknowledged.empty()) {
      auto id = std::next(unacknowledged.begin(),
                          static_cast<std::ptrdiff_t>(random->below(unacknowledged.size())));
      owner.receive(encode(Puback{.packet_id = *id}, GetParam()).flat());
      unacknowledged.erase(id);
    }
  }
  for (auto id : unacknowledged) owner.receive(encode(Puback{.packet_id = id}, GetParam()).flat());
  std::uint64_t expected = 0;
  for (const auto& effect : owner.seen()) {
    if (const auto* acknowledged = std::get_if<Acknowledged>(&effect)) {
      ASSERT_EQ(acknowledged->token.value(), ++expected);
    }
  }
  EXPECT_EQ(expected, sent);
}

}  // namespace
}  // namespace ff::mqtt
