#include "app/api/account/visit.hpp"

#include "actors/identity_server/api_keys/token.hpp"
#include "app/api/account/csrf.hpp"
#include "app/api/account/text.hpp"
#include "app/api/status.hpp"
#include "net/http/client_address.hpp"
#include "protocol/base/printable.hpp"

namespace ff::api::account {
namespace {

using net::http::Headers;

bool from_trusted_proxy(const AccountSettings& settings, const net::http::Request& request) {
  return net::holds(settings.trusted_proxies, request.remote);
}

bool is_secure_request(const AccountSettings& settings, const net::http::Request& request) {
  return request.is_tls() || (from_trusted_proxy(settings, request) &&
                              request.headers.value("X-Forwarded-Proto") == "https");
}

/// The pages have no scripts; `form-action` is not limited, for browsers hold it against redirects
/// to clients behind the consent form.
std::string content_security_policy(const AccountSettings& settings) {
  const auto& icon = settings.frame.icon_url;
  const bool is_elsewhere = !icon.empty() && !icon.starts_with('/');
  return "default-src 'none'; style-src 'self'; img-src 'self'" + (is_elsewhere ? " " + icon : "") +
         "; connect-src 'self'" + (settings.api_url.empty() ? "" : " " + settings.api_url) +
         "; base-uri 'self'; frame-ancestors 'none'";
}

std::string title_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return "Not allowed";
    case 404:
      return "Not found";
    case 429:
      return "Too many attempts";
    default:
      return status >= 500 ? "Something went wrong" : "That did not work";
  }
}

}  // namespace

Visit::Visit(std::shared_ptr<const Account> account, net::http::Request request,
             std::shared_ptr<net::http::ResponseWriter> response)
    : account_(std::move(account)),
      request_(std::move(request)),
      response_(std::move(response)),
      secure_(is_secure_request(ports().settings, request_)),
      address_(net::http::client_address(request_, ports().settings.trusted_proxies)),
      correlation_ids_{"http:" + std::string(request_.method) + ":" + ports().new_request_id()} {
  const auto& seal = ports().seal;
  if (const auto cookie = find_cookie(request_.headers, csrf_cookie)) {
    if (const auto secret = seal.open(csrf_cookie, *cookie)) csrf_secret_ = *secret;
  }
  if (csrf_secret_.empty()) renew_csrf();
  if (const auto cookie = find_cookie(request_.headers, session_cookie)) {
    if (const auto text = seal.open(session_cookie, *cookie)) session_ = parse_session(*text);
  }
}

std::string_view Visit::path() const noexcept {
  auto path = request_.path();
  path.remove_prefix(std::min(mount().size(), path.size()));
  return path == "/" ? std::string_view() : path;
}

bool Visit::wants_html() const {
  return request_.headers.value("Accept").find("text/html") != std::string_view::npos;
}

bool Visit::read() {
  auto query = parse_query(request_.query());
  if (!query) return false;
  query_ = *std::move(query);
  if (!is_post()) return true;
  auto form = parse_form(request_.headers.value("Content-Type"), as_text(request_.body));
  if (!form) return false;
  form_ = *std::move(form);
  return true;
}

std::string Visit::csrf() const {
  const auto random = ports().make_random();
  return csrf_token(csrf_secret_, *random);
}

bool Visit::has_csrf_token() const {
  if (is_cross_site(request_.headers)) return false;
  const auto header = request_.headers.value(csrf_header);
  return is_csrf_token(csrf_secret_, header.empty() ? form_.value(csrf_field) : header);
}

void Visit::renew_csrf() {
  const auto random = ports().make_random();
  csrf_secret_ = new_secret(*random);
  csrf_cookie_ =
      cookie_text(csrf_cookie, ports().seal.seal(csrf_cookie, csrf_secret_, *random), secure_);
}

void Visit::set_session(const SessionCookie& session) {
  const auto random = ports().make_random();
  session_ = session;
  session_cookie_ = cookie_text(
      session_cookie, ports().seal.seal(session_cookie, session_text(session), *random), secure_);
  renew_csrf();
}

void Visit::clear_session() {
  if (find_cookie(request_.headers, session_cookie))
    session_cookie_ = expired_cookie_text(session_cookie, secure_);
  session_.reset();
  renew_csrf();
}

void Visit::set_cookie(std::string_view name, std::string_view text) {
  const auto random = ports().make_random();
  cookies_.push_back(text.empty()
                         ? expired_cookie_text(name, secure_)
                         : cookie_text(name, ports().seal.seal(name, text, *random), secure_));
}

events::Cause Visit::cause() const {
  events::Caller caller;
  if (session_) {
    caller.token_type = "SessionToken";
    caller.token_id = session_id();
  }
  caller.remote_ip = address_;
  caller.user_agent = printable(request_.headers.value("user-agent"), events::user_agent_size_max);
  return {correlation_ids_, std::make_shared<const events::Caller>(std::move(caller))};
}

std::string Visit::session_id() const {
  if (!session_) return {};
  const auto token = identity_server::parse_token(session_->token);
  return token ? token->id : std::string();
}

Headers Visit::headers(std::string_view content_type) const {
  Headers out;
  if (!content_type.empty()) out.add("Content-Type", content_type);
  if (!session_cookie_.empty()) out.add("Set-Cookie", session_cookie_);
  if (!csrf_cookie_.empty()) out.add("Set-Cookie", csrf_cookie_);
  for (const auto& cookie : cookies_) out.add("Set-Cookie", cookie);
  out.add("X-Frame-Options", "DENY");
  return out;
}

void Visit::page(int status, const Page& page) {
  auto head = headers("text/html; charset=utf-8");
  head.add("Content-Security-Policy", content_security_policy(ports().settings));
  const Signed who{visitor.user_id, csrf()};
  head.add(csrf_header, who.csrf);
  response_->respond(status, std::move(head),
                     as_bytes(document(ports().settings.frame, page, who)));
}

void Visit::redirect(const std::string& location) {
  auto head = headers("");
  head.add("Location", location);
  response_->respond(302, std::move(head), {});
}

void Visit::json(int status, const std::string& text) {
  auto head = headers("application/json");
  if (!is_post()) head.add(csrf_header, csrf());
  response_->respond(status, std::move(head), as_bytes(text));
}

void Visit::no_content() {
  response_->respond(204, headers(""), {});
}

void Visit::file(std::string_view content_type, std::string_view text) {
  Headers head{{"Content-Type", std::string(content_type)}};
  head.add("Cache-Control", "public, max-age=604800, immutable");
  response_->respond(200, std::move(head), as_bytes(text));
}

void Visit::refuse(const Error& error) {
  const auto status = to_grpc(error, ports().new_error_id());
  const int code = http_status(status.error_code());
  if (!wants_html()) return json(code, error_json(status));
  message(code, {.title = title_of(code),
                 .text = error.message(),
                 .note = {},
                 .link = mount(),
                 .link_text = "To your account"});
}

void Visit::refuse(const Refusal& refusal) {
  const int code = http_status(static_cast<grpc::StatusCode>(refusal.code));
  if (!wants_html())
    return json(code,
                error_json(grpc::Status(static_cast<grpc::StatusCode>(refusal.code),
                                        "error:" + refusal.name + " (" + refusal.text + ")")));
  message(code, {.title = title_of(code),
                 .text = refusal.text,
                 .note = {},
                 .link = mount(),
                 .link_text = "To your account"});
}

void Visit::respond_unavailable() const {
  response_->respond(503, "text/plain; charset=utf-8", "The server is ending.\n");
}

std::string time_text(std::int64_t seconds) {
  if (seconds <= 0) return "–";
  auto text = to_rfc3339(UtcTime{std::chrono::seconds{seconds}}).substr(0, 16);
  text[10] = ' ';
  return text + " UTC";
}

}  // namespace ff::api::account
