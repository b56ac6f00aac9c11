#include "app/api/http_limits.hpp"

#include <gtest/gtest.h>

namespace ff::api {
namespace {

class Writer final : public net::http::ResponseWriter {
 public:
  void head(int status, net::http::Headers) override { status_ = status; }
  net::WriteResult body(ByteView chunk) override {
    text_ += as_text(chunk);
    return net::WriteResult::accepted;
  }
  void end() override {}
  void on_disconnect(net::Task) override {}
  std::size_t outgoing_size() const noexcept override { return 0; }
  void when_room(net::Task task) override { task(); }
  void preset(std::string_view name, std::string_view value) override { presets_.add(name, value); }
  void upgrade(net::http::Headers, net::AcceptHandler) override {}

  int status_ = 0;
  std::string text_;
  net::http::Headers presets_;
};

struct HttpLimitsTest : testing::Test {
  HttpLimits limits{.limiter = *net::RateLimiter::make(
                        {{"web", 60, 1, {"http"}}, {"oauth", 60, 2, {"http:oauth"}}}, 64,
                        {.now = [] { return MonoTime(); }}),
                    .trusted_proxies = {*net::AddressBlock::parse("10.0.0.0/8")},
                    .new_error_id = [] { return std::string(32, 'e'); }};

  struct From {
    const char* remote = "192.0.2.1:5000";
    const char* path = "/oauth/token";
    net::http::Headers headers = {};
  };
  static std::shared_ptr<Writer> ask(const net::http::HttpHandler& handler, const From& from) {
    net::http::Request request;
    request.method = "GET";
    request.target = from.path;
    request.headers = from.headers;
    request.remote = *net::Endpoint::parse(from.remote);
    auto writer = std::make_shared<Writer>();
    handler(std::move(request), writer);
    return writer;
  }
  net::http::HttpHandler served(const char* class_name) const {
    return with_limit(limits, class_name, [](const auto&, const auto& writer) {
      writer->respond(200, "text/plain", "served");
    });
  }
};

TEST_F(HttpLimitsTest, TheCallerIsToldHowMuchIsLeft) {
  const auto handler = served("http:oauth");
  const auto first = ask(handler, {});
  EXPECT_EQ(first->status_, 200);
  EXPECT_EQ(first->presets_.value("X-Rate-Limit-Limit"), "2");
  EXPECT_EQ(first->presets_.value("X-Rate-Limit-Available"), "1");
  EXPECT_EQ(first->presets_.value("X-Rate-Limit-Reset"), "1");
  EXPECT_EQ(first->presets_.value("X-Rate-Limit-Retry"), "0");
  ask(handler, {});
  const auto refused = ask(handler, {});
  EXPECT_EQ(refused->status_, 429);
  EXPECT_EQ(refused->presets_.value("X-Rate-Limit-Retry"), "1");
  EXPECT_NE(refused->text_.find("http:oauth:ip:192.0.2.1:url:/oauth/token"), std::string::npos)
      << refused->text_;
}

TEST_F(HttpLimitsTest, CallersAndPathsAreCountedOnTheirOwn) {
  const auto handler = served("http:metrics");  // by `http`: one at once
  const From froms[] = {
      {},
      {.remote = "192.0.2.2:5000"},
      {.path = "/oauth/other"},
      {.remote = "[2001:db8:1:2::1]:5000"},
      {.remote = "[2001:db8:1:3::1]:5000"},
      {.remote = "10.0.0.1:1", .headers = {{"X-Real-IP", "198.51.100.1"}}},
      {.remote = "10.0.0.1:1", .headers = {{"X-Real-IP", "198.51.100.2"}}},
  };
  for (const auto& from : froms) EXPECT_EQ(ask(handler, from)->status_, 200);
  for (const auto& from : froms) EXPECT_EQ(ask(handler, from)->status_, 429);
  // Another port is the same caller, as another address of a host; a name that a stranger writes is
  // not believed, and what he says to be his token neither.
  EXPECT_EQ(ask(handler, {.remote = "[2001:db8:1:2::2]:5000"})->status_, 429);
  EXPECT_EQ(ask(handler, {.headers = {{"Authorization", "Bearer NNSXS.ID.SECRET"}}})->status_, 429);
  EXPECT_EQ(ask(handler, {.remote = "192.0.2.1:5001"})->status_, 429);
  EXPECT_EQ(ask(handler, {.headers = {{"X-Real-IP", "198.51.100.3"}}})->status_, 429);
}

TEST_F(HttpLimitsTest, WithoutAProfileThereAreNoHeaders) {
  limits.limiter = nullptr;
  for (int i = 0; i < 5; ++i) {
    const auto answer = ask(served("http:oauth"), {});
    EXPECT_EQ(answer->status_, 200);
    EXPECT_EQ(answer->presets_.size(), 0U);
  }
}

}  // namespace
}  // namespace ff::api
