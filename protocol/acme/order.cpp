#include "protocol/acme/order.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

namespace ff::acme {
namespace {

namespace json = boost::json;

constexpr std::string_view challenge_path = "/.well-known/acme-challenge/";
constexpr int bad_nonces_max = 5;
constexpr std::chrono::seconds poll_interval{2};
constexpr std::chrono::seconds poll_interval_max{60};
constexpr std::size_t reason_size_max = 300;

auto unclear(std::string reason) {
  return fail(not_understood, {{"reason", std::move(reason)}});
}

json::object object_of(const std::string& text) {
  json::error_code error;
  auto value = json::parse(text, error);
  return !error && value.is_object() ? std::move(value.as_object()) : json::object();
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* found = object.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

/// Objects in the array `name`.
std::vector<json::object> objects_of(const json::object& object, std::string_view name) {
  std::vector<json::object> out;
  const auto* found = object.if_contains(name);
  if (found == nullptr || !found->is_array()) return out;
  for (const auto& item : found->as_array()) {
    if (item.is_object()) out.push_back(item.as_object());
  }
  return out;
}

/// As the authority says it, on one line. [RFC 8555 §6.7]
std::string reason_of(const json::object& problem, int status) {
  auto out = text_of(problem, "type");
  if (out.empty()) return "HTTP status " + std::to_string(status);
  if (const auto detail = text_of(problem, "detail"); !detail.empty()) out += ": " + detail;
  for (const auto& part : objects_of(problem, "subproblems"))
    out += "; " + text_of(part, "type") + ": " + text_of(part, "detail");
  out.resize(std::min(out.size(), reason_size_max));
  std::ranges::replace_if(
      out, [](unsigned char c) { return c < ' ' || c >= 0x7F; }, ' ');
  return out;
}

/// Why an authorization is invalid stands in its challenge.
std::string reason_of_challenge(const json::object& authorization) {
  for (const auto& challenge : objects_of(authorization, "challenges")) {
    const auto* error = challenge.if_contains("error");
    if (error != nullptr && error->is_object()) return reason_of(error->as_object(), 0);
  }
  return "the challenge was not met";
}

bool is_token(std::string_view token) {
  return !token.empty() && token.find_first_not_of(
                               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789-_") == std::string_view::npos;
}

Duration delay_of(const std::string& retry_after) {
  std::int64_t seconds = 0;
  const auto* end = retry_after.data() + retry_after.size();
  // A date is not worth the parser: it is asked again after the usual time.
  if (std::from_chars(retry_after.data(), end, seconds).ptr != end || retry_after.empty())
    return poll_interval;
  return std::clamp<Duration>(std::chrono::seconds{seconds}, std::chrono::seconds{1},
                              poll_interval_max);
}

std::string json_text(std::string_view text) {
  return json::serialize(json::string(text));
}

/// Flattened JSON of a JWS. [RFC 7515 §7.2.2]
Result<std::string> signed_body(const AccountKey& key, const std::string& head,
                                const std::string& payload) {
  const auto first = base64_url(as_bytes(head));
  const auto second = base64_url(as_bytes(payload));
  FF_TRY(const auto signature, key.sign(first + "." + second));
  return R"({"protected":")" + first + R"(","payload":")" + second + R"(","signature":")" +
         base64_url(signature) + R"("})";
}

}  // namespace

std::optional<std::string_view> challenge_token(std::string_view path) noexcept {
  if (!path.starts_with(challenge_path) || path == challenge_path) return std::nullopt;
  return path.substr(challenge_path.size());
}

Order::Order(OrderConfig config, AccountKey account)
    : config_(std::move(config)), account_(std::move(account)) {}

Step Order::begin() const {
  return Ask{config_.directory_url, {}};
}

Result<Step> Order::take(const Answer& answer) {
  if (!answer.nonce.empty()) nonce_ = answer.nonce;
  if (answer.status < 200 || answer.status > 299) {
    const auto problem = object_of(answer.body);
    const bool is_stale = text_of(problem, "type") == "urn:ietf:params:acme:error:badNonce";
    if (is_stale && bad_nonces_++ < bad_nonces_max) return post(stage_, url_, payload_);
    return fail(refused, {{"reason", reason_of(problem, answer.status)}});
  }
  switch (stage_) {
    case Stage::directory:
      return on_directory(answer);
    case Stage::nonce:
      return ask_for_account();
    case Stage::account:
      if (answer.location.empty()) return unclear("an account without a name");
      account_url_ = answer.location;
      return ask_for_order();
    case Stage::order:
      if (answer.location.empty()) return unclear("an order without a name");
      order_url_ = answer.location;
      return on_order(answer);
    case Stage::authorization:
      return on_authorization(answer);
    case Stage::challenge:
      return wait(answer, Stage::authorization, authorizations_.back());
    case Stage::finalization:
    case Stage::ordered:
      return on_finalized(answer);
    case Stage::certificate:
      if (answer.body.find("-----BEGIN CERTIFICATE-----") == std::string::npos)
        return unclear("no certificate");
      return Done{answer.body, request_.key_pem};
  }
  return unclear("no request");
}

Result<Step> Order::on_directory(const Answer& answer) {
  const auto directory = object_of(answer.body);
  new_nonce_url_ = text_of(directory, "newNonce");
  new_account_url_ = text_of(directory, "newAccount");
  new_order_url_ = text_of(directory, "newOrder");
  if (new_nonce_url_.empty() || new_account_url_.empty() || new_order_url_.empty())
    return unclear("it is no directory");
  stage_ = Stage::nonce;
  return Ask{new_nonce_url_, {}};
}

Result<Step> Order::ask_for_account() {
  if (nonce_.empty()) return unclear("no Replay-Nonce");
  // The same key: an account that exists is found.
  json::object account{{"termsOfServiceAgreed", true}};
  if (!config_.email.empty()) account["contact"] = json::array{"mailto:" + config_.email};
  return post(Stage::account, new_account_url_, json::serialize(account));
}

Result<Step> Order::ask_for_order() {
  json::array identifiers;
  for (const auto& host : config_.hosts)
    identifiers.push_back(json::object{{"type", "dns"}, {"value", host}});
  return post(Stage::order, new_order_url_,
              json::serialize(json::object{{"identifiers", std::move(identifiers)}}));
}

Result<Step> Order::on_order(const Answer& answer) {
  const auto order = object_of(answer.body);
  finalize_url_ = text_of(order, "finalize");
  const auto* list = order.if_contains("authorizations");
  if (finalize_url_.empty() || list == nullptr || !list->is_array())
    return unclear("it is no order");
  for (const auto& url : list->as_array()) {
    if (url.is_string()) authorizations_.emplace_back(url.as_string());
  }
  return next_authorization();
}

Result<Step> Order::next_authorization() {
  if (!authorizations_.empty()) return post(Stage::authorization, authorizations_.back(), {});
  FF_TRY(request_, make_certificate_request(config_.hosts));
  return post(Stage::finalization, finalize_url_,
              R"({"csr":")" + base64_url(request_.der) + R"("})");
}

Result<Step> Order::on_authorization(const Answer& answer) {
  const auto authorization = object_of(answer.body);
  const auto status = text_of(authorization, "status");
  if (status == "valid") {
    authorizations_.pop_back();
    return next_authorization();
  }
  if (status != "pending") return fail(refused, {{"reason", reason_of_challenge(authorization)}});
  for (const auto& challenge : objects_of(authorization, "challenges")) {
    if (text_of(challenge, "type") != "http-01") continue;
    const auto token = text_of(challenge, "token");
    const auto url = text_of(challenge, "url");
    if (!is_token(token) || url.empty()) return unclear("it is no challenge");
    const bool is_new = challenges_.emplace(token, token + "." + account_.thumbprint()).second;
    if (is_new) return post(Stage::challenge, url, "{}");
    return wait(answer, Stage::authorization, authorizations_.back());
  }
  return fail(refused, {{"reason", "no challenge by HTTP is offered"}});
}

Result<Step> Order::on_finalized(const Answer& answer) {
  const auto order = object_of(answer.body);
  const auto status = text_of(order, "status");
  if (status == "valid") {
    const auto url = text_of(order, "certificate");
    if (url.empty()) return unclear("no certificate's URL");
    return post(Stage::certificate, url, {});
  }
  if (status == "processing" || status == "ready" || status == "pending")
    return wait(answer, Stage::ordered, order_url_);
  const auto* error = order.if_contains("error");
  const bool has_reason = error != nullptr && error->is_object();
  return fail(refused, {{"reason", has_reason ? reason_of(error->as_object(), 0)
                                              : "the order is " + status}});
}

Result<Step> Order::wait(const Answer& answer, Stage stage, std::string url) {
  if (++polls_ > config_.polls_max) return fail(not_finished);
  stage_ = stage;
  url_ = std::move(url);
  payload_.clear();
  return Wait{delay_of(answer.retry_after)};
}

Result<Step> Order::resume() {
  return post(stage_, url_, payload_);
}

Result<Step> Order::post(Stage stage, std::string url, std::string payload) {
  stage_ = stage;
  url_ = std::move(url);
  payload_ = std::move(payload);
  const auto name =
      account_url_.empty() ? R"("jwk":)" + account_.jwk() : R"("kid":)" + json_text(account_url_);
  const auto head = R"({"alg":"ES256",)" + name + R"(,"nonce":)" + json_text(nonce_) +
                    R"(,"url":)" + json_text(url_) + "}";
  FF_TRY(auto body, signed_body(account_, head, payload_));
  return Ask{url_, std::move(body)};
}

}  // namespace ff::acme
