#include "app/server/process/pages.hpp"

#include "app/api/http_cors.hpp"
#include "net/http/compression.hpp"
#include "protocol/acme/order.hpp"
#include "protocol/base/base64.hpp"

namespace ff::app {
namespace {

using net::http::Headers;
using net::http::HttpHandler;
using net::http::Request;
using net::http::ResponseWriter;
using net::http::with_compression;

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

HttpHandler metrics_page(const PageSettings& settings, std::function<std::string()> metrics) {
  return [password = settings.metrics_password, metrics = std::move(metrics)](
             const Request& request, const std::shared_ptr<ResponseWriter>& response) {
    if (!is_allowed(request, "metrics", password)) return ask_for_password(*response, "metrics");
    response->respond(200, "text/plain; version=0.0.4; charset=utf-8", metrics());
  };
}

HttpHandler health_page(const PageSettings& settings, std::function<Health()> health) {
  return [password = settings.health_password, health = std::move(health)](
             const Request& request, const std::shared_ptr<ResponseWriter>& response) {
    if (!is_allowed(request, "health", password)) return ask_for_password(*response, "health");
    answer_health(*response, health());
  };
}

}  // namespace

bool is_asked_without_tls(std::string_view path) {
  return path == "/healthz" || acme::challenge_token(path).has_value();
}

HttpHandler make_pages(const PageSettings& settings, std::function<std::string()> metrics,
                       std::function<Health()> health, PageHandlers handlers) {
  HttpHandler on_metrics;
  HttpHandler on_health;
  if (settings.metrics)
    on_metrics = with_compression(api::with_limit(settings.limits, "http:metrics",
                                                  metrics_page(settings, std::move(metrics))));
  if (settings.health)
    on_health =
        api::with_limit(settings.limits, "http:health", health_page(settings, std::move(health)));
  // Not the account pages, which have secrets beside what clients send.
  if (handlers.api)
    handlers.api = api::with_cors(
        with_compression(std::move(handlers.api), {}, std::move(handlers.too_large)));
  if (handlers.inspect) handlers.inspect = with_compression(std::move(handlers.inspect));
  return [on_metrics = std::move(on_metrics), on_health = std::move(on_health),
          handlers = std::move(handlers)](Request request,
                                          std::shared_ptr<ResponseWriter> response) {
    const auto path = request.path();
    if (path == "/metrics" && on_metrics)
      return on_metrics(std::move(request), std::move(response));
    if (path == "/healthz" && on_health) return on_health(std::move(request), std::move(response));
    if (path.starts_with("/api/v3/") && handlers.api)
      return handlers.api(std::move(request), std::move(response));
    if ((path == "/inspect" || path.starts_with("/inspect/")) && handlers.inspect)
      return handlers.inspect(std::move(request), std::move(response));
    if (const auto token = acme::challenge_token(path); token && handlers.challenge) {
      if (const auto answer = handlers.challenge(*token))
        return response->respond(200, "application/octet-stream", *answer);
    }
    if (handlers.pictures && handlers.is_picture(path))
      return handlers.pictures(std::move(request), std::move(response));
    if (path == "/" && !handlers.home.empty())
      return response->respond(302, {{"Location", handlers.home}}, {});
    if (is_below(path, handlers.account_mount) && handlers.account)
      return handlers.account(std::move(request), std::move(response));
    response->respond(404, "application/json", R"({"code":5,"message":"Not Found","details":[]})");
  };
}

}  // namespace ff::app
