#include "net/http/server.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "test/net/http/server_fixture.hpp"

namespace ff::net::http {
namespace {

using std::chrono::seconds;

const std::string get_a = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

struct Row {
  const char* name;
  std::string sent;
  std::string answered;
  bool closes;
};

std::string refused(const char* status, std::size_t size) {
  std::string reason = std::string(status).substr(4);
  return "HTTP/1.1 " + std::string(status) +
         "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " + std::to_string(size) +
         "\r\nConnection: close\r\n\r\n" + reason + "\n";
}

std::vector<Row> conformance() {
  auto bad = refused("400 Bad Request", 12);
  auto close = "Connection: close\r\n";
  return {
      {"keep-alive is the default", get_a, answer("GET /a "), false},
      {"body with length", "PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
       answer("PUT /b abc"), false},
      {"chunked body with extension and trailer",
       "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
       "chunked\r\n\r\n3;q=1\r\nabc\r\n2\r\nde\r\n"
       "0\r\nTrailer: 1\r\n\r\n",
       answer("POST /c abcde"), false},
      {"close is honoured", "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
       answer("GET /a ", close), true},
      {"HTTP/1.0 closes", "GET /a HTTP/1.0\r\n\r\n", answer("GET /a ", close), true},
      {"HTTP/1.0 keep-alive", "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
       answer("GET /a ", "Connection: keep-alive\r\n"), false},
      {"pipelined requests are answered in order",
       get_a + "PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nz" + get_a,
       answer("GET /a ") + answer("PUT /b z") + answer("GET /a "), false},
      {"nothing is read behind a closing request",
       "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + get_a, answer("GET /a ", close),
       true},
      {"an empty line before a request", "\r\n" + get_a, answer("GET /a "), false},
      {"HEAD has the length and no body", "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n",
       "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\n", false},
      {"garbage", "\x16\x03\x01 hello\r\n\r\n", bad, true},
      {"no version", "GET /a\r\n\r\n", bad, true},
      {"no host", "GET /a HTTP/1.1\r\n\r\n", bad, true},
      {"two hosts", "GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", bad, true},
      {"bad header name", "GET /a HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n", bad, true},
      {"negative length", "GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", bad, true},
      {"two different lengths",
       "GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", bad, true},
      {"length and chunked",
       "GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: "
       "chunked\r\n\r\n0\r\n\r\n",
       bad, true},
      {"chunked by HTTP/1.0",
       "GET /a HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", bad, true},
      {"bad chunk size", "GET /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
       bad, true},
      {"unknown transfer encoding", "GET /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
       refused("501 Not Implemented", 16), true},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", refused("505 HTTP Version Not Supported", 27),
       true},
      {"body above the limit", "PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n", bad,
       true},
      {"chunked body above the limit",
       "PUT /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" +
           std::string(101, 'a'),
       bad, true},
      {"header above the limit",
       "GET /a HTTP/1.1\r\nHost: x\r\nA: " + std::string(600, 'a') + "\r\n\r\n",
       refused("431 Request Header Fields Too Large", 32), true},
  };
}

ServerOptions small_limits() {
  ServerOptions options;
  options.header_size_max = 512;
  options.body_size_max = 100;
  return options;
}

TEST(HttpServer, AnswersAsTheConformanceTableSays) {
  for (const auto& row : conformance()) {
    HttpFixture fixture(echo(), small_limits());
    EXPECT_EQ(fixture.send(row.sent), row.answered) << row.name;
    EXPECT_EQ(fixture.closed(), row.closes) << row.name;
  }
}

TEST(HttpServer, AnswersTheSameWhereverTheBytesAreSplit) {
  for (const auto& row : conformance()) {
    for (std::size_t at = 1; at < row.sent.size(); ++at) {
      HttpFixture fixture(echo(), small_limits());
      fixture.send(row.sent.substr(0, at));
      ASSERT_EQ(fixture.send(row.sent.substr(at)), row.answered) << row.name << " split at " << at;
      ASSERT_EQ(fixture.closed(), row.closes) << row.name << " split at " << at;
    }
  }
}

TEST(HttpServer, AnswersTheSameByteByByte) {
  MemoryStreamOptions memory;
  memory.piece_max = 1;
  for (const auto& row : conformance()) {
    HttpFixture fixture(echo(), small_limits(), memory);
    EXPECT_EQ(fixture.send(row.sent), row.answered) << row.name;
  }
}

/// And then the connection ends: what is left of the body could be anything.
TEST(HttpServer, ABodyAboveTheLimitIsAnsweredByItsHandler) {
  const auto head = std::string("PUT /b HTTP/1.1\r\nHost: x\r\n");
  const auto answered = answer("PUT /b ", "Connection: close\r\n");
  const Row rows[] = {
      {"with length", head + "Content-Length: 101\r\n\r\n", answered, true},
      {"with length, and the body", head + "Content-Length: 101\r\n\r\n" + std::string(101, 'a'),
       answered, true},
      {"waiting for leave", head + "Expect: 100-continue\r\nContent-Length: 101\r\n\r\n", answered,
       true},
      {"chunked", head + "Transfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'a'),
       answered, true},
      {"the second chunk",
       head + "Transfer-Encoding: chunked\r\n\r\n40\r\n" + std::string(64, 'a') + "\r\n40\r\n",
       answered, true},
      {"another request behind it", head + "Content-Length: 101\r\n\r\n" + get_a, answered, true},
      {"no host", "PUT /b HTTP/1.1\r\nContent-Length: 101\r\n\r\n", refused("400 Bad Request", 12),
       true},
      {"at the limit", head + "Content-Length: 100\r\n\r\n" + std::string(100, 'a'),
       answer("not too large"), false},
  };
  auto options = small_limits();
  options.on_body_too_large = echo();
  const auto handler = [](const Request&, const std::shared_ptr<ResponseWriter>& response) {
    response->respond(200, "text/plain", "not too large");
  };
  for (const auto& row : rows) {
    HttpFixture fixture(handler, options);
    EXPECT_EQ(fixture.send(row.sent), row.answered) << row.name;
    EXPECT_EQ(fixture.closed(), row.closes) << row.name;
  }
}

TEST(HttpServer, ABodyAboveTheLimitMayBeAnsweredLater) {
  std::shared_ptr<ResponseWriter> later;
  auto options = small_limits();
  options.on_body_too_large = [&](const Request&, std::shared_ptr<ResponseWriter> response) {
    later = std::move(response);
  };
  HttpFixture fixture(echo(), options);
  fixture.send("PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n" + get_a);
  later->respond(400, "text/plain", "no");
  fixture.loop.run_ready();
  EXPECT_TRUE(fixture.client->text.ends_with("\r\n\r\nno")) << fixture.client->text;
  EXPECT_TRUE(fixture.closed());
}

TEST(HttpServer, CountsRequestsAndRefusals) {
  HttpFixture fixture(echo());
  fixture.send(get_a + get_a + "nonsense\r\n\r\n");
  EXPECT_EQ(fixture.server.counters().requests, 2U);
  EXPECT_EQ(fixture.server.counters().bad_requests, 1U);
}

TEST(HttpServer, ContinuesWhenAskedAndOnlyOnce) {
  HttpFixture fixture(echo());
  auto head = "PUT /b HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(fixture.send(head), go_on);
  EXPECT_EQ(fixture.send("a"), go_on);
  EXPECT_EQ(fixture.send("b"), go_on + answer("PUT /b ab"));
}

TEST(HttpServer, SlowHeaderIsAnswered408) {
  HttpFixture fixture(echo());
  fixture.send("GET /a HTTP/1.1\r\n");
  fixture.loop.advance(seconds{4});
  fixture.send("Host: x\r\n");
  EXPECT_EQ(fixture.client->text, "");
  fixture.loop.advance(seconds{1});
  EXPECT_EQ(fixture.client->text, refused("408 Request Timeout", 16));
  EXPECT_TRUE(fixture.closed());
}

TEST(HttpServer, SlowBodyIsAnswered408AfterTheReadTimeout) {
  HttpFixture fixture(echo());
  fixture.send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n");
  for (int i = 0; i < 9; ++i) {
    fixture.loop.advance(seconds{13});
    fixture.send("a");
  }
  EXPECT_EQ(fixture.client->text, "");
  fixture.loop.advance(seconds{3});
  EXPECT_EQ(fixture.client->text, refused("408 Request Timeout", 16));
}

TEST(HttpServer, IdleConnectionIsClosedSilently) {
  HttpFixture fixture(echo());
  fixture.send(get_a);
  fixture.loop.advance(seconds{119});
  EXPECT_FALSE(fixture.closed());
  fixture.send(get_a);
  fixture.loop.advance(seconds{119});
  EXPECT_FALSE(fixture.closed());
  fixture.loop.advance(seconds{1});
  EXPECT_TRUE(fixture.closed());
  EXPECT_EQ(fixture.client->text, answer("GET /a ") + answer("GET /a "));
}

TEST(HttpServer, NoTimeoutRunsWhileAHandlerWorks) {
  std::shared_ptr<ResponseWriter> later;
  HttpFixture fixture([&](Request, std::shared_ptr<ResponseWriter> response) { later = response; });
  fixture.send(get_a);
  fixture.loop.advance(seconds{3600});
  EXPECT_FALSE(fixture.closed());
  later->respond(200, "text/plain", "late");
  later.reset();
  fixture.loop.run_ready();
  EXPECT_EQ(fixture.client->text, answer("late"));
}

TEST(HttpServer, RequestsWaitForTheAnswerBefore) {
  std::vector<std::shared_ptr<ResponseWriter>> waiting;
  HttpFixture fixture([&](Request, std::shared_ptr<ResponseWriter> response) {
    waiting.push_back(std::move(response));
  });
  fixture.send(get_a + get_a + get_a);
  ASSERT_EQ(waiting.size(), 1U);
  waiting[0]->respond(200, "text/plain", "1");
  fixture.loop.run_ready();
  ASSERT_EQ(waiting.size(), 2U);
  waiting[1]->respond(200, "text/plain", "2");
  fixture.loop.run_ready();
  ASSERT_EQ(waiting.size(), 3U);
  waiting[2]->respond(200, "text/plain", "3");
  fixture.loop.run_ready();
  EXPECT_EQ(fixture.client->text, answer("1") + answer("2") + answer("3"));
}

TEST(HttpServer, ReadsAheadNoMoreThanItsBound) {
  std::vector<std::shared_ptr<ResponseWriter>> waiting;
  ServerOptions options;
  options.pipeline_size_max = 1000;
  MemoryStreamOptions memory;
  memory.piece_max = 100;
  memory.window = 500;
  HttpFixture fixture(
      [&](Request, std::shared_ptr<ResponseWriter> response) {
        waiting.push_back(std::move(response));
      },
      options, memory);
  std::string many;
  for (int i = 0; i < 400; ++i) many += get_a;
  fixture.send(many);
  EXPECT_GE(fixture.pair.b->outgoing_size(), many.size() - 1000 - 500 - 100 - get_a.size());
  for (std::size_t i = 0; i < 400; ++i) {
    ASSERT_GT(waiting.size(), i);
    waiting[i]->respond(204, Headers(), {});
    fixture.loop.run_ready();
  }
  EXPECT_EQ(fixture.server.counters().requests, 400U);
}

TEST(HttpServer, ClientThatAsksFasterThanItReadsIsSlowed) {
  StreamOptions stream;
  stream.outgoing_max = 200'000;
  std::string page(10'000, 'p');
  HttpFixture fixture(
      [&](Request, std::shared_ptr<ResponseWriter> response) {
        response->respond(200, "text/plain", page);
      },
      {}, {}, stream);
  fixture.pair.b->pause_reading(true);
  std::string many;
  for (int i = 0; i < 100; ++i) many += get_a;
  fixture.send(many);
  EXPECT_LT(fixture.server.counters().requests, 30U);
  EXPECT_FALSE(fixture.closed());
  fixture.pair.b->pause_reading(false);
  fixture.loop.run_ready();
  EXPECT_EQ(fixture.server.counters().requests, 100U);
  EXPECT_EQ(fixture.client->text.size(), 100 * answer(page).size());
}

TEST(HttpServer, RefusesBodiesThatHaveNoRoomAndTakesSmallOnes) {
  const auto post = [](std::size_t size) {
    return "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
           std::string(size, 'b');
  };
  ServerOptions options;
  options.bodies_size_max = 2000;
  HttpFixture fixture(
      [](const Request& request, std::shared_ptr<ResponseWriter> response) {
        response->respond(200, "text/plain", std::to_string(request.body.size()));
      },
      options);
  // The second has the room of the first, which is answered.
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(fixture.send(post(10'000)).ends_with(answer("10000"))) << fixture.client->text;
  EXPECT_TRUE(fixture.send(post(8'000)).ends_with(answer("8000"))) << fixture.client->text;
  EXPECT_NE(fixture.send(post(10'300)).find("HTTP/1.1 503 Service Unavailable\r\n"),
            std::string::npos);
  EXPECT_TRUE(fixture.closed());
}

TEST(HttpServer, ThrowingHandlerAnswers500AndTheConnectionGoesOn) {
  HttpFixture fixture([](Request request, std::shared_ptr<ResponseWriter> response) {
    if (request.target == "/a") throw std::runtime_error("boom");
    response->respond(200, "text/plain", "fine");
  });
  auto& text = fixture.send(get_a + "GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 500 Internal Server Error\r\n")) << text;
  EXPECT_TRUE(text.ends_with(answer("fine"))) << text;
}

TEST(HttpServer, GivesTheHandlerWhatItNeedsToKnow) {
  Request seen;
  HttpFixture fixture([&](Request request, std::shared_ptr<ResponseWriter> response) {
    seen = std::move(request);
    response->respond(204, Headers(), {});
  });
  fixture.send(
      "GET /p/q?x=1&y=?2 HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\nAccept: a, text/B\r\n\r\n");
  EXPECT_EQ(seen.path(), "/p/q");
  EXPECT_EQ(seen.query(), "x=1&y=?2");
  EXPECT_EQ(seen.headers.value("hOST"), "h");
  EXPECT_EQ(seen.headers.all("X-A"), (std::vector<std::string_view>{"1", "2"}));
  EXPECT_TRUE(seen.headers.has_token("accept", "TEXT/b"));
  EXPECT_FALSE(seen.headers.has_token("accept", "text"));
  EXPECT_EQ(seen.remote, fixture.pair.a->remote());
  EXPECT_FALSE(seen.is_tls());
  EXPECT_EQ(fixture.client->text, "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(HttpServer, WritesTheDateOfItsClock) {
  ServerOptions options;
  options.utc_now = [] { return UtcTime(seconds{784'111'777}); };
  HttpFixture fixture(echo(), options);
  EXPECT_NE(fixture.send(get_a).find("\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"),
            std::string::npos);
}

}  // namespace
}  // namespace ff::net::http
