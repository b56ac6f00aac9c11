#include "app/api/services/console_protocol.hpp"

#include <gtest/gtest.h>

namespace ff::api {
namespace {

using Kind = ConsoleRequest::Kind;

TEST(ConsoleProtocol, ARequestIsAKindAnIdAndWhatIsWanted) {
  const auto request = parse_console_request(
      R"({"type":"subscribe","id":7,"tail":10,"names":["as.*","/up/"],"more":true,"identifiers":[)"
      R"({"gateway_ids":{"gateway_id":"gtw"}},{"userIds":{"userId":"me"}}],)"
      R"("after":"2026-01-02T03:04:05Z"})");
  ASSERT_TRUE(request) << request.error().to_string();
  EXPECT_EQ(request->kind, Kind::subscribe);
  EXPECT_EQ(request->id, 7U);
  const auto& wanted = request->wanted;
  EXPECT_EQ(wanted.tail(), 10U);
  ASSERT_EQ(wanted.names_size(), 2);
  EXPECT_EQ(wanted.names(1), "/up/");
  ASSERT_EQ(wanted.identifiers_size(), 2);
  EXPECT_EQ(wanted.identifiers(0).gateway_ids().gateway_id(), "gtw");
  EXPECT_EQ(wanted.identifiers(1).user_ids().user_id(), "me");
  EXPECT_EQ(wanted.after().seconds(), 1767323045);
}

TEST(ConsoleProtocol, AnIdIsANumberOf64BitsOrNone) {
  struct Row {
    const char* text;
    std::optional<std::uint64_t> id;
  };
  const Row rows[] = {
      {R"({"type":"unsubscribe","id":0})", 0},
      {R"({"type":"unsubscribe","id":18446744073709551615})", 18446744073709551615U},
      {R"({"type":"unsubscribe"})", 0},
      {R"({"type":"unsubscribe","id":null})", 0},
      {R"({"type":"unsubscribe","id":-1})", std::nullopt},
      {R"({"type":"unsubscribe","id":1.5})", std::nullopt},
      {R"({"type":"unsubscribe","id":18446744073709551616})", std::nullopt},
      {R"({"type":"unsubscribe","id":"1"})", std::nullopt},
  };
  for (const auto& row : rows) {
    const auto request = parse_console_request(row.text);
    ASSERT_EQ(request.has_value(), row.id.has_value()) << row.text;
    if (!request) {
      EXPECT_TRUE(request.error().is(malformed_message)) << row.text;
      continue;
    }
    EXPECT_EQ(request->kind, Kind::unsubscribe);
    EXPECT_EQ(request->id, *row.id) << row.text;
  }
}

TEST(ConsoleProtocol, EverythingElseIsRefusedByName) {
  for (const auto* text : {"", "{", "7", "[]", "null", "{} {}"}) {
    const auto request = parse_console_request(text);
    ASSERT_FALSE(request) << text;
    EXPECT_TRUE(request.error().is(malformed_message)) << text;
  }
  for (const auto* text : {"{}", R"({"type":"publish"})", R"({"type":1})", R"({"type":""})"}) {
    const auto request = parse_console_request(text);
    ASSERT_FALSE(request) << text;
    EXPECT_TRUE(request.error().is(message_type)) << text;
  }
  EXPECT_FALSE(parse_console_request(R"({"type":"subscribe","tail":"many"})"));
}

TEST(ConsoleProtocol, AnswersAreAsTheReferencesClientsReadThem) {
  EXPECT_EQ(console_done(Kind::subscribe, 1), R"({"type":"subscribe","id":1})");
  EXPECT_EQ(console_done(Kind::unsubscribe, 18446744073709551615U),
            R"({"type":"unsubscribe","id":18446744073709551615})");
  EXPECT_EQ(console_error(3, R"({"code":5})"), R"({"type":"error","id":3,"error":{"code":5}})");
  ttn::lorawan::v3::Event event;
  event.set_name("ns.up.data.receive");
  event.set_unique_id("01");
  EXPECT_EQ(console_event(2, event),
            R"({"type":"publish","id":2,"event":{"name":"ns.up.data.receive","unique_id":"01"}})");
  event.mutable_time()->set_seconds(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(console_event(2, event), "") << "no time that JSON has";
}

}  // namespace
}  // namespace ff::api
