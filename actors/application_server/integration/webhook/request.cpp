#include "actors/application_server/integration/webhook/request.hpp"

#include <algorithm>
#include <array>

#include "actors/application_server/integration/webhook/body.hpp"
#include "actors/application_server/integration/webhook/errors.hpp"
#include "actors/application_server/integration/webhook/url.hpp"
#include "net/http_client/redirect.hpp"
#include "net/websocket/utf8.hpp"

namespace ff::application_server::webhook {
namespace {

using net::http_client::ClientAnswer;
using net::http_client::ClientRequest;

/// Of an answer, in events. [spec integrations §2.4]
constexpr std::size_t answer_excerpt = 1024;

/// [spec integrations §2.3]
Lookup variables(const WebhookKey& key, const OutboxMessage& message, const DeviceEuis& euis) {
  return [&](std::string_view name) -> std::optional<std::string> {
    if (name == "appID" || name == "applicationID") return key.application_id.text();
    if (name == "devID" || name == "deviceID") return message.device_id.text();
    if (name == "appEUI" || name == "joinEUI") return euis.join_eui;
    if (name == "devEUI") return euis.dev_eui;
    if (name == "devAddr") return euis.dev_addr;
    return std::nullopt;
  };
}

std::string downlink_url(const WebhookKey& key, const OutboxMessage& message,
                         const WebhooksConfig& config, std::string_view operation) {
  return config.downlink_address + "/as/applications/" + key.application_id.text() + "/webhooks/" +
         key.webhook_id + "/devices/" + message.device_id.text() + "/down/" +
         std::string(operation);
}

/// Ours come last and can not be set by the webhook.
net::http::Headers headers_of(const WebhookKey& key, const Webhook& webhook, const Send& send,
                              const WebhooksConfig& config) {
  net::http::Headers headers;
  for (const auto& [name, value] : webhook.headers) headers.set(name, value);
  if (!headers.contains("User-Agent")) headers.set("User-Agent", config.user_agent);
  if (!webhook.downlink_api_key.empty()) {
    headers.set("X-Downlink-Apikey", webhook.downlink_api_key);
    headers.set("X-Downlink-Push", downlink_url(key, *send.message, config, "push"));
    headers.set("X-Downlink-Replace", downlink_url(key, *send.message, config, "replace"));
  }
  if (!config.domain.empty()) headers.set("X-Tts-Domain", config.domain);
  headers.set(message_id_header, key.application_id.text() + "/" +
                                     std::to_string(send.shard.value()) + "-" +
                                     std::to_string(send.sequence.value()));
  headers.set("Content-Type",
              webhook.format == Format::protobuf ? "application/octet-stream" : "application/json");
  return headers;
}

/// The beginning of an answer, if it is UTF-8; a character that is cut at the end is left out.
std::string excerpt_of(const std::string& body) {
  auto text = body.substr(0, answer_excerpt);
  websocket::Utf8Check check;
  if (!check.feed(as_bytes(text))) return {};
  if (check.is_complete()) return text;
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U)
    text.pop_back();
  if (!text.empty()) text.pop_back();
  return text;
}

/// The server asks for another attempt later.
bool is_busy(int status) {
  return status == 408 || status == 425 || status == 429 || status == 503;
}

Status invalid(std::string_view field, std::string_view reason) {
  return fail(invalid_setting, {{"field", field}, {"reason", reason}});
}

Status check_header(const std::string& name, const std::string& value) {
  const auto is_token = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  const auto is_control = [](char c) {
    return static_cast<unsigned char>(c) < ' ' ? c != '\t' : c == '\x7f';
  };
  if (name.empty() || !std::ranges::all_of(name, is_token))
    return invalid("headers", "`" + name + "` is not a name");
  if (std::ranges::any_of(value, is_control))
    return invalid("headers", "the value of `" + name + "` has control characters");
  return {};
}

}  // namespace

Result<ClientRequest> make_request(const WebhookKey& key, const Webhook& webhook, const Send& send,
                                   const WebhooksConfig& config) {
  const auto path = webhook.paths.find(send.message->kind);
  const std::string no_path;
  const auto& path_template = path == webhook.paths.end() ? no_path : path->second;
  const bool with_euis = has_variables(webhook.base_url) || has_variables(path_template);
  FF_TRY(auto rendered, render(webhook, send.message, with_euis));
  const auto lookup = variables(key, *send.message, rendered.euis);
  FF_TRY(const auto base, expand(webhook.base_url, lookup));
  FF_TRY(const auto below, expand(path_template, lookup));
  return ClientRequest{.group = key.application_id.text(),
                       .method = "POST",
                       .url = join_url(base, below),
                       .headers = headers_of(key, webhook, send, config),
                       .body = std::move(rendered.body)};
}

Outcome judge(const WebhookKey& key, const std::string& url, const Result<ClientAnswer>& answer) {
  using namespace net::http_client;
  if (answer && answer->status >= 200 && answer->status < 300)
    return {.delivered = true, .error = {}};
  std::vector<Attribute> attributes{{"webhook_id", key.webhook_id}, {"url", redacted(url)}};
  if (!answer) {
    const auto& cause = answer.error();
    return {
        .error = Error(request_failed, std::move(attributes)).caused_by(cause),
        .refused = cause.is(target_refused) || cause.is(invalid_url) || cause.is(redirect_refused),
        .not_tried = cause.is(overloaded) || cause.is(stopped)};
  }
  attributes.emplace_back("status_code", answer->status);
  if (auto excerpt = excerpt_of(answer->body); !excerpt.empty())
    attributes.emplace_back("body", std::move(excerpt));
  return {.error = Error(request_failed, std::move(attributes)),
          .refused = answer->status < 500 && !is_busy(answer->status),
          .busy = is_busy(answer->status)};
}

Status check(const Webhook& webhook) {
  const Lookup sample = [](std::string_view) { return std::optional<std::string>("x"); };
  const auto base = expand(webhook.base_url, sample);
  if (!base) return invalid("base_url", base.error().message());
  if (!net::http_client::origin_of(*base))
    return invalid("base_url", "value must be an absolute URL of http or https");
  for (const auto& [kind, path] : webhook.paths) {
    const auto expanded = expand(path, sample);
    if (!expanded) return invalid("path", expanded.error().message());
    if (!net::http_client::origin_of(join_url(*base, *expanded)))
      return invalid("path", "value must be a path or an absolute URL of http or https");
  }
  for (const auto& [name, value] : webhook.headers) FF_CHECK(check_header(name, value));
  FF_CHECK(check_header("X-Downlink-Apikey", webhook.downlink_api_key));
  if (const auto path = unknown_path(webhook)) return invalid("field_mask", "`" + *path + "`");
  return {};
}

}  // namespace ff::application_server::webhook
