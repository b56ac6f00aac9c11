#include "app/api/account/oidc.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "actors/identity_server/oauth/redirect.hpp"
#include "app/api/account/text.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/base/printable.hpp"
#include "protocol/crypto/digest.hpp"

namespace ff::api::account {
namespace {

namespace json = boost::json;
using identity_server::oauth::encode_query;
using identity_server::oauth::Parameters;
using net::http_client::ClientAnswer;
using net::http_client::ClientRequest;

constexpr std::size_t text_max = 256;
constexpr std::size_t name_size_max = 50;  // of a user
constexpr std::size_t user_id_size_min = 2;
constexpr std::chrono::hours endpoints_time{1};
constexpr std::int64_t clock_skew = 60;  // s

std::optional<json::object> object_of(std::string_view text) {
  json::error_code error;
  auto value = json::parse({text.data(), text.size()}, error);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

std::string text_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string().data(), value->get_string().size());
}

/// As much as a user's name may be, in one line.
std::string name_in(const json::object& claims) {
  auto name = text_in(claims, "name");
  std::erase_if(name, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
  return std::string(shortened(name, name_size_max));
}

bool flag_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && ((value->is_bool() && value->get_bool()) ||
                              (value->is_string() && value->get_string() == "true"));
}

std::int64_t number_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_number()) return 0;
  json::error_code error;
  const auto number = value->to_number<std::int64_t>(error);
  return error ? 0 : number;
}

/// `aud` is a text or a list.
bool is_for(const json::object& claims, const std::string& client_id) {
  const auto* value = claims.if_contains("aud");
  if (value == nullptr) return false;
  if (value->is_string()) return value->get_string() == client_id;
  if (!value->is_array()) return false;
  // Several audiences need `azp` to be us.
  const auto& list = value->get_array();
  const bool is_in = std::ranges::any_of(list, [&](const json::value& one) {
    return one.is_string() && one.get_string() == client_id;
  });
  return is_in && (list.size() == 1 || text_in(claims, "azp") == client_id);
}

std::int64_t seconds_of(UtcTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

bool is_endpoint(const std::string& url, const OidcSettings& settings) {
  if (url.size() > 2048 || std::ranges::any_of(url, [](char c) { return c <= ' ' || c >= 0x7f; }))
    return false;
  return url.starts_with("https://") ||
         (settings.issuer.starts_with("http://") && url.starts_with("http://"));
}

std::string without_slash(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

}  // namespace

Result<OidcEndpoints> parse_discovery(std::string_view text, const OidcSettings& settings) {
  const auto document = object_of(text);
  if (!document) return fail(oidc_provider_failed, {{"reason", "discovery is no JSON"}});
  if (without_slash(text_in(*document, "issuer")) != without_slash(settings.issuer))
    return fail(oidc_provider_failed, {{"reason", "another issuer"}});
  OidcEndpoints out{text_in(*document, "authorization_endpoint"),
                    text_in(*document, "token_endpoint")};
  if (!is_endpoint(out.authorization, settings) || !is_endpoint(out.token, settings))
    return fail(oidc_provider_failed, {{"reason", "endpoints"}});
  return out;
}

OidcAttempt new_attempt(std::string next, std::string user_id, UtcTime now, Random& random) {
  return {.state = new_secret(random),
          .nonce = new_secret(random),
          .verifier = new_secret(random),
          .next = std::move(next),
          .user_id = std::move(user_id),
          .began_at = seconds_of(now)};
}

std::string attempt_text(const OidcAttempt& attempt) {
  return json::serialize(json::object{{"s", attempt.state},
                                      {"n", attempt.nonce},
                                      {"v", attempt.verifier},
                                      {"p", attempt.next},
                                      {"u", attempt.user_id},
                                      {"t", attempt.began_at}});
}

std::optional<OidcAttempt> parse_attempt(std::string_view text, UtcTime now) {
  const auto object = object_of(text);
  if (!object) return std::nullopt;
  OidcAttempt out{.state = text_in(*object, "s"),
                  .nonce = text_in(*object, "n"),
                  .verifier = text_in(*object, "v"),
                  .next = text_in(*object, "p"),
                  .user_id = text_in(*object, "u"),
                  .began_at = number_in(*object, "t")};
  const auto age = seconds_of(now) - out.began_at;
  if (out.state.empty() || out.nonce.empty() || age < 0 || age > oidc_attempt_seconds)
    return std::nullopt;
  return out;
}

std::string authorization_url(const OidcEndpoints& endpoints, const OidcSettings& settings,
                              const OidcAttempt& attempt) {
  const auto challenge = base64url(crypto::sha256(as_bytes(attempt.verifier)));
  const auto query = encode_query({{"response_type", "code"},
                                   {"client_id", settings.client_id},
                                   {"redirect_uri", settings.redirect_uri},
                                   {"scope", "openid email profile"},
                                   {"state", attempt.state},
                                   {"nonce", attempt.nonce},
                                   {"code_challenge", challenge},
                                   {"code_challenge_method", "S256"}});
  const char join = endpoints.authorization.find('?') == std::string::npos ? '?' : '&';
  return endpoints.authorization + join + query;
}

Result<OidcClaims> parse_id_token(std::string_view token, const OidcSettings& settings,
                                  const std::string& nonce, UtcTime now) {
  const auto invalid = [](const char* reason) { return fail(oidc_invalid, {{"reason", reason}}); };
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return invalid("no ID token");
  const auto payload = base64_decode(token.substr(first + 1, second - first - 1));
  const auto claims = payload ? object_of(as_text(*payload)) : std::nullopt;
  if (!claims) return invalid("no ID token");
  if (text_in(*claims, "iss") != settings.issuer) return invalid("another issuer");
  if (!is_for(*claims, settings.client_id)) return invalid("another client");
  if (number_in(*claims, "exp") + clock_skew <= seconds_of(now)) return invalid("expired");
  if (!crypto::equal_in_constant_time(as_bytes(text_in(*claims, "nonce")), as_bytes(nonce)))
    return invalid("another nonce");
  OidcClaims out{.subject = text_in(*claims, "sub"),
                 .email = text_in(*claims, "email"),
                 .email_verified = flag_in(*claims, "email_verified"),
                 .name = name_in(*claims),
                 .username = text_in(*claims, "preferred_username")};
  if (out.subject.empty() || out.subject.size() > text_max || out.email.size() > text_max)
    return invalid("no subject");
  return out;
}

Result<std::string> id_token_of(int status, std::string_view text) {
  const auto answer = object_of(text);
  if (status != 200 || !answer) {
    const auto reason = answer ? text_in(*answer, "error").substr(0, 64) : std::string();
    return fail(oidc_refused, {{"reason", reason.empty() ? std::to_string(status) : reason}});
  }
  auto token = text_in(*answer, "id_token");
  if (token.empty()) return fail(oidc_invalid, {{"reason", "no ID token"}});
  return token;
}

std::string proposed_user_id(const OidcClaims& claims) {
  const auto& from =
      claims.username.empty() ? claims.email.substr(0, claims.email.find('@')) : claims.username;
  std::string out;
  for (char c : from) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_plain) out.push_back(c);
    if (!is_plain && !out.empty() && out.back() != '-') out.push_back('-');
    if (out.size() == 32) break;
  }
  while (out.ends_with('-')) out.pop_back();
  return out.size() < user_id_size_min ? std::string() : out;
}

void OidcProvider::endpoints(actors::Reply<OidcEndpoints> then) const {
  {
    std::unique_lock lock(mutex_);
    if (known_ && known_until_ > now_()) {
      const auto known = *known_;
      lock.unlock();
      return then(known);
    }
  }
  ClientRequest request{
      .method = "GET",
      .url = without_slash(settings_.issuer) + "/.well-known/openid-configuration",
      .headers = {{"Accept", "application/json"}},
      .body = nullptr};
  client_.send(std::move(request), [this, then = std::move(then)](Result<ClientAnswer> answer) {
    if (!answer) return then(fail(oidc_provider_failed, {{"reason", answer.error().message()}}));
    if (answer->status != 200)
      return then(fail(oidc_provider_failed, {{"reason", std::to_string(answer->status)}}));
    auto parsed = parse_discovery(answer->body, settings_);
    if (parsed) {
      const std::scoped_lock lock(mutex_);
      known_ = *parsed;
      known_until_ = now_() + endpoints_time;
    }
    then(std::move(parsed));
  });
}

void OidcProvider::redeem(const std::string& code, const OidcAttempt& attempt,
                          actors::Reply<OidcClaims> then) const {
  endpoints([=, this, then = std::move(then)](const Result<OidcEndpoints>& known) {
    if (!known) return then(fail(known.error()));
    redeem_at(known->token, code, attempt, then);
  });
}

void OidcProvider::redeem_at(const std::string& endpoint, const std::string& code,
                             const OidcAttempt& attempt, actors::Reply<OidcClaims> then) const {
  Parameters form{{"grant_type", "authorization_code"},
                  {"code", code},
                  {"redirect_uri", settings_.redirect_uri},
                  {"client_id", settings_.client_id},
                  {"code_verifier", attempt.verifier}};
  ClientRequest request{.method = "POST",
                        .url = endpoint,
                        .headers = {{"Accept", "application/json"},
                                    {"Content-Type", "application/x-www-form-urlencoded"}},
                        .body = nullptr};
  if (!settings_.client_secret.empty()) {
    // RFC 6749 §2.3.1: both are escaped as in forms.
    const auto escaped = [](const std::string& text) {
      return encode_query({{"", text}}).substr(1);
    };
    request.headers.set("Authorization",
                        "Basic " + base64_encode(as_bytes(escaped(settings_.client_id) + ":" +
                                                          escaped(settings_.client_secret))));
  }
  request.body = std::make_shared<const Bytes>(to_owned(as_bytes(encode_query(form))));
  client_.send(std::move(request),
               [this, attempt, then = std::move(then)](const Result<ClientAnswer>& answer) {
                 if (!answer)
                   return then(fail(oidc_provider_failed, {{"reason", answer.error().message()}}));
                 const auto token = id_token_of(answer->status, answer->body);
                 if (!token) return then(fail(token.error()));
                 then(parse_id_token(*token, settings_, attempt.nonce, now_()));
               });
}

}  // namespace ff::api::account
