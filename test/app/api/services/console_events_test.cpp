// The console's socket of events, from the request that opens it to its end.
// [spec events-cluster-discovery §5]
#include "app/api/services/console_events.hpp"

#include <gtest/gtest.h>

#include "test/net/http/server_fixture.hpp"
#include "test/net/websocket/client.hpp"

namespace ff::api::test {
namespace {

using namespace ttn::lorawan::v3;  // The tests name rights.
using websocket::Opcode;

constexpr ErrorDef token_not_found{"pkg/identityserver", "token_not_found", Code::unauthenticated,
                                   "token not found"};

/// Knows some tokens; answers at once, or when it is told to.
class Tokens final : public Authenticator {
 public:
  void authenticate(const CallMetadata& metadata, Continuation answer) override {
    if (holds_back) return waiting.push_back([=, this] { answer(find(metadata)); });
    answer(find(metadata));
  }

  std::map<std::string, AuthInfo::Kind> known{
      {"Bearer good", AuthInfo::Kind::api_key},   {"Bearer oauth", AuthInfo::Kind::access_token},
      {"Bearer page", AuthInfo::Kind::session},   {"Bearer station", AuthInfo::Kind::gateway_token},
      {"ClusterKey 00", AuthInfo::Kind::cluster}, {"Bearer nobody", AuthInfo::Kind::none}};
  bool holds_back = false;
  std::vector<std::function<void()>> waiting;

 private:
  Result<AuthInfo> find(const CallMetadata& metadata) const {
    const auto given = metadata.find("authorization");
    const auto found = known.find(given == metadata.end() ? "" : given->second);
    if (found == known.end()) return fail(token_not_found);
    return AuthInfo{.kind = found->second, .token_id = "KEY", .account_id = {}, .warning = {}};
  }
};

const std::string subscribe_1 =
    R"({"type":"subscribe","id":1,"identifiers":[{"application_ids":{"application_id":"app-1"}}]})";
const std::string subscribed_1 = R"({"type":"subscribe","id":1})";

class ConsoleEventsTest : public testing::Test {
 protected:
  explicit ConsoleEventsTest(std::vector<net::RateProfile> profiles = {}) {
    auto limiter =
        *net::RateLimiter::make(std::move(profiles), 64, {.now = [] { return MonoTime(); }});
    handler = make_console_events(
        {.authenticator = tokens,
         .sources = {.asker = Asker({}, std::chrono::seconds{5}),
                     .rights =
                         [this](const Call&, const storage::EntityKey& entity,
                                const actors::Reply<RightSet>& answer) {
                           if (tokens->known.empty()) return answer(fail(token_not_found));
                           answer(rights[entity.ids.front()]);
                         },
                     .hub = hub,
                     .store = std::nullopt,
                     .access_changes = [this] { return changes; },
                     .now = [] { return UtcTime(); }},
         .limit = net::limit_of(limiter, {"http:console:internal:events", "http"}),
         .new_error_id = [] { return std::string(32, 'e'); },
         .make_random = [] { return make_seeded_random(1); }},
        net::http::echo());
    connect();
  }

  /// Another client; the one before is gone.
  void connect() {
    read_ = 0;
    http.reset();
    http.emplace(handler);
  }

  std::string ask(const std::string& headers,
                  const std::string& path = "/api/v3/console/internal/events/") {
    return http->send("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
  }
  static std::string upgrade(const std::string& headers) {
    return "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
           headers;
  }
  void open(const std::string& token = "good") {
    const auto answer = ask(upgrade("Authorization: Bearer " + token + "\r\n"));
    ASSERT_TRUE(answer.starts_with("HTTP/1.1 101 ")) << answer;
    read_ = answer.find("\r\n\r\n") + 4;
  }
  /// Text of frames that came since the last call; of a close frame its reason.
  std::vector<std::string> heard() {
    http->loop.run_ready();
    const auto& all = http->client->text;
    websocket::FrameReader reader;
    EXPECT_TRUE(reader.feed(as_bytes(std::string_view(all).substr(read_))));
    read_ = all.size();
    std::vector<std::string> out;
    for (const auto& frame : reader.frames) {
      const bool closes = frame.header.opcode == Opcode::close;
      out.push_back(closes ? "close " + frame.text().substr(2) : frame.text());
    }
    return out;
  }
  std::vector<std::string> say(const std::string& text) {
    http->pair.b->write(websocket::client_frame(Opcode::text, text));
    return heard();
  }
  void publish(std::string_view name, const char* application) {
    hub.publish({name,
                 {},
                 DeviceIdentifiers{{ApplicationId(application), DeviceId("dev-1")}, {}, {}, {}},
                 {},
                 {}});
  }

  std::uint64_t changes = 0;
  std::map<std::string, RightSet> rights{{"app-1", {RIGHT_APPLICATION_TRAFFIC_READ}}};
  std::shared_ptr<Tokens> tokens = std::make_shared<Tokens>();
  events::Hub hub;
  net::http::HttpHandler handler;
  std::optional<net::http::HttpFixture> http;

 private:
  std::size_t read_ = 0;
};

using Texts = std::vector<std::string>;

TEST_F(ConsoleEventsTest, ABrowserGivesItsTokenAsASubprotocol) {
  const auto answer =
      ask(upgrade("Sec-WebSocket-Protocol: ttn.lorawan.v3.console.internal.events.v1, "
                  "ttn.lorawan.v3.header.authorization.bearer.good\r\n"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 ")) << answer;
  EXPECT_NE(answer.find("Sec-WebSocket-Protocol: ttn.lorawan.v3.console.internal.events.v1\r\n"),
            std::string::npos);
  EXPECT_EQ(answer.find("bearer"), std::string::npos) << "a token is not repeated";
}

TEST_F(ConsoleEventsTest, TheTokenOfTheSubprotocolComesBeforeTheHeaders) {
  const std::string protocol =
      "Sec-WebSocket-Protocol: ttn.lorawan.v3.header.authorization.bearer.";
  EXPECT_TRUE(ask(upgrade(protocol + "bad\r\nAuthorization: Bearer good\r\n"))
                  .starts_with("HTTP/1.1 401 "));
}

TEST_F(ConsoleEventsTest, WhoMayNotComeInIsToldInJson) {
  struct Row {
    const char* authorization;
    const char* status;
    const char* error;
  };
  const Row rows[] = {{"", "401", "token_not_found"},
                      {"Bearer bad", "401", "token_not_found"},
                      {"Bearer station", "500", "unknown_caller"},
                      {"ClusterKey 00", "500", "unknown_caller"},
                      {"Bearer nobody", "500", "unknown_caller"}};
  for (const auto& row : rows) {
    connect();
    const std::string header =
        *row.authorization ? "Authorization: " + std::string(row.authorization) + "\r\n" : "";
    const auto answer = ask(upgrade(header));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::string(row.status))) << answer;
    EXPECT_NE(answer.find(row.error), std::string::npos) << row.authorization << answer;
  }
}

TEST_F(ConsoleEventsTest, OtherRequestsAreNotTheSockets) {
  EXPECT_TRUE(ask("Authorization: Bearer good\r\n").starts_with("HTTP/1.1 426 "));
  connect();
  // The slash is part of the path.
  const auto answer = ask(upgrade(""), "/api/v3/console/internal/events");
  EXPECT_TRUE(answer.ends_with("GET /api/v3/console/internal/events ")) << answer;
}

TEST_F(ConsoleEventsTest, ASubscriberHearsOfItsEntityFromItsAnswerOn) {
  for (const auto* token : {"good", "oauth", "page"}) {
    SCOPED_TRACE(token);
    publish("ns.up.data.receive", "app-1");
    connect();
    open(token);
    EXPECT_EQ(say(subscribe_1), Texts{subscribed_1});
    publish("ns.up.data.process", "app-1");
    publish("ns.up.data.process", "app-2");
    publish("ns.end_device.update", "app-1");  // Needs another right.
    const auto texts = heard();
    ASSERT_EQ(texts.size(), 1U);
    EXPECT_TRUE(
        texts[0].starts_with(R"({"type":"publish","id":1,"event":{"name":"ns.up.data.process",)"))
        << texts[0];
    EXPECT_TRUE(texts[0].ends_with("}}"));
  }
}

TEST_F(ConsoleEventsTest, ThePastComesAfterTheAnswerAndBeforeTheRest) {
  publish("ns.up.data.receive", "app-1");
  publish("ns.up.data.process", "app-1");
  open();
  auto request = subscribe_1;
  request.insert(request.size() - 1, R"(,"tail":1,"names":["/^ns\\./"])");
  const auto texts = say(request);
  ASSERT_EQ(texts.size(), 2U);
  EXPECT_EQ(texts[0], subscribed_1);
  EXPECT_NE(texts[1].find("ns.up.data.process"), std::string::npos);
}

TEST_F(ConsoleEventsTest, WithoutRightsASubscriptionIsSilent) {
  rights.clear();
  open();
  EXPECT_EQ(say(subscribe_1), Texts{subscribed_1});
  publish("ns.up.data.process", "app-1");
  EXPECT_EQ(heard(), Texts{});
}

TEST_F(ConsoleEventsTest, SubscriptionsAreApart) {
  rights["app-2"] = rights["app-1"];
  open();
  say(subscribe_1);
  say(R"({"type":"subscribe","id":18446744073709551615,"identifiers":[)"
      R"({"application_ids":{"application_id":"app-2"}}]})");
  publish("ns.up.data.process", "app-2");
  const auto texts = heard();
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_TRUE(texts[0].starts_with(R"({"type":"publish","id":18446744073709551615,)"));
  EXPECT_EQ(say(R"({"type":"unsubscribe","id":18446744073709551615})"),
            Texts{R"({"type":"unsubscribe","id":18446744073709551615})"});
  publish("ns.up.data.process", "app-2");
  EXPECT_EQ(heard(), Texts{});
  publish("ns.up.data.process", "app-1");
  EXPECT_EQ(heard().size(), 1U);
}

TEST_F(ConsoleEventsTest, WhatCanNotBeDoneIsAnErrorAndTheSocketGoesOn) {
  open();
  say(subscribe_1);
  struct Row {
    std::string request;
    const char* id;
    const char* code;
    const char* name;
  };
  const Row rows[] = {
      {subscribe_1, R"("id":1)", R"("code":6)", "already_subscribed"},
      {R"({"type":"unsubscribe","id":2})", R"("id":2)", R"("code":5)", "not_subscribed"},
      {R"({"type":"subscribe","id":3})", R"("id":3)", R"("code":3)", "no_identifiers"},
      {R"({"type":"subscribe","id":4,"names":["none"],"identifiers":[)"
       R"({"application_ids":{"application_id":"app-1"}}]})",
       R"("id":4)", R"("code":3)", "unknown_event_name"},
      {R"({"type":"subscribe","id":5,"names":["/(/"],"identifiers":[)"
       R"({"application_ids":{"application_id":"app-1"}}]})",
       R"("id":5)", R"("code":3)", "invalid_regexp"},
  };
  for (const auto& row : rows) {
    const auto texts = say(row.request);
    ASSERT_EQ(texts.size(), 1U) << row.name;
    EXPECT_TRUE(texts[0].starts_with(R"({"type":"error",)" + std::string(row.id) + R"(,"error":{)" +
                                     row.code))
        << texts[0];
    EXPECT_NE(texts[0].find(R"("name":")" + std::string(row.name)), std::string::npos) << texts[0];
  }
  publish("ns.up.data.process", "app-1");
  EXPECT_EQ(heard().size(), 1U);
}

TEST_F(ConsoleEventsTest, SubscriptionsOfASocketAreBounded) {
  open();
  auto request = [](std::size_t id) {
    return R"({"type":"subscribe","id":)" + std::to_string(id) +
           R"(,"identifiers":[{"application_ids":{"application_id":"app-1"}}]})";
  };
  for (std::size_t i = 0; i < console_subscriptions_max; ++i)
    EXPECT_NE(say(request(i)).at(0).find("subscribe"), std::string::npos);
  EXPECT_NE(say(request(1000)).at(0).find("too_many_subscriptions"), std::string::npos);
  EXPECT_EQ(hub.subscribers(), console_subscriptions_max);
}

TEST_F(ConsoleEventsTest, WhatIsNoRequestEndsTheSocket) {
  const std::pair<const char*, const char*> rows[] = {
      {"no JSON", "close malformed_message"},
      {"[]", "close malformed_message"},
      {R"({"type":"subscribe","id":-1})", "close malformed_message"},
      {R"({"type":"shout","id":1})", "close message_type"},
      {R"({"id":1})", "close message_type"},
      {R"({"type":"subscribe","id":1,"identifiers":7})", "close invalid_json"},
  };
  for (const auto& [text, end] : rows) {
    connect();
    open();
    EXPECT_EQ(say(text), Texts{end}) << text;
  }
}

TEST_F(ConsoleEventsTest, ATokenThatIsRevokedEndsTheSocketWithTheNextRequest) {
  open();
  say(subscribe_1);
  tokens->known.clear();
  publish("ns.up.data.process", "app-1");
  EXPECT_EQ(heard().size(), 1U);
  EXPECT_EQ(say(R"({"type":"unsubscribe","id":1})"), Texts{"close token_not_found"});
  EXPECT_EQ(hub.subscribers(), 0U);
}

TEST_F(ConsoleEventsTest, ATokenThatIsRevokedHearsNothingMore) {
  open();
  say(subscribe_1);
  tokens->known.clear();
  ++changes;
  publish("ns.up.data.process", "app-1");
  EXPECT_EQ(heard(), Texts{"close token_not_found"});
  EXPECT_EQ(hub.subscribers(), 0U);
}

TEST_F(ConsoleEventsTest, RightsThatAreTakenMakeASubscriptionSilentUntilTheyAreGivenAgain) {
  open();
  say(subscribe_1);
  const auto given = std::exchange(rights["app-1"], {});
  ++changes;
  publish("ns.up.data.process", "app-1");
  EXPECT_EQ(heard(), Texts{});
  rights["app-1"] = given;
  ++changes;
  publish("ns.up.data.process", "app-1");
  EXPECT_EQ(heard().size(), 1U);
}

TEST_F(ConsoleEventsTest, RequestsAreAnsweredInTheirOrderHoweverSlowly) {
  open();
  tokens->holds_back = true;
  say(subscribe_1);
  EXPECT_EQ(say(R"({"type":"unsubscribe","id":1})"), Texts{});
  ASSERT_EQ(tokens->waiting.size(), 1U) << "one after the other";
  tokens->waiting.at(0)();
  EXPECT_EQ(heard(), Texts{subscribed_1});
  tokens->waiting.at(1)();
  EXPECT_EQ(heard(), Texts{R"({"type":"unsubscribe","id":1})"});
}

TEST_F(ConsoleEventsTest, RequestsThatWaitAreBounded) {
  open();
  tokens->holds_back = true;
  for (std::size_t i = 0; i < console_requests_max; ++i) EXPECT_EQ(say(subscribe_1), Texts{});
  EXPECT_EQ(say(subscribe_1), Texts{"close rate_exceeded"});
  tokens->waiting.at(0)();  // Too late.
  EXPECT_EQ(heard(), Texts{});
  EXPECT_EQ(hub.subscribers(), 0U);
}

TEST_F(ConsoleEventsTest, AClientThatIsTooSlowIsCutOffAndPublishersGoOn) {
  open();
  say(subscribe_1);
  for (std::size_t i = 0; i <= console_events_max; ++i) publish("ns.up.data.process", "app-1");
  const auto texts = heard();
  ASSERT_EQ(texts.size(), console_events_max + 1);
  EXPECT_EQ(texts.back(), "close slow_reader");
  EXPECT_EQ(hub.subscribers(), 0U);
}

TEST_F(ConsoleEventsTest, WhenTheClientLeavesNobodyIsSubscribed) {
  open();
  say(subscribe_1);
  EXPECT_EQ(hub.subscribers(), 1U);
  http->pair.b->close();
  http->loop.run_ready();
  EXPECT_EQ(hub.subscribers(), 0U);
  publish("ns.up.data.process", "app-1");
}

TEST_F(ConsoleEventsTest, AClientThatAnswersNoPingIsLeft) {
  open();
  say(subscribe_1);
  http->loop.advance(std::chrono::seconds{67});
  EXPECT_EQ(heard(), Texts{""}) << "a ping after a minute, more or less";
  http->pair.b->write(websocket::client_frame(Opcode::pong, ""));
  heard();
  http->loop.advance(std::chrono::minutes{4});
  EXPECT_EQ(hub.subscribers(), 0U);
}

class LimitedConsoleEventsTest : public ConsoleEventsTest {
 protected:
  LimitedConsoleEventsTest()
      : ConsoleEventsTest({{"console", 60, 2, {"http:console:internal:events"}}}) {}
};

TEST_F(LimitedConsoleEventsTest, WhoAsksTooOftenIsCutOff) {
  open();
  EXPECT_EQ(say(subscribe_1), Texts{subscribed_1});
  EXPECT_EQ(say(R"({"type":"unsubscribe","id":1})").size(), 1U);
  EXPECT_EQ(say(subscribe_1), Texts{"close rate_exceeded"});
}

}  // namespace
}  // namespace ff::api::test
