#include "app/api/http_limits.hpp"

#include "app/api/call_limits.hpp"
#include "app/api/status.hpp"
#include "net/http/client_address.hpp"

namespace ff::api {
namespace {

using net::http::HttpHandler;
using net::http::Request;
using net::http::ResponseWriter;

std::string seconds(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

}  // namespace

bool admit(const net::RateLimit& limit, const std::string& key, ResponseWriter& response,
           const std::function<std::string()>& new_error_id) {
  if (!limit) return true;
  const auto verdict = limit.take(key);
  response.preset("X-Rate-Limit-Limit", std::to_string(verdict.limit));
  response.preset("X-Rate-Limit-Available", std::to_string(verdict.available));
  response.preset("X-Rate-Limit-Reset", seconds(verdict.reset));
  response.preset("X-Rate-Limit-Retry", seconds(verdict.retry));
  if (verdict.allowed) return true;
  const auto status = to_grpc(limit.exceeded(key), new_error_id());
  response.respond(http_status(status.error_code()), "application/json", error_json(status));
  return false;
}

HttpHandler with_limit(const HttpLimits& limits, std::string_view class_name, HttpHandler next) {
  const auto limit = net::limit_of(limits.limiter, {class_name, "http"});
  if (!limit.is_possible()) return next;
  return [limits, limit, name = std::string(class_name), next = std::move(next)](
             Request request, std::shared_ptr<ResponseWriter> response) {
    // Nobody has looked at credentials yet.
    auto key = name + caller_key({}, net::http::client_address(request, limits.trusted_proxies));
    key.append(":url:").append(request.path());
    if (admit(limit, key, *response, limits.new_error_id))
      next(std::move(request), std::move(response));
  };
}

}  // namespace ff::api
