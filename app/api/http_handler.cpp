#include "app/api/http_handler.hpp"

namespace ff::api {
namespace {

class WriterSink final : public ResponseSink {
 public:
  explicit WriterSink(std::shared_ptr<net::http::ResponseWriter> writer)
      : writer_(std::move(writer)) {}

  void head(int status, const HttpHeaders& headers) override {
    net::http::Headers list;
    for (const auto& [name, value] : headers) list.add(name, value);
    writer_->head(status, std::move(list));
  }
  bool body(std::string_view chunk) override {
    return writer_->body(as_bytes(chunk)) == net::WriteResult::accepted;
  }
  void end() override { writer_->end(); }
  void on_disconnect(std::function<void()> cancel) override {
    writer_->on_disconnect(std::move(cancel));
  }

 private:
  std::shared_ptr<net::http::ResponseWriter> writer_;
};

HttpRequest to_gateway(const net::http::Request& request) {
  HttpRequest out{.method = request.method,
                  .target = request.target,
                  .headers = {},
                  .body = std::string(as_text(request.body))};
  for (const auto& [name, value] : request.headers) out.headers.emplace_back(name, value);
  return out;
}

}  // namespace

net::http::HttpHandler make_http_handler(std::shared_ptr<const HttpGateway> gateway) {
  return [gateway = std::move(gateway)](const net::http::Request& request,
                                        std::shared_ptr<net::http::ResponseWriter> writer) {
    gateway->serve(to_gateway(request), std::make_shared<WriterSink>(std::move(writer)));
  };
}

}  // namespace ff::api
