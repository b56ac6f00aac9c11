#include "net/http/compression.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "net/http/gzip.hpp"
#include "test/net/http/server_fixture.hpp"

namespace ff::net::http {
namespace {

using Writer = std::shared_ptr<ResponseWriter>;

const std::string long_text(2000, 'x');

std::string get(std::string_view headers) {
  return "GET /a HTTP/1.1\r\nHost: x\r\n" + std::string(headers) + "\r\n";
}

std::string put(std::string_view coding, ByteView body) {
  return "PUT /b HTTP/1.1\r\nHost: x\r\nContent-Encoding: " + std::string(coding) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(as_text(body));
}

HttpHandler answering(std::string type, std::string body) {
  return [type = std::move(type), body = std::move(body)](const Request&, const Writer& response) {
    response->respond(200, type, body);
  };
}

std::string body_of(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

bool is_compressed(const std::string& answer) {
  return answer.find("Content-Encoding: gzip\r\n") != std::string::npos;
}

TEST(Compression, WhoAsksGetsLongTextInGzip) {
  HttpFixture fixture(with_compression(answering("application/json", long_text)));
  const auto answer = fixture.send(get("Accept-Encoding: gzip, deflate, br\r\n"));
  EXPECT_TRUE(is_compressed(answer)) << answer;
  EXPECT_NE(answer.find("Vary: Accept-Encoding\r\n"), std::string::npos);
  const auto packed = body_of(answer);
  EXPECT_NE(answer.find("Content-Length: " + std::to_string(packed.size()) + "\r\n"),
            std::string::npos);
  EXPECT_LT(packed.size(), 100);
  EXPECT_EQ(as_text(gunzip(as_bytes(packed), 1 << 20).bytes), long_text);
  EXPECT_FALSE(fixture.closed());
}

TEST(Compression, WhatIsNotWorthItIsSentAsItIs) {
  struct Row {
    const char* name;
    const char* request;
    const char* type;
    std::string body;
  };
  std::string noise;
  for (std::uint32_t i = 1, x = 1; i < 1500; ++i, x = x * 1664525 + 1013904223)
    noise += static_cast<char>(x >> 24);
  const auto asks = "Accept-Encoding: gzip\r\n";
  const Row rows[] = {
      {"the client does not ask", "", "text/plain", long_text},
      {"the client refuses", "Accept-Encoding: gzip;q=0\r\n", "text/plain", long_text},
      {"short", asks, "text/plain", std::string(1023, 'x')},
      {"above what is held", asks, "text/plain", std::string(4097, 'x')},
      {"no text", asks, "image/png", long_text},
      {"does not get shorter", asks, "text/plain", noise},
  };
  for (const auto& row : rows) {
    HttpFixture fixture(with_compression(answering(row.type, row.body), {.size_max = 4096}));
    const auto answer = fixture.send(get(row.request));
    EXPECT_FALSE(is_compressed(answer)) << row.name;
    EXPECT_EQ(body_of(answer), row.body) << row.name;
    EXPECT_NE(answer.find("Vary: Accept-Encoding\r\n"), std::string::npos) << row.name;
  }
}

TEST(Compression, AnAnswerWithACodingOfItsOwnKeepsIt) {
  HttpFixture fixture(with_compression([](const Request&, const Writer& response) {
    response->respond(200, {{"Content-Type", "text/plain"}, {"Content-Encoding", "br"}},
                      as_bytes(long_text));
  }));
  const auto answer = fixture.send(get("Accept-Encoding: gzip\r\n"));
  EXPECT_FALSE(is_compressed(answer));
  EXPECT_EQ(body_of(answer), long_text);
}

TEST(Compression, AStreamIsNotHeldBack) {
  Writer kept;
  HttpFixture fixture(
      with_compression([&kept](const Request&, Writer response) { kept = std::move(response); }));
  fixture.send(get("Accept-Encoding: gzip\r\n"));
  kept->head(200, {{"Content-Type", "application/json"}});
  fixture.loop.run_ready();
  EXPECT_FALSE(is_compressed(fixture.client->text));
  kept->body(as_bytes(long_text));
  fixture.loop.run_ready();
  EXPECT_NE(fixture.client->text.find(long_text), std::string::npos);
  kept->end();
  fixture.loop.run_ready();
  EXPECT_TRUE(fixture.client->text.ends_with("0\r\n\r\n"));
}

TEST(Compression, HeadHasTheLengthOfTheAnswerAsItIs) {
  HttpFixture fixture(with_compression(answering("text/plain", long_text)));
  const auto answer = fixture.send("HEAD /a HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_FALSE(is_compressed(answer));
  EXPECT_NE(answer.find("Content-Length: 2000\r\n"), std::string::npos);
}

TEST(Compression, AnAnswerThatIsShorterThanItSaysBreaksTheConnection) {
  HttpFixture fixture(with_compression([](const Request&, const Writer& response) {
    response->head(200, {{"Content-Type", "text/plain"}, {"Content-Length", "3000"}});
    response->body(as_bytes(long_text));
    response->end();
  }));
  fixture.send(get("Accept-Encoding: gzip\r\n"));
  EXPECT_EQ(fixture.client->closed, CloseReason::failed);
}

TEST(Compression, AnAnswerThatIsDroppedIsAnError) {
  HttpFixture fixture(with_compression([](const Request&, const Writer& response) {
    response->head(200, {{"Content-Type", "text/plain"}, {"Content-Length", "2000"}});
  }));
  EXPECT_TRUE(fixture.send(get("Accept-Encoding: gzip\r\n")).starts_with("HTTP/1.1 500 "));
}

TEST(Compression, ARequestInGzipIsUnpacked) {
  for (const auto* coding : {"gzip", "GZIP", "x-gzip"}) {
    HttpFixture fixture(with_compression(echo()));
    const auto answer = fixture.send(put(coding, gzip(as_bytes("{\"a\":1}"))));
    EXPECT_EQ(body_of(answer), "PUT /b {\"a\":1}") << coding;
  }
  HttpFixture fixture(with_compression(echo()));
  EXPECT_EQ(body_of(fixture.send(put("identity", as_bytes("abc")))), "PUT /b abc");
}

TEST(Compression, AHandlerSeesNoCodingOfWhatWasUnpacked) {
  Headers seen;
  HttpFixture fixture(with_compression([&seen](const Request& request, const Writer& response) {
    seen = request.headers;
    response->respond(200, "text/plain", "");
  }));
  fixture.send(put("gzip", gzip(as_bytes("hello"))));
  EXPECT_FALSE(seen.contains("Content-Encoding"));
  EXPECT_EQ(seen.value("Content-Length"), "5");
}

TEST(Compression, WhatCanNotBeUnpackedReachesNoHandler) {
  struct Row {
    const char* name;
    std::string sent;
    const char* answered;
  };
  const Row rows[] = {
      {"another coding", put("br", as_bytes("abc")), "HTTP/1.1 415 "},
      {"two codings", put("gzip, gzip", gzip(gzip(as_bytes("abc")))), "HTTP/1.1 415 "},
      {"no gzip", put("gzip", as_bytes("abc")), "HTTP/1.1 400 "},
      {"too large", put("gzip", gzip(Bytes(101))), "HTTP/1.1 400 "},
  };
  for (const auto& row : rows) {
    HttpFixture fixture(with_compression(echo(), {.request_size_max = 100}));
    const auto answer = fixture.send(row.sent);
    EXPECT_TRUE(answer.starts_with(row.answered)) << row.name << ": " << answer;
    EXPECT_EQ(answer.find("PUT"), std::string::npos) << row.name;
    const bool says_what = answer.find("Accept-Encoding: gzip\r\n") != std::string::npos;
    EXPECT_EQ(says_what, std::string_view(row.answered) == "HTTP/1.1 415 ") << row.name;
  }
}

TEST(Compression, WhatIsTooLargeWhenUnpackedIsAnsweredByItsHandler) {
  const auto too_large = [](const Request& request, const Writer& response) {
    response->respond(400, "application/json", std::to_string(request.body.size()));
  };
  HttpFixture fixture(with_compression(echo(), {.request_size_max = 100}, too_large));
  const auto answer = fixture.send(put("gzip", gzip(Bytes(101))));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
  EXPECT_EQ(body_of(answer), "0");
}

TEST(Compression, AcceptEncodingIsReadAsClientsWriteIt) {
  struct Row {
    const char* value;
    bool accepts;
  };
  const Row rows[] = {
      {"gzip", true},
      {"deflate, gzip", true},
      {"GZip", true},
      {"gzip;q=0.5", true},
      {"gzip ; Q=0.001", true},
      {"*", true},
      {"br;q=1.0, *", true},
      {"", false},
      {"br", false},
      {"gzip;q=0", false},
      {"gzip; q=0.000", false},
      {"gzip;q=0, *", false},
      {"*;q=0", false},
      {"identity;q=1", false},
      {"gzipped", false},
      {",,;;q=0,gzip;x", true},
      {"*;q=0, gzip;q=0.1", true},
  };
  for (const auto& row : rows)
    EXPECT_EQ(accepts_gzip({{"Accept-Encoding", row.value}}), row.accepts) << row.value;
  EXPECT_FALSE(accepts_gzip({}));
  EXPECT_TRUE(accepts_gzip({{"Accept-Encoding", "br"}, {"accept-encoding", "gzip"}}));
}

}  // namespace
}  // namespace ff::net::http
