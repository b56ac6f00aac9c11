// The client against our own HTTP server and against servers that break HTTP, over loopback.
#include "net/http_client/client.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <map>
#include <mutex>

#include "net/http/server.hpp"
#include "net/tls/self_signed.hpp"
#include "protocol/base/random.hpp"
#include "test/net/stream/tcp_fixture.hpp"

namespace ff::net::http_client {
namespace {

using Answer = Result<ClientAnswer>;

UtcTime wall_clock() {
  return UtcTime(
      std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()));
}

ClientOptions on_loopback() {
  ClientOptions options;
  options.targets =
      TargetPolicy({*AddressBlock::parse("127.0.0.0/8"), *AddressBlock::parse("::1")});
  options.timeout = patience;
  options.connect_timeout = patience;
  return options;
}

/// A server, a client, and the requests that the server has seen.
struct Site {
  explicit Site(http::HttpHandler handler, std::shared_ptr<tls::ServerContext> tls = nullptr)
      : server({}, std::move(handler)) {
    ListenOptions listen;
    listen.tls = std::move(tls);
    listener = std::move(
        *fixture.network->listen(TcpFixture::loopback(), std::move(listen), server.acceptor()));
  }
  std::string url(const std::string& path = "/", const std::string& host = "127.0.0.1",
                  const std::string& scheme = "http") const {
    return scheme + "://" + host + ":" + std::to_string(listener->local().port()) + path;
  }

  TcpFixture fixture;
  http::HttpServer server;
  std::unique_ptr<Listener> listener;
};

/// What a raw server says to whoever connects.
struct RawSite {
  explicit RawSite(std::string text, bool close = true) {
    listener = std::move(*fixture.network->listen(TcpFixture::loopback(), {},
                                                  [text, close](std::shared_ptr<Stream> stream) {
                                                    auto* raw = stream.get();
                                                    auto held = std::make_shared<Held>();
                                                    held->stream = std::move(stream);
                                                    held->on_bytes = [raw, text, close] {
                                                      raw->write(as_bytes(text));
                                                      if (close) raw->close();
                                                    };
                                                    return held;
                                                  }));
  }
  struct Held final : StreamHandler {
    void on_data(ByteView) override {
      if (on_bytes) std::exchange(on_bytes, nullptr)();
    }
    void on_closed(CloseReason) override { stream.reset(); }
    std::shared_ptr<Stream> stream;
    std::function<void()> on_bytes;
  };
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(listener->local().port()) + "/";
  }
  TcpFixture fixture;
  std::unique_ptr<Listener> listener;
};

/// Answers its first request, and closes when it has read any other.
struct ForgetfulSite {
  ForgetfulSite() {
    listener = std::move(*fixture.network->listen(TcpFixture::loopback(), {},
                                                  [this](std::shared_ptr<Stream> stream) {
                                                    return std::make_shared<Reader>(*this, stream);
                                                  }));
  }
  struct Reader final : StreamHandler {
    Reader(ForgetfulSite& whose, std::shared_ptr<Stream> taken)
        : site(whose), stream(std::move(taken)) {}
    void on_data(ByteView bytes) override {
      text += as_text(bytes);
      if (!text.ends_with("hello")) return;
      text.clear();
      if (++site.heard > 1) return stream->close();
      stream->write(as_bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    }
    void on_closed(CloseReason) override { stream.reset(); }
    ForgetfulSite& site;
    std::shared_ptr<Stream> stream;
    std::string text;
  };
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(listener->local().port()) + "/";
  }
  std::atomic<int> heard = 0;
  TcpFixture fixture;
  std::unique_ptr<Listener> listener;
};

Answer ask(HttpClient& client, ClientRequest request) {
  auto result = std::make_shared<Awaited<std::shared_ptr<Answer>>>();
  client.send(std::move(request), [result](Answer answer) {
    result->set(std::make_shared<Answer>(std::move(answer)));
  });
  const auto answer = result->wait();
  return answer ? **answer : Answer(fail(stopped));
}

ClientRequest post(std::string url, const std::string& body = "hello") {
  ClientRequest request;
  request.url = std::move(url);
  request.headers = {{"Content-Type", "text/plain"}, {"X-Empty", ""}, {"X-Key", "value"}};
  request.body = std::make_shared<const Bytes>(body.begin(), body.end());
  return request;
}

std::string error_of(const Answer& answer) {
  return answer ? "status " + std::to_string(answer->status) : std::string(answer.error().name());
}

/// Answers with what it got.
void echo(const http::Request& request, const std::shared_ptr<http::ResponseWriter>& response) {
  auto text = request.method + " " + request.target + " " + std::string(as_text(request.body));
  for (const auto* name : {"Content-Type", "X-Empty", "X-Key", "Expect", "Host", "Authorization"}) {
    if (request.headers.contains(name))
      text += std::string("|") + name + "=" + std::string(request.headers.value(name));
  }
  response->respond(200, "text/plain", text);
}

TEST(HttpClient, PostsBodyAndHeadersOnceOrNot) {
  Site site(echo);
  const auto client = *make_http_client(on_loopback());
  auto request = post(site.url("/a?b=c", "user:pass@127.0.0.1"));
  request.headers.add("Content-Length", "3");
  request.headers.add("Transfer-Encoding", "chunked");
  request.headers.add("X-Split", "a\r\nX-Evil: b");
  for (const bool once : {false, true}) {
    request.once = once;
    const auto answer = ask(*client, request);
    ASSERT_TRUE(answer) << answer.error().to_string();
    EXPECT_EQ(answer->status, 200);
    EXPECT_TRUE(answer->whole);
    EXPECT_EQ(answer->body,
              "POST /a?b=c hello|Content-Type=text/plain|X-Empty=|X-Key=value|Host=127.0.0.1:" +
                  std::to_string(site.listener->local().port()) +
                  "|Authorization=Basic dXNlcjpwYXNz");
  }
}

TEST(HttpClient, RefusesPrivateTargetsHoweverTheyAreWritten) {
  std::atomic<int> seen = 0;
  Site site([&](const http::Request&, const auto& response) {
    ++seen;
    response->respond(200, "text/plain", "inside");
  });
  auto options = on_loopback();
  options.targets = {};
  const auto client = *make_http_client(options);
  for (const auto* host : {"127.0.0.1", "localhost", "0x7f000001", "2130706433", "127.1",
                           "[::ffff:127.0.0.1]", "0.0.0.0", "[::1]"}) {
    EXPECT_EQ(error_of(ask(*client, post(site.url("/", host)))), "target_refused") << host;
  }
  EXPECT_EQ(seen, 0);
  EXPECT_EQ(client->counters().refused, 8U);
}

TEST(HttpClient, RefusesARedirectToAPrivateTarget) {
  std::atomic<int> inside = 0;
  Site target([&](const http::Request&, const auto& response) {
    ++inside;
    response->respond(200, "text/plain", "inside");
  });
  Site site([&](const http::Request&, const auto& response) {
    response->respond(307, http::Headers{{"Location", target.url("/", "127.0.0.2")}}, ByteView());
  });
  auto options = on_loopback();
  options.targets = TargetPolicy({*AddressBlock::parse("127.0.0.1")});
  const auto client = *make_http_client(options);
  EXPECT_EQ(error_of(ask(*client, post(site.url()))), "target_refused");
  EXPECT_EQ(inside, 0);
}

TEST(HttpClient, FollowsAFewRedirects) {
  Site site([](const http::Request& request, const auto& response) {
    if (request.target == "/loop")
      return response->respond(302, http::Headers{{"Location", "/loop"}}, ByteView());
    if (request.target == "/moved")
      return response->respond(308, http::Headers{{"Location", "/new"}}, ByteView());
    if (request.target == "/bare") return response->respond(302, http::Headers{}, ByteView());
    if (request.target == "/file")
      return response->respond(302, http::Headers{{"Location", "file:///etc/passwd"}}, ByteView());
    echo(request, response);
  });
  const auto client = *make_http_client(on_loopback());
  const auto moved = ask(*client, post(site.url("/moved")));
  ASSERT_TRUE(moved);
  EXPECT_TRUE(moved->body.starts_with("POST /new hello")) << moved->body;
  EXPECT_EQ(error_of(ask(*client, post(site.url("/loop")))), "redirect_refused");
  EXPECT_EQ(error_of(ask(*client, post(site.url("/file")))), "redirect_refused");
  EXPECT_EQ(error_of(ask(*client, post(site.url("/bare")))), "status 302");
}

TEST(HttpClient, KeepsNoMoreOfAnAnswerThanAllowed) {
  Site site([](const http::Request& request, const auto& response) {
    response->respond(200, "text/plain",
                      std::string(request.target == "/huge" ? 8U << 20U : 100, 'x'));
  });
  auto options = on_loopback();
  options.answer_size_max = 100;
  const auto client = *make_http_client(options);
  const auto small = ask(*client, post(site.url("/small")));
  ASSERT_TRUE(small);
  EXPECT_TRUE(small->whole);
  const auto huge = ask(*client, post(site.url("/huge")));
  ASSERT_TRUE(huge);
  EXPECT_EQ(huge->status, 200);
  EXPECT_FALSE(huge->whole);
  EXPECT_EQ(huge->body, std::string(100, 'x'));
}

TEST(HttpClient, GivesUpInTime) {
  auto options = on_loopback();
  options.timeout = std::chrono::milliseconds{100};
  const auto client = *make_http_client(options);
  const auto gone = RawSite("", false).url();
  EXPECT_EQ(error_of(ask(*client, post(gone))), "not_connected");
  RawSite silent("", false);
  EXPECT_EQ(error_of(ask(*client, post(silent.url()))), "timeout");
  RawSite half("HTTP/1.1 200 OK\r\nContent-Le", false);
  EXPECT_EQ(error_of(ask(*client, post(half.url()))), "timeout");
  RawSite continuing("HTTP/1.1 100 Continue\r\n\r\n", false);
  EXPECT_EQ(error_of(ask(*client, post(continuing.url()))), "timeout");
  // The server has said what it thinks of the request.
  RawSite body("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", false);
  const auto answer = ask(*client, post(body.url()));
  ASSERT_TRUE(answer) << answer.error().to_string();
  EXPECT_EQ(answer->status, 200);
  EXPECT_FALSE(answer->whole);
}

TEST(HttpClient, TellsWhatIsBroken) {
  const auto client = *make_http_client(on_loopback());
  EXPECT_EQ(error_of(ask(*client, post("ftp://127.0.0.1/"))), "invalid_url");
  EXPECT_EQ(error_of(ask(*client, post("http://"))), "invalid_url");
  EXPECT_EQ(error_of(ask(*client, post("nonsense"))), "invalid_url");
  EXPECT_EQ(error_of(ask(*client, post("http://does-not-exist.invalid/"))), "host_not_found");
  EXPECT_EQ(error_of(ask(*client, post(RawSite("garbage\r\n\r\n").url()))), "connection");
  RawSite closes("");
  EXPECT_EQ(error_of(ask(*client, post(closes.url()))), "connection");
  RawSite garbage("garbage\r\n\r\n");
  EXPECT_EQ(error_of(ask(*client, post(garbage.url()))), "connection");
  RawSite endless("HTTP/1.1 200 OK\r\nX: " + std::string(90'000, 'x') + "\r\n\r\n");
  const auto large = error_of(ask(*client, post(endless.url())));
  EXPECT_TRUE(large == "answer_too_large" || large == "connection") << large;
}

TEST(HttpClient, WhatIsToBeSaidOnceIsNotRepeatedOnAnotherConnection) {
  for (const bool once : {false, true}) {
    ForgetfulSite site;
    const auto client = *make_http_client(on_loopback());
    auto request = post(site.url());
    request.once = once;
    EXPECT_EQ(error_of(ask(*client, request)), "status 200");
    EXPECT_EQ(error_of(ask(*client, request)), "connection");
    EXPECT_EQ(site.heard, once ? 2 : 3);
  }
}

TEST(HttpClient, ARequestMayHaveLessTimeThanTheClient) {
  const auto client = *make_http_client(on_loopback());
  RawSite silent("", false);
  auto request = post(silent.url());
  request.timeout = std::chrono::milliseconds{50};
  EXPECT_EQ(error_of(ask(*client, request)), "timeout");
}

TEST(HttpClient, ChecksTheServersCertificate) {
  auto random = make_seeded_random(1);
  const auto pair = *tls::make_self_signed({}, wall_clock(), *random);
  Site site(echo, *tls::ServerContext::create(pair));
  const auto distrusting = *make_http_client(on_loopback());
  EXPECT_EQ(error_of(ask(*distrusting, post(site.url("/", "localhost", "https")))), "tls");

  const auto file = testing::TempDir() + "http_client_test_ca.pem";
  std::ofstream(file) << pair.certificate_pem;
  auto options = on_loopback();
  options.ca_file = file;
  const auto client = *make_http_client(options);
  EXPECT_EQ(error_of(ask(*client, post(site.url("/", "localhost", "https")))), "status 200");
  std::remove(file.c_str());
}

TEST(HttpClient, ShowsItsCertificate) {
  auto random = make_seeded_random(1);
  const auto pair = *tls::make_self_signed({}, wall_clock(), *random);
  tls::ServerOptions server;
  server.client_certificates = tls::ClientCertificates::require;
  server.client_roots_pem = pair.certificate_pem;
  Site site(echo, *tls::ServerContext::create(pair, server));
  const auto certificate = testing::TempDir() + "http_client_test_cert.pem";
  const auto key = testing::TempDir() + "http_client_test_key.pem";
  std::ofstream(certificate) << pair.certificate_pem;
  std::ofstream(key) << pair.key_pem;
  auto options = on_loopback();
  options.ca_file = certificate;
  const auto without = *make_http_client(options);
  EXPECT_NE(error_of(ask(*without, post(site.url("/", "localhost", "https")))), "status 200");
  options.certificate_file = certificate;
  options.key_file = key;
  const auto with = *make_http_client(options);
  EXPECT_EQ(error_of(ask(*with, post(site.url("/", "localhost", "https")))), "status 200");
  std::remove(certificate.c_str());
  std::remove(key.c_str());
}

TEST(HttpClient, GoesThroughAProxyWhereverThatIs) {
  Site proxy([](const http::Request& request, const auto& response) {
    response->respond(200, "text/plain", "for " + request.target);
  });
  auto options = on_loopback();
  options.targets = {};
  options.proxy = proxy.url("");
  const auto client = *make_http_client(options);
  const auto answer = ask(*client, post("http://hooks.example.com/x"));
  ASSERT_TRUE(answer) << answer.error().to_string();
  EXPECT_EQ(answer->body, "for http://hooks.example.com/x");
  EXPECT_EQ(error_of(ask(*client, post("http://10.0.0.1/x"))), "target_refused");
  EXPECT_EQ(error_of(ask(*client, post("http://0x0a000001/x"))), "target_refused");
}

TEST(HttpClient, BoundsWhatWaits) {
  std::mutex mutex;
  std::vector<std::shared_ptr<http::ResponseWriter>> held;
  Site site([&](const http::Request&, const auto& response) {
    const std::scoped_lock lock(mutex);
    held.push_back(response);
  });
  auto options = on_loopback();
  options.under_way_max = 2;
  options.waiting_max = 3;
  auto client = *make_http_client(options);
  std::atomic<int> overloads = 0;
  std::atomic<int> ends = 0;
  for (int i = 0; i < 40; ++i) {
    client->send(post(site.url()), [&](const Answer& answer) {
      ++(answer ? ends : answer.error().is(overloaded) ? overloads : ends);
    });
  }
  EXPECT_GE(overloads, 35 - 2);
  EXPECT_LE(client->counters().under_way, 2U);
  // All are answered when it ends.
  client.reset();
  EXPECT_EQ(overloads + ends, 40);
}

TEST(HttpClient, ManyRequestsShareConnections) {
  Site site(echo);
  const auto client = *make_http_client(on_loopback());
  std::atomic<int> good = 0;
  auto done = std::make_shared<Awaited<bool>>();
  for (int i = 0; i < 1000; ++i) {
    client->send(post(site.url()), [&, done](const Answer& answer) {
      if (answer && answer->status == 200 && ++good == 1000) done->set(true);
    });
  }
  EXPECT_TRUE(done->wait());
  EXPECT_EQ(client->counters().answers, 1000U);
  EXPECT_LE(site.listener->counters().accepted, 256U);
}

}  // namespace
}  // namespace ff::net::http_client
