// What browsers are told about pages of other origins. [spec api-conventions §8]
#include "app/api/http_cors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace ff::api {
namespace {

using net::http::Headers;

class Writer final : public net::http::ResponseWriter {
 public:
  void head(int status, Headers headers) override {
    status_ = status;
    headers_ = std::move(headers);
  }
  net::WriteResult body(ByteView) override { return net::WriteResult::accepted; }
  void end() override { ended_ = true; }
  void on_disconnect(net::Task) override {}
  std::size_t outgoing_size() const noexcept override { return 0; }
  void when_room(net::Task task) override { task(); }
  void preset(std::string_view name, std::string_view value) override { presets_.add(name, value); }
  void upgrade(Headers, net::AcceptHandler) override {}

  int status_ = 0;
  bool ended_ = false;
  Headers headers_;
  Headers presets_;
};

struct Asked {
  std::shared_ptr<Writer> writer = std::make_shared<Writer>();
  bool reached_the_api = false;
};

Asked ask(const char* method, Headers headers) {
  Asked out;
  const auto handler = with_cors([&out](const auto&, const auto&) { out.reached_the_api = true; });
  net::http::Request request;
  request.method = method;
  request.target = "/api/v3/applications";
  request.headers = std::move(headers);
  handler(std::move(request), out.writer);
  return out;
}

std::size_t cors_headers(const Headers& headers) {
  return static_cast<std::size_t>(std::ranges::count_if(
      headers, [](const auto& header) { return header.name.starts_with("Access-Control-"); }));
}

TEST(Cors, WhoComesFromNoPageIsToldNothing) {
  for (const auto* method : {"GET", "OPTIONS"}) {
    const auto asked = ask(method, {{"Access-Control-Request-Method", "PUT"}});
    EXPECT_TRUE(asked.reached_the_api);
    EXPECT_EQ(cors_headers(asked.writer->presets_), 0U);
  }
}

TEST(Cors, APageOfAnyOriginMaySeeAnswersAndTheirHeaders) {
  for (const auto* origin : {"https://example.com", "http://localhost:8080", "null"}) {
    const auto asked = ask("PUT", {{"Origin", origin}});
    EXPECT_TRUE(asked.reached_the_api);
    EXPECT_EQ(asked.writer->presets_.value("Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(asked.writer->presets_.value("Access-Control-Expose-Headers"),
              "Date, Content-Length, X-Rate-Limit-Limit, X-Rate-Limit-Available, "
              "X-Rate-Limit-Reset, X-Rate-Limit-Retry, X-Request-Id, X-Total-Count, X-Warning");
    EXPECT_EQ(cors_headers(asked.writer->presets_), 2U);
  }
}

TEST(Cors, APreflightIsAnsweredBeforeTheApi) {
  const auto asked = ask("OPTIONS", {{"Origin", "https://example.com"},
                                     {"Access-Control-Request-Method", "PATCH"},
                                     {"Access-Control-Request-Headers", "authorization"}});
  EXPECT_FALSE(asked.reached_the_api);
  const auto& writer = *asked.writer;
  EXPECT_TRUE(writer.ended_);
  EXPECT_EQ(writer.status_, 200);
  EXPECT_EQ(writer.headers_.value("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(writer.headers_.value("Access-Control-Allow-Methods"), "GET, POST, PUT, PATCH, DELETE");
  EXPECT_EQ(writer.headers_.value("Access-Control-Allow-Headers"),
            "Authorization, Content-Type, X-CSRF-Token");
  EXPECT_EQ(writer.headers_.value("Access-Control-Max-Age"), "600");
}

TEST(Cors, CookiesOfOtherOriginsAreNeverAllowed) {
  const auto asked =
      ask("OPTIONS", {{"Origin", "https://example.com"}, {"Access-Control-Request-Method", "PUT"}});
  EXPECT_FALSE(asked.writer->headers_.contains("Access-Control-Allow-Credentials"));
  EXPECT_FALSE(ask("GET", {{"Origin", "https://example.com"}})
                   .writer->presets_.contains("Access-Control-Allow-Credentials"));
}

TEST(Cors, AnotherOptionsRequestIsTheApis) {
  EXPECT_TRUE(ask("OPTIONS", {{"Origin", "https://example.com"}}).reached_the_api);
}

}  // namespace
}  // namespace ff::api
