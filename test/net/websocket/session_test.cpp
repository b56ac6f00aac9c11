#include "net/websocket/session.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "test/net/websocket/client.hpp"

namespace ff::websocket {
namespace {

using namespace std::chrono_literals;

std::string describe(const Effect& effect) {
  struct Describe {
    std::string operator()(const Send& e) const {
      FrameReader reader;
      if (!reader.feed(e.bytes) || reader.frames.size() != 1) return "send garbage";
      const auto& frame = reader.frames[0];
      switch (frame.header.opcode) {
        case Opcode::close: {
          const auto body = parse_close(frame.payload);
          return "close " + std::to_string(static_cast<int>(body->code)) + " " + body->reason;
        }
        case Opcode::ping:
          return "ping " + frame.text();
        case Opcode::pong:
          return "pong " + frame.text();
        default:
          return "text " + frame.text();
      }
    }
    std::string operator()(const SetDeadline&) const { return ""; }
    std::string operator()(const CloseTransport&) const { return "end"; }
    std::string operator()(const Message& e) const {
      return (e.is_text ? "message " : "binary ") + std::string(as_text(e.payload));
    }
    std::string operator()(const Ended& e) const {
      return "ended " + std::string(to_string(e.cause)) + " " +
             std::to_string(static_cast<int>(e.code));
    }
  };
  return std::visit(Describe{}, effect);
}

class SessionTest : public testing::Test {
 protected:
  using Words = std::vector<std::string>;

  void SetUp() override { note(session().start()); }
  Session& session() {
    if (!session_) session_.emplace(limits, *random, now);
    return *session_;
  }
  Words note(const Effects& effects) {
    Words words;
    for (const auto& effect : effects) {
      if (const auto* deadline = std::get_if<SetDeadline>(&effect)) next = deadline->at;
      const auto text = describe(effect);
      if (!text.empty()) words.push_back(text);
    }
    return words;
  }
  Words receive(const Bytes& bytes) { return note(session().receive(bytes, now)); }
  Words hear(Opcode opcode, std::string_view payload, bool fin = true) {
    return receive(client_frame(opcode, payload, fin));
  }
  /// Moves to the next deadline.
  Words wait() {
    now = *next;
    return note(session().deadline_passed(now));
  }

  SessionLimits limits{.message_size_max = 100};
  MonoTime now{1h};
  std::optional<MonoTime> next;
  std::unique_ptr<Random> random = make_seeded_random(1);

 private:
  std::optional<Session> session_;
};

TEST_F(SessionTest, GivesMessagesAndAnswersPings) {
  EXPECT_EQ(hear(Opcode::text, "hi"), (Words{"message hi"}));
  EXPECT_EQ(hear(Opcode::binary, "\xff"), (Words{"binary \xff"}));
  EXPECT_EQ(hear(Opcode::ping, "p"), (Words{"pong p"}));
  EXPECT_EQ(hear(Opcode::text, ""), (Words{"message "}));
  EXPECT_EQ(note(session().send_text("out")), (Words{"text out"}));
}

TEST_F(SessionTest, JoinsFragmentsAroundControlFrames) {
  EXPECT_EQ(hear(Opcode::text, "a\xc3", false), Words{});
  EXPECT_EQ(hear(Opcode::ping, ""), (Words{"pong "}));
  EXPECT_EQ(hear(Opcode::continuation, "\xa9", false), Words{});
  EXPECT_EQ(hear(Opcode::continuation, "z"), (Words{"message a\xc3\xa9z"}));
}

TEST_F(SessionTest, AnswersAClose) {
  EXPECT_EQ(receive(client_frame(Opcode::close,
                                 "\x03\xe9"
                                 "bye")),
            (Words{"close 1001 ", "ended closed_by_peer 1001", "end"}));
  EXPECT_EQ(hear(Opcode::text, "late"), Words{});
  EXPECT_EQ(note(session().transport_closed(EndCause::connection_lost)), Words{});
}

TEST_F(SessionTest, AnswersACloseWithoutACode) {
  EXPECT_EQ(hear(Opcode::close, ""), (Words{"close 1000 ", "ended closed_by_peer 1005", "end"}));
}

TEST_F(SessionTest, WaitsForTheAnswerToItsOwnClose) {
  EXPECT_EQ(note(session().close(CloseCode::policy_violation, "no", now)),
            (Words{"close 1008 no", "ended closed_by_owner 1008"}));
  EXPECT_FALSE(session().is_open());
  EXPECT_EQ(hear(Opcode::text, "late"), Words{});
  EXPECT_EQ(note(session().send_text("late")), Words{});
  EXPECT_EQ(hear(Opcode::close, ""), (Words{"end"}));
}

TEST_F(SessionTest, DoesNotWaitForEverForIt) {
  note(session().close(CloseCode::normal, "", now));
  EXPECT_EQ(*next, now + 5s);
  EXPECT_EQ(wait(), (Words{"end"}));
}

TEST_F(SessionTest, ClosesWithTheReasonOfAFault) {
  struct Row {
    const char* name;
    std::vector<Bytes> frames;
    const char* cause;
    const char* code;
  };
  const auto unmasked = encode_frame({.opcode = Opcode::text, .mask = {}}, as_bytes("x"));
  const Row rows[] = {
      {"not masked", {unmasked}, "protocol_error", "1002"},
      {"reserved bit", {Bytes{0xc1, 0x80, 0, 0, 0, 0}}, "protocol_error", "1002"},
      {"fragmented ping", {client_frame(Opcode::ping, "", false)}, "protocol_error", "1002"},
      {"long ping", {client_frame(Opcode::ping, std::string(126, 'x'))}, "protocol_error", "1002"},
      {"nothing to continue", {client_frame(Opcode::continuation, "x")}, "protocol_error", "1002"},
      {"message in a message",
       {client_frame(Opcode::text, "x", false), client_frame(Opcode::text, "y")},
       "protocol_error",
       "1002"},
      {"close of one octet", {client_frame(Opcode::close, "x")}, "protocol_error", "1002"},
      {"not UTF-8", {client_frame(Opcode::text, "a\xff", false)}, "invalid_text", "1007"},
      {"cut UTF-8", {client_frame(Opcode::text, "a\xc3")}, "invalid_text", "1007"},
      {"too big", {client_frame(Opcode::text, std::string(101, 'x'))}, "message_too_big", "1009"},
      {"too big together",
       {client_frame(Opcode::text, std::string(60, 'x'), false),
        client_frame(Opcode::continuation, std::string(41, 'x'))},
       "message_too_big",
       "1009"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    Session one(limits, *random, now);
    Words words;
    for (const auto& frame : row.frames) {
      for (auto& word : note(one.receive(frame, now))) words.push_back(word);
    }
    EXPECT_EQ(words, (Words{std::string("close ") + row.code + " " + row.cause,
                            std::string("ended ") + row.cause + " " + row.code}));
    // What follows means nothing any more.
    EXPECT_EQ(note(one.receive(client_frame(Opcode::close, ""), now)), Words{});
    EXPECT_EQ(note(one.deadline_passed(now + 5s)), (Words{"end"}));
  }
}

TEST_F(SessionTest, TellsOfALostTransport) {
  EXPECT_EQ(note(session().transport_closed(EndCause::slow_reader)),
            (Words{"ended slow_reader 1006"}));
}

TEST_F(SessionTest, PingsWithJitterAndForgivesTwoMissedPongs) {
  EXPECT_GE(*next, now + 27s);
  EXPECT_LE(*next, now + 33s);
  EXPECT_EQ(wait(), (Words{"ping "}));
  EXPECT_EQ(hear(Opcode::pong, ""), Words{});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(wait(), (Words{"ping "}));
  EXPECT_EQ(wait(), (Words{"close 1001 missed_pongs", "ended missed_pongs 1001"}));
}

TEST_F(SessionTest, APeerThatNeverPongsIsEndedAfterALongSilenceOnly) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(wait(), (Words{"ping "}));
  EXPECT_EQ(hear(Opcode::text, "alive"), (Words{"message alive"}));
  const auto heard = now;
  Words words;
  while ((words = wait()) == Words{"ping "}) {
  }
  EXPECT_EQ(words, (Words{"close 1001 silent", "ended silent 1001"}));
  EXPECT_EQ(now, heard + 15min);
}

}  // namespace
}  // namespace ff::websocket
