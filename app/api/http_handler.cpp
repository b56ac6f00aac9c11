#include "app/api/http_handler.hpp"

#include "app/api/http_metadata.hpp"
#include "net/http/client_address.hpp"

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
  void when_room(std::function<void()> task) override { writer_->when_room(std::move(task)); }
  void on_disconnect(std::function<void()> cancel) override {
    writer_->on_disconnect(std::move(cancel));
  }

 private:
  std::shared_ptr<net::http::ResponseWriter> writer_;
};

/// Whose word on the client's address nobody else may give.
constexpr std::string_view real_ip = "X-Real-IP";

bool is_real_ip(std::string_view name) {
  return !find_header({{std::string(name), "1"}}, real_ip).empty() ||
         !find_header({{std::string(name), "1"}}, "Grpc-Metadata-X-Real-IP").empty();
}

HttpRequest to_gateway(const net::http::Request& request,
                       const std::vector<net::AddressBlock>& trusted_proxies) {
  HttpRequest out{.method = request.method,
                  .target = request.target,
                  .headers = {},
                  .body = std::string(as_text(request.body))};
  for (const auto& [name, value] : request.headers) {
    if (!is_real_ip(name)) out.headers.emplace_back(name, value);
  }
  out.headers.emplace_back(real_ip, net::http::client_address(request, trusted_proxies));
  return out;
}

}  // namespace

net::http::HttpHandler make_http_handler(std::shared_ptr<const HttpGateway> gateway,
                                         std::vector<net::AddressBlock> trusted_proxies) {
  return [gateway = std::move(gateway), trusted_proxies = std::move(trusted_proxies)](
             const net::http::Request& request, std::shared_ptr<net::http::ResponseWriter> writer) {
    gateway->serve(to_gateway(request, trusted_proxies),
                   std::make_shared<WriterSink>(std::move(writer)));
  };
}

net::http::HttpHandler make_too_large_handler(std::shared_ptr<const HttpGateway> gateway) {
  return [gateway = std::move(gateway)](const net::http::Request& request,
                                        std::shared_ptr<net::http::ResponseWriter> writer) {
    WriterSink sink(std::move(writer));
    gateway->refuse_body(
        {.method = request.method, .target = request.target, .headers = {}, .body = {}}, sink);
  };
}

}  // namespace ff::api
