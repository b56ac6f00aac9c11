#include "app/server/process/pages.hpp"

#include "protocol/base/base64.hpp"

namespace ff::app {
namespace {

using net::http::Headers;
using net::http::Request;
using net::http::ResponseWriter;

bool is_allowed(const Request& request, std::string_view user, const std::string& password) {
  if (password.empty()) return true;
  const auto expected = "Basic " + base64_encode(as_bytes(std::string(user) + ":" + password));
  const auto given = request.headers.value("Authorization");
  if (given.size() != expected.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    difference |= static_cast<unsigned>(given[i]) ^ static_cast<unsigned>(expected[i]);
  }
  return difference == 0;
}

bool is_below(std::string_view path, std::string_view mount) {
  return path.starts_with(mount) && (path.size() == mount.size() || path[mount.size()] == '/');
}

void ask_for_password(ResponseWriter& response, std::string_view realm) {
  Headers headers{{"Content-Type", "text/plain"}};
  headers.add("WWW-Authenticate", "Basic realm=\"" + std::string(realm) + "\"");
  response.respond(401, std::move(headers), as_bytes("unauthorized\n"));
}

void answer_health(ResponseWriter& response, const Health& health) {
  const std::string body = health.ok
                               ? R"({"status":"OK"})"
                               : R"({"status":"Unavailable","detail":")" + health.detail + "\"}";
  response.respond(health.ok ? 200 : 503, "application/json", body);
}

}  // namespace

net::http::HttpHandler make_pages(PageSettings settings, std::function<std::string()> metrics,
                                  std::function<Health()> health, PageHandlers handlers) {
  return [settings = std::move(settings), metrics = std::move(metrics), health = std::move(health),
          handlers = std::move(handlers)](Request request,
                                          std::shared_ptr<ResponseWriter> response) {
    const auto path = request.path();
    if (path == "/metrics" && settings.metrics) {
      if (!is_allowed(request, "metrics", settings.metrics_password))
        return ask_for_password(*response, "metrics");
      return response->respond(200, "text/plain; version=0.0.4; charset=utf-8", metrics());
    }
    if (path == "/healthz" && settings.health) {
      if (!is_allowed(request, "health", settings.health_password))
        return ask_for_password(*response, "health");
      return answer_health(*response, health());
    }
    if (path.starts_with("/api/v3/") && handlers.api)
      return handlers.api(std::move(request), std::move(response));
    if ((path == "/inspect" || path.starts_with("/inspect/")) && handlers.inspect)
      return handlers.inspect(std::move(request), std::move(response));
    if (is_below(path, handlers.account_mount) && handlers.account)
      return handlers.account(std::move(request), std::move(response));
    response->respond(404, "application/json", R"({"code":5,"message":"Not Found","details":[]})");
  };
}

}  // namespace ff::app
