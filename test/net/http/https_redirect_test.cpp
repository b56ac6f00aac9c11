// Where requests are sent that should have come with TLS, or to another name.
#include "net/http/https_redirect.hpp"

#include <gtest/gtest.h>

#include "test/net/http/server_fixture.hpp"

namespace ff::net::http {
namespace {

RedirectRules to_tls() {
  return {.to_tls = true,
          .tls_port = 8885,
          .to_host = "",
          .trusted_proxies = {*AddressBlock::parse("10.0.0.0/8")},
          .is_exempt = [](std::string_view path) { return path == "/healthz"; }};
}

struct Asked {
  const char* name;
  std::string host;
  std::string target;
  const char* remote = "192.0.2.7:4711";
  Headers more = {};
  std::string expected = {};  // empty: served here
};

Request request_of(const Asked& row) {
  Request request;
  request.method = "GET";
  request.target = row.target;
  request.headers = row.more;
  if (!row.host.empty()) request.headers.add("Host", row.host);
  request.remote = *Endpoint::parse(row.remote);
  return request;
}

TEST(HttpsRedirect, GoesToTheSamePlaceWithTls) {
  const char* const proxy = "10.1.2.3:4711";
  const Asked rows[] = {
      {.name = "our port",
       .host = "a.example:1885",
       .target = "/api/v3/x?y=1",
       .expected = "https://a.example:8885/api/v3/x?y=1"},
      {.name = "port 80", .host = "a.example", .target = "/", .expected = "https://a.example/"},
      {.name = "port 80, said",
       .host = "a.example:80",
       .target = "/",
       .expected = "https://a.example/"},
      {.name = "IPv6",
       .host = "[2001:db8::1]:1885",
       .target = "/",
       .expected = "https://[2001:db8::1]:8885/"},
      {.name = "IPv6 without a port",
       .host = "[2001:db8::1]",
       .target = "/",
       .expected = "https://[2001:db8::1]/"},
      {.name = "exempt", .host = "a.example:1885", .target = "/healthz?x", .expected = ""},
      {.name = "a proxy ends TLS",
       .host = "a.example",
       .target = "/",
       .remote = proxy,
       .more = {{"X-Forwarded-Proto", "https"}},
       .expected = ""},
      {.name = "a proxy without TLS",
       .host = "inner:1885",
       .target = "/",
       .remote = proxy,
       .more = {{"X-Forwarded-Proto", "http"}, {"X-Forwarded-Host", "a.example"}},
       .expected = "https://a.example/"},
      {.name = "who says so is no proxy",
       .host = "a.example",
       .target = "/",
       .more = {{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "evil.example"}},
       .expected = "https://a.example/"},
      {.name = "no host", .host = "", .target = "/", .expected = ""},
      {.name = "no such host", .host = "a.example/@evil", .target = "/", .expected = ""},
      {.name = "user information", .host = "a@evil.example", .target = "/", .expected = ""},
      {.name = "no such port", .host = "a.example:99999", .target = "/", .expected = ""},
      {.name = "no path", .host = "a.example", .target = "*", .expected = ""},
  };
  for (const auto& row : rows)
    EXPECT_EQ(redirect_target(to_tls(), request_of(row)).value_or(""), row.expected) << row.name;
}

TEST(HttpsRedirect, ThePortOfHttpsIsNotSaid) {
  auto rules = to_tls();
  rules.tls_port = 443;
  EXPECT_EQ(redirect_target(rules, request_of({.name = "", .host = "a:8080", .target = "/x"})),
            "https://a/x");
}

TEST(HttpsRedirect, GoesToTheOneHost) {
  RedirectRules rules{.to_host = "b.example"};
  EXPECT_EQ(redirect_target(rules, request_of({.name = "", .host = "a:1885", .target = "/x"})),
            "http://b.example:1885/x");
  EXPECT_FALSE(
      redirect_target(rules, request_of({.name = "", .host = "b.example:1885", .target = "/x"})));
  rules.to_host = "b.example:8080";
  EXPECT_EQ(redirect_target(rules, request_of({.name = "", .host = "a:1885", .target = "/x"})),
            "http://b.example:8080/x");
  EXPECT_FALSE(
      redirect_target(rules, request_of({.name = "", .host = "b.example:8080", .target = "/x"})));
  rules = to_tls();
  rules.to_host = "b.example";
  EXPECT_EQ(redirect_target(rules, request_of({.name = "", .host = "a:1885", .target = "/x"})),
            "https://b.example:8885/x");
}

TEST(HttpsRedirect, AnswersFoundAndLeavesTheRestToOthers) {
  HttpFixture http(with_redirects(to_tls(), echo()));
  const auto& text = http.send("GET /x HTTP/1.1\r\nHost: a.example:1885\r\n\r\n");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 302 Found\r\nLocation: https://a.example:8885/x\r\n"))
      << text;
  http.client->text.clear();
  EXPECT_EQ(http.send("GET /healthz HTTP/1.1\r\nHost: a.example:1885\r\n\r\n"),
            answer("GET /healthz "));
}

TEST(HttpsRedirect, NothingIsInTheWayWithoutRules) {
  HttpFixture http(with_redirects({}, echo()));
  EXPECT_EQ(http.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n"), answer("GET /x "));
}

}  // namespace
}  // namespace ff::net::http
