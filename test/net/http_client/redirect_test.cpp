#include "net/http_client/redirect.hpp"

#include <gtest/gtest.h>

namespace ff::net::http_client {
namespace {

ClientRequest post(std::string url) {
  ClientRequest request;
  request.url = std::move(url);
  request.headers = {{"Authorization", "Bearer secret"},
                     {"X-Downlink-Apikey", "secret"},
                     {"Content-Type", "application/json"},
                     {"X-Message-Id", "1"}};
  const std::string body = "{}";
  request.body = std::make_shared<const Bytes>(body.begin(), body.end());
  return request;
}

ClientOptions options() {
  ClientOptions out;
  out.harmless_headers = {"x-message-id"};
  return out;
}

TEST(Redirect, OriginsAreComparedInOneForm) {
  EXPECT_EQ(origin_of("HTTPS://Example.COM/a?b#c"), "https://example.com:443");
  EXPECT_EQ(origin_of("http://user:pass@example.com:8080"), "http://example.com:8080");
  EXPECT_EQ(origin_of("http://[2001:db8::1]/x"), "http://[2001:db8::1]:80");
  EXPECT_EQ(origin_of("http://[2001:db8::1]:81/x"), "http://[2001:db8::1]:81");
  EXPECT_EQ(origin_of("https://a.example?x=http://b.example"), "https://a.example:443");
  for (const auto* url : {"", "example.com", "ftp://example.com", "http:///x", "https://", "//a"})
    EXPECT_FALSE(origin_of(url)) << url;
}

TEST(Redirect, KeepsMethodAndBodyOfAPost) {
  for (const int status : {301, 302, 307, 308}) {
    const auto next =
        redirected(post("http://a.example/x"), status, "http://a.example/y", options());
    ASSERT_TRUE(next) << status;
    EXPECT_EQ(next->method, "POST");
    EXPECT_EQ(next->url, "http://a.example/y");
    EXPECT_TRUE(next->body);
    EXPECT_EQ(next->headers.size(), 4U);
  }
}

TEST(Redirect, SeeOtherIsReadWithGet) {
  const auto next = redirected(post("http://a.example/x"), 303, "http://a.example/y", options());
  ASSERT_TRUE(next);
  EXPECT_EQ(next->method, "GET");
  EXPECT_FALSE(next->body);
  EXPECT_FALSE(next->headers.contains("Content-Type"));
}

TEST(Redirect, SecretsDoNotLeaveTheirOrigin) {
  for (const auto* url : {"http://b.example/x", "http://a.example:81/x", "https://a.example/x"}) {
    const auto next = redirected(post("http://a.example/x"), 307, url, options());
    ASSERT_TRUE(next);
    EXPECT_EQ(next->headers,
              (http::Headers{{"Content-Type", "application/json"}, {"X-Message-Id", "1"}}))
        << url;
  }
}

TEST(Redirect, RefusesLessSecureAndOtherSchemes) {
  EXPECT_FALSE(redirected(post("https://a.example/"), 307, "http://a.example/", options()));
  EXPECT_FALSE(redirected(post("https://a.example/"), 307, "file:///etc/passwd", options()));
  EXPECT_FALSE(redirected(post("http://a.example/"), 307, "gopher://a.example/", options()));
}

}  // namespace
}  // namespace ff::net::http_client
