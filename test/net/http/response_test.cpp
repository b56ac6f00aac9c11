#include <gtest/gtest.h>

#include "net/http/middleware.hpp"
#include "test/net/http/server_fixture.hpp"

namespace ff::net::http {
namespace {

const std::string get_a = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

using Writer = std::shared_ptr<ResponseWriter>;

/// Keeps the writer of the last request.
struct Kept {
  Writer writer;
  HttpHandler handler() {
    return [this](Request, Writer response) { writer = std::move(response); };
  }
};

TEST(ResponseWriter, StreamsInChunks) {
  Kept kept;
  HttpFixture fixture(kept.handler());
  fixture.send(get_a);
  kept.writer->head(200, {{"Content-Type", "application/json"}});
  fixture.loop.run_ready();
  std::string expected =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(fixture.client->text, expected);
  EXPECT_EQ(kept.writer->body(as_bytes("{}\n")), WriteResult::accepted);
  EXPECT_EQ(kept.writer->body({}), WriteResult::accepted);
  fixture.loop.run_ready();
  expected += "3\r\n{}\n\r\n";
  EXPECT_EQ(fixture.client->text, expected);
  kept.writer->body(as_bytes(std::string(300, 'x')));
  kept.writer->end();
  fixture.loop.run_ready();
  expected += "12c\r\n" + std::string(300, 'x') + "\r\n0\r\n\r\n";
  EXPECT_EQ(fixture.client->text, expected);
  EXPECT_FALSE(fixture.closed());
  EXPECT_EQ(kept.writer->body(as_bytes("late")), WriteResult::closed);
}

TEST(ResponseWriter, StreamsToHttp10UntilTheEndOfTheConnection) {
  Kept kept;
  HttpFixture fixture(kept.handler());
  fixture.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  kept.writer->head(200, {});
  kept.writer->body(as_bytes("abc"));
  kept.writer->end();
  fixture.loop.run_ready();
  EXPECT_EQ(fixture.client->text, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc");
  EXPECT_TRUE(fixture.closed());
}

TEST(ResponseWriter, SendsNoBodyWhereThereIsNone) {
  for (int status : {204, 304}) {
    HttpFixture fixture(
        [&](Request, Writer response) { response->respond(status, {}, as_bytes("body")); });
    auto& text = fixture.send(get_a);
    EXPECT_EQ(text.find("body"), std::string::npos);
    EXPECT_EQ(text.find("Content-Length: 4") != std::string::npos, status == 304);
    EXPECT_FALSE(fixture.closed());
  }
}

TEST(ResponseWriter, ShortBodyBreaksTheConnection) {
  HttpFixture fixture([](Request, Writer response) {
    response->head(200, {{"Content-Length", "5"}});
    response->body(as_bytes("abc"));
    response->end();
  });
  fixture.send(get_a);
  EXPECT_EQ(fixture.client->closed, CloseReason::failed);
}

TEST(ResponseWriter, LongBodyIsCutAtItsLength) {
  HttpFixture fixture([](Request, Writer response) {
    response->head(200, {{"Content-Length", "2"}});
    response->body(as_bytes("abc"));
    response->end();
  });
  EXPECT_EQ(fixture.send(get_a), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab");
}

TEST(ResponseWriter, DroppedUnusedAnswers500) {
  HttpFixture fixture([](Request, Writer) {});
  EXPECT_TRUE(fixture.send(get_a).starts_with("HTTP/1.1 500 "));
  EXPECT_FALSE(fixture.closed());
}

TEST(ResponseWriter, DroppedInTheMiddleBreaksTheConnection) {
  HttpFixture fixture([](Request, Writer response) { response->head(200, {}); });
  fixture.send(get_a);
  EXPECT_EQ(fixture.client->closed, CloseReason::failed);
}

TEST(ResponseWriter, TellsWhenTheClientLeaves) {
  Kept kept;
  HttpFixture fixture(kept.handler());
  fixture.send(get_a);
  int left = 0;
  kept.writer->head(200, {});
  kept.writer->on_disconnect([&] { ++left; });
  fixture.loop.run_ready();
  EXPECT_EQ(left, 0);
  fixture.pair.b->close();
  fixture.loop.run_ready();
  EXPECT_EQ(left, 1);
  EXPECT_EQ(kept.writer->body(as_bytes("x")), WriteResult::closed);
  kept.writer->on_disconnect([&] { ++left; });
  fixture.loop.run_ready();
  EXPECT_EQ(left, 2);
  kept.writer.reset();
}

TEST(ResponseWriter, ForgetsTheDisconnectCallbackAtTheEnd) {
  Kept kept;
  HttpFixture fixture(kept.handler());
  fixture.send(get_a);
  bool left = false;
  kept.writer->on_disconnect([&] { left = true; });
  kept.writer->respond(200, "text/plain", "x");
  fixture.pair.b->close();
  fixture.loop.run_ready();
  EXPECT_FALSE(left);
}

TEST(ResponseWriter, CutsOffAClientThatDoesNotRead) {
  Kept kept;
  StreamOptions stream;
  stream.outgoing_max = 100'000;
  HttpFixture fixture(kept.handler(), {}, {}, stream);
  fixture.send(get_a);
  fixture.pair.b->pause_reading(true);
  bool left = false;
  kept.writer->head(200, {});
  kept.writer->on_disconnect([&] { left = true; });
  Bytes chunk(10'000, 'x');
  int accepted = 0;
  while (accepted < 100 && kept.writer->body(chunk) == WriteResult::accepted) {
    ++accepted;
    fixture.loop.run_ready();
  }
  EXPECT_LT(accepted, 20);
  fixture.loop.run_ready();
  EXPECT_TRUE(left);
}

/// Writes a long body, as much at a time as there is room for.
struct LongBody {
  std::shared_ptr<ResponseWriter> writer;
  int left = 100;
  int waited = 0;

  void go_on() {
    while (left-- > 0) {
      if (writer->body(Bytes(10'000, 'x')) != WriteResult::accepted) return;
      if (writer->outgoing_size() < 64U << 10U) continue;
      ++waited;
      return writer->when_room([this] { go_on(); });
    }
    writer->end();
  }
};

TEST(ResponseWriter, ALongBodyWaitsForASlowClient) {
  Kept kept;
  StreamOptions stream;
  stream.outgoing_max = 100'000;
  HttpFixture fixture(kept.handler(), {}, {}, stream);
  fixture.send(get_a);
  fixture.pair.b->pause_reading(true);
  LongBody body{std::move(kept.writer)};
  body.writer->head(200, {{"Content-Length", "1000000"}});
  body.go_on();
  fixture.loop.run_ready();
  EXPECT_GT(body.left, 80) << "nothing is read";
  fixture.pair.b->pause_reading(false);
  fixture.loop.run_ready();
  EXPECT_GE(body.waited, 10);
  EXPECT_GT(fixture.client->text.size(), 1'000'000U);
  EXPECT_FALSE(fixture.closed());
}

TEST(ResponseWriter, WhoWaitsForRoomHearsThatTheClientHasLeft) {
  Kept kept;
  HttpFixture fixture(kept.handler());
  fixture.send(get_a);
  fixture.pair.b->pause_reading(true);
  kept.writer->head(200, {});
  kept.writer->body(Bytes(500'000, 'x'));
  int told = 0;
  kept.writer->when_room([&] { ++told; });
  fixture.loop.run_ready();
  EXPECT_EQ(told, 0);
  fixture.pair.b->abort();
  fixture.loop.run_ready();
  EXPECT_EQ(told, 1);
  kept.writer->when_room([&] { ++told; });
  EXPECT_EQ(told, 2) << "at once";
}

TEST(ResponseWriter, DropsHeadersThatWouldSplitTheResponse) {
  HttpFixture fixture([](Request, Writer response) {
    Headers headers{{"X-Good", "1"}, {"X-Bad", "1\r\nX-Evil: 1"},      {"Y: 1\r\nX-Evil", "1"},
                    {"", "x"},       {"Transfer-Encoding", "chunked"}, {"Content-Length", "99x"}};
    response->respond(200, headers, as_bytes("ok"));
  });
  EXPECT_EQ(fixture.send(get_a), "HTTP/1.1 200 OK\r\nX-Good: 1\r\nContent-Length: 2\r\n\r\nok");
}

TEST(ResponseWriter, UpgradeGivesTheConnectionAwayWithWhatFollowed) {
  auto taken = std::make_shared<Collector>();
  std::shared_ptr<Stream> stream;
  HttpFixture fixture([&](Request, Writer response) {
    response->upgrade({{"Upgrade", "test"}}, [&](std::shared_ptr<Stream> given) {
      stream = std::move(given);
      return taken;
    });
  });
  auto& text = fixture.send(get_a + "first");
  EXPECT_EQ(text,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: test\r\nConnection: Upgrade\r\n\r\n");
  EXPECT_EQ(taken->text, "first");
  fixture.send(" second");
  EXPECT_EQ(taken->text, "first second");
  fixture.loop.advance(std::chrono::hours{1});
  ASSERT_TRUE(stream);
  stream->write(as_bytes("!"));
  fixture.loop.run_ready();
  EXPECT_TRUE(text.ends_with("\r\n\r\n!"));
  fixture.pair.b->close();
  fixture.loop.run_ready();
  EXPECT_EQ(taken->closed, CloseReason::peer_closed);
}

TEST(SecurityHeaders, ArePresetAndCanBeOverridden) {
  HttpFixture fixture(with_security_headers([](Request, Writer response) {
    response->respond(200, {{"cache-control", "public"}}, as_bytes("ok"));
  }));
  EXPECT_EQ(fixture.send(get_a),
            "HTTP/1.1 200 OK\r\n"
            "Referrer-Policy: strict-origin-when-cross-origin\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "X-Frame-Options: SAMEORIGIN\r\n"
            "X-XSS-Protection: 1; mode=block\r\n"
            "cache-control: public\r\n"
            "Content-Length: 2\r\n\r\nok");
}

TEST(PrefixDispatcher, ChoosesTheLongestPrefixOfWholeSegments) {
  PrefixDispatcher dispatcher;
  auto named = [](std::string name) {
    return [name](Request, Writer response) { response->respond(200, "text/plain", name); };
  };
  dispatcher.add("/api", named("api"));
  dispatcher.add("/api/v3", named("v3"));
  dispatcher.add("/assets/", named("assets"));
  auto handler = dispatcher.handler();
  const std::pair<const char*, const char*> rows[] = {
      {"/api", "api"},         {"/api?x", "api"},    {"/api/v2", "api"}, {"/api/v3", "v3"},
      {"/api/v3/x", "v3"},     {"/api/v33", "api"},  {"/apis", nullptr}, {"/", nullptr},
      {"/assets/a", "assets"}, {"/assets", nullptr}, {"*", nullptr},
  };
  for (auto [target, name] : rows) {
    HttpFixture fixture(handler);
    auto& text = fixture.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    if (name != nullptr) {
      EXPECT_EQ(text, answer(name)) << target;
    } else {
      EXPECT_TRUE(text.starts_with("HTTP/1.1 404 Not Found\r\n")) << target;
    }
  }
}

}  // namespace
}  // namespace ff::net::http
