#include "app/api/http_cors.hpp"

#include <string_view>
#include <utility>

namespace ff::api {
namespace {

using net::http::Headers;
using net::http::HttpHandler;
using net::http::Request;
using net::http::ResponseWriter;

constexpr std::string_view allowed_methods = "GET, POST, PUT, PATCH, DELETE";
constexpr std::string_view allowed_headers = "Authorization, Content-Type, X-CSRF-Token";
constexpr std::string_view exposed_headers =
    "Date, Content-Length, X-Rate-Limit-Limit, X-Rate-Limit-Available, X-Rate-Limit-Reset, "
    "X-Rate-Limit-Retry, X-Request-Id, X-Total-Count, X-Warning";
/// Seconds that a browser need not ask again.
constexpr std::string_view max_age = "600";

/// [Fetch §3.2.2]; another OPTIONS is a request like any.
bool is_preflight(const Request& request) {
  return request.method == "OPTIONS" && request.headers.contains("Access-Control-Request-Method");
}

/// The browser compares what it wants with what is allowed.
void answer_preflight(ResponseWriter& response) {
  Headers headers;
  headers.add("Access-Control-Allow-Origin", "*");
  headers.add("Access-Control-Allow-Methods", allowed_methods);
  headers.add("Access-Control-Allow-Headers", allowed_headers);
  headers.add("Access-Control-Max-Age", max_age);
  response.respond(200, std::move(headers), {});
}

}  // namespace

HttpHandler with_cors(HttpHandler next) {
  return [next = std::move(next)](Request request, std::shared_ptr<ResponseWriter> response) {
    if (!request.headers.contains("Origin")) return next(std::move(request), std::move(response));
    if (is_preflight(request)) return answer_preflight(*response);
    response->preset("Access-Control-Allow-Origin", "*");
    response->preset("Access-Control-Expose-Headers", exposed_headers);
    next(std::move(request), std::move(response));
  };
}

}  // namespace ff::api
