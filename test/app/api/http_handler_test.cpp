// The gateway behind the writer of net/http.
#include "app/api/http_handler.hpp"

#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <future>

namespace ff::api {
namespace {

class Writer final : public net::http::ResponseWriter {
 public:
  void head(int status, net::http::Headers headers) override {
    status_ = status;
    content_type_ = headers.value("content-type");
  }
  net::WriteResult body(ByteView chunk) override {
    text_ += as_text(chunk);
    return net::WriteResult::accepted;
  }
  void end() override { ended_.set_value(); }
  void on_disconnect(net::Task) override {}
  std::size_t outgoing_size() const noexcept override { return 0; }
  void when_room(net::Task task) override { task(); }
  void preset(std::string_view, std::string_view) override {}
  void upgrade(net::http::Headers, net::AcceptHandler) override {}

  int status_ = 0;
  std::string content_type_;
  std::string text_;
  std::promise<void> ended_;
};

struct Row {
  const char* method;
  const char* target;
  int status;
  const char* text;
};

TEST(HttpHandler, AnswersThroughTheWriter) {
  // Nobody listens there: what needs no server is answered all the same, the rest is unavailable.
  auto channel =
      grpc::CreateChannel("unix:/nonexistent/socket", grpc::InsecureChannelCredentials());
  auto handler =
      make_http_handler(std::make_shared<HttpGateway>(channel, [] { return std::string(); }));
  const Row rows[] = {
      {"GET", "/api/v3/nothing", 404, R"({"code":5,"message":"Not Found","details":[]})"},
      {"PATCH", "/api/v3/gateways/gtw", 501,
       R"({"code":12,"message":"Method Not Allowed","details":[]})"},
      {"GET", "/api/v3/gateways/gtw", 503, R"({"code":14)"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.target);
    auto writer = std::make_shared<Writer>();
    net::http::Request request;
    request.method = row.method;
    request.target = row.target;
    handler(std::move(request), writer);
    writer->ended_.get_future().wait();
    EXPECT_EQ(writer->status_, row.status);
    EXPECT_EQ(writer->content_type_, "application/json");
    EXPECT_TRUE(writer->text_.starts_with(row.text)) << writer->text_;
  }
}

/// Whatever the path: nobody has read what it was for. [spec api-conventions §3]
TEST(HttpHandler, ABodyThatIsTooLargeIsAnErrorOfTheApi) {
  const std::shared_ptr<grpc::Channel> channel =
      grpc::CreateChannel("unix:/nonexistent/socket", grpc::InsecureChannelCredentials());
  std::vector<std::string> refused;
  auto handler = make_too_large_handler(std::make_shared<HttpGateway>(
      channel, [] { return std::string(); },
      [&refused](std::string_view method, grpc::StatusCode) { refused.emplace_back(method); }));
  for (const auto* target : {"/api/v3/gateways/gtw", "/oauth/api/auth/login"}) {
    auto writer = std::make_shared<Writer>();
    net::http::Request request;
    request.method = "PUT";
    request.target = target;
    handler(std::move(request), writer);
    EXPECT_EQ(writer->status_, 400) << target;
    EXPECT_EQ(writer->content_type_, "application/json") << target;
    EXPECT_TRUE(writer->text_.starts_with(
        R"({"code":3,"message":"error:pkg/webmiddleware:request_body_too_large)"))
        << writer->text_;
  }
  EXPECT_EQ(refused, std::vector<std::string>{"ttn.lorawan.v3.GatewayRegistry/Update"});
}

}  // namespace
}  // namespace ff::api
