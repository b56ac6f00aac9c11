#include "app/api/account/account.hpp"

#include <array>
#include <utility>

#include "actors/identity_server/oauth/errors.hpp"
#include "app/api/account/csrf.hpp"
#include "app/api/account/routes.hpp"
#include "app/api/account/style.hpp"
#include "app/api/status.hpp"

namespace ff::api::account {
namespace {

using net::http::HttpHandler;
using net::http::Request;
using net::http::ResponseWriter;

constexpr ErrorDef route_not_found{"pkg/webhandlers", "route_not_found", Code::not_found,
                                   "route `{route}` not found"};

using Handler = void (*)(const VisitPtr&);

/// What has to be so before a handler is called.
enum class Needs : std::uint8_t {
  nothing,
  csrf,       // a token of a form or header
  user,       // somebody is signed in
  user_csrf,  // both
};

struct Route {
  std::string_view method;
  std::string_view path;
  Needs needs;
  Handler handler;
};

void serve_style(const VisitPtr& visit) {
  visit->file("text/css; charset=utf-8", stylesheet());
}

constexpr auto routes = std::to_array<Route>({
    {"GET", "/authorize", Needs::user, authorize},
    {"POST", "/authorize", Needs::user_csrf, authorize},
    {"POST", "/token", Needs::nothing, token},
    {"GET", "/logout", Needs::nothing, oauth_logout},
    {"GET", "/local-callback", Needs::nothing, local_callback},
    {"GET", "/code", Needs::nothing, show_code},
    {"POST", "/api/auth/login", Needs::csrf, api_login},
    {"POST", "/api/auth/token-login", Needs::csrf, api_token_login},
    {"POST", "/api/auth/logout", Needs::csrf, api_logout},
    {"GET", "/api/me", Needs::nothing, api_me},
    {"GET", "/login", Needs::nothing, show_login},
    {"POST", "/login", Needs::csrf, post_login},
    {"GET", "/token-login", Needs::nothing, show_token_login},
    {"POST", "/token-login", Needs::csrf, post_token_login},
    {"GET", "/register", Needs::nothing, show_register},
    {"POST", "/register", Needs::csrf, post_register},
    {"GET", "/forgot-password", Needs::nothing, show_forgot},
    {"POST", "/forgot-password", Needs::csrf, post_forgot},
    {"GET", "/update-password", Needs::nothing, show_reset},
    {"POST", "/update-password", Needs::csrf, post_reset},
    {"GET", "/validate", Needs::nothing, show_validate},
    {"POST", "/validate", Needs::csrf, post_validate},
    {"POST", "/logout", Needs::csrf, post_logout},
    {"POST", "/oidc/login", Needs::csrf, post_oidc_login},
    {"GET", "/oidc/callback", Needs::nothing, oidc_callback},
    {"GET", "", Needs::user, show_home},
    {"GET", "/profile", Needs::user, show_profile},
    {"POST", "/profile", Needs::user_csrf, post_profile},
    {"POST", "/profile/validate", Needs::user_csrf, post_request_validation},
    {"GET", "/password", Needs::user, show_password},
    {"POST", "/password", Needs::user_csrf, post_password},
    {"GET", "/sessions", Needs::user, show_sessions},
    {"POST", "/sessions", Needs::user_csrf, post_sessions},
    {"GET", "/authorizations", Needs::user, show_authorizations},
    {"POST", "/authorizations", Needs::user_csrf, post_authorizations},
    {"GET", "/authorizations/*", Needs::user, show_tokens},
    {"POST", "/authorizations/*", Needs::user_csrf, post_tokens},
    {"GET", "/assets/account.css", Needs::nothing, serve_style},
});

/// `*` is one segment.
bool matches(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with('*')) return pattern == path;
  const auto prefix = pattern.substr(0, pattern.size() - 1);
  return path.size() > prefix.size() && path.starts_with(prefix) &&
         path.find('/', prefix.size()) == std::string_view::npos;
}

const Route* find_route(std::string_view method, std::string_view path) {
  if (method == "HEAD") method = "GET";
  for (const auto& route : routes) {
    if (route.method == method && matches(route.path, path)) return &route;
  }
  return nullptr;
}

bool needs_csrf(Needs needs) {
  return needs == Needs::csrf || needs == Needs::user_csrf;
}

bool needs_user(Needs needs) {
  return needs == Needs::user || needs == Needs::user_csrf;
}

void serve(const VisitPtr& visit) {
  const auto* route = find_route(visit->request().method, visit->path());
  if (route == nullptr)
    return visit->refuse(
        Error(route_not_found, {{"route", visit->request().path().substr(0, 100)}}));
  if (!visit->read()) return visit->refuse(Error(identity_server::oauth::parse_failed));
  if (needs_csrf(route->needs) && !visit->has_csrf_token()) {
    visit->account().count(Outcome::csrf_refused);
    return visit->refuse(Error(invalid_csrf_token));
  }
  if (!needs_user(route->needs)) return route->handler(visit);
  with_visitor(visit, [visit, handler = route->handler] { handler(visit); });
}

/// Of OAuth clients, not of people.
bool is_oauth_endpoint(std::string_view path) {
  constexpr std::array<std::string_view, 5> paths{"/authorize", "/token", "/logout",
                                                  "/local-callback", "/code"};
  return std::ranges::find(paths, path) != paths.end();
}

bool changes(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

/// The token of `Authorization: Bearer ONZW4.…`.
bool is_session(std::string_view authorization) {
  constexpr std::string_view scheme = "Bearer ";
  if (!authorization.starts_with(scheme)) return false;
  const auto token = identity_server::parse_token(authorization.substr(scheme.size()));
  return token && token->kind == identity_server::TokenKind::session;
}

}  // namespace

HttpHandler make_account_handler(std::shared_ptr<const Account> account, const HttpLimits& limits) {
  const auto mount_size = account->ports.settings.mount.size();
  const HttpHandler all = [account = std::move(account)](Request request,
                                                         std::shared_ptr<ResponseWriter> response) {
    serve(std::make_shared<Visit>(account, std::move(request), std::move(response)));
  };
  return [mount_size, endpoints = with_limit(limits, "http:oauth", all),
          pages = with_limit(limits, "http:account", all)](
             Request request, std::shared_ptr<ResponseWriter> response) {
    const auto path = request.path().substr(std::min(mount_size, request.path().size()));
    const auto& handler = is_oauth_endpoint(path) ? endpoints : pages;
    handler(std::move(request), std::move(response));
  };
}

HttpHandler with_cookie_auth(std::shared_ptr<const Account> account, HttpHandler next) {
  return [account = std::move(account), next = std::move(next)](
             Request request, std::shared_ptr<ResponseWriter> response) {
    const bool has_credentials = request.headers.contains("Authorization");
    if (!has_credentials && !find_cookie(request.headers, session_cookie))
      return next(std::move(request), std::move(response));
    if (has_credentials && !is_session(request.headers.value("Authorization")))
      return next(std::move(request), std::move(response));
    auto body = std::exchange(request.body, {});  // The visit needs none of it.
    const auto visit = std::make_shared<Visit>(account, request, response);
    request.body = std::move(body);
    // No browser asks a page of another origin whether it may open a WebSocket (CORS), and it would
    // bring our cookie along.
    const bool is_of_others =
        request.headers.contains("Upgrade") && is_cross_origin(request.headers);
    if (!has_credentials && visit->session() && !is_of_others)
      request.headers.set("Authorization", "Bearer " + visit->session()->token);
    const bool is_sessions = is_session(request.headers.value("Authorization"));
    if (is_sessions && changes(request.method) && !visit->has_csrf_token()) {
      account->count(Outcome::csrf_refused);
      const auto status = to_grpc(Error(invalid_csrf_token), account->ports.new_error_id());
      return response->respond(http_status(status.error_code()), "application/json",
                               error_json(status));
    }
    next(std::move(request), std::move(response));
  };
}

}  // namespace ff::api::account
