#include "net/http/middleware.hpp"

#include <algorithm>
#include <array>

#include "protocol/base/assert.hpp"

namespace ff::net::http {

namespace {

using Route = std::pair<std::string, HttpHandler>;

bool matches(std::string_view path, std::string_view prefix) noexcept {
  if (!path.starts_with(prefix)) return false;
  return path.size() == prefix.size() || prefix.ends_with('/') || path[prefix.size()] == '/';
}

}  // namespace

HttpHandler with_security_headers(HttpHandler next) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> presets{{
      {"Referrer-Policy", "strict-origin-when-cross-origin"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "SAMEORIGIN"},
      {"X-XSS-Protection", "1; mode=block"},
      {"Cache-Control", "no-store"},
  }};
  return [next = std::move(next)](Request request, std::shared_ptr<ResponseWriter> response) {
    for (const auto& [name, value] : presets) response->preset(name, value);
    next(std::move(request), std::move(response));
  };
}

void PrefixDispatcher::add(std::string prefix, HttpHandler handler) {
  FF_ASSERT(prefix.starts_with('/'));
  std::erase_if(routes_, [&](const Route& route) { return route.first == prefix; });
  auto place = std::find_if(routes_.begin(), routes_.end(),
                            [&](const Route& route) { return route.first.size() < prefix.size(); });
  routes_.emplace(place, std::move(prefix), std::move(handler));
}

HttpHandler PrefixDispatcher::handler() const {
  auto routes = std::make_shared<const std::vector<Route>>(routes_);
  return [routes](Request request, std::shared_ptr<ResponseWriter> response) {
    for (const auto& [prefix, handler] : *routes) {
      if (matches(request.path(), prefix)) return handler(std::move(request), std::move(response));
    }
    response->respond(404, "text/plain; charset=utf-8", "Not Found\n");
  };
}

}  // namespace ff::net::http
