#include "app/api/services/mapping/webhook.hpp"

#include <algorithm>
#include <array>

#include "actors/application_server/integration/webhook/errors.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/field_mask/field_mask.hpp"

namespace ff::api {
namespace {

using application_server::UpKind;
using application_server::webhook::FailureNote;
using application_server::webhook::Format;
using application_server::webhook::format_not_found;
using application_server::webhook::Health;
using application_server::webhook::Webhook;
using application_server::webhook::WebhookKey;
using application_server::webhook::WebhookView;

/// Each kind of message with its field, in webhooks and in templates, and its name in files.
struct KindRow {
  UpKind kind;
  std::string_view name;
  bool (pb::ApplicationWebhook::*has)() const;
  const pb::ApplicationWebhook::Message& (pb::ApplicationWebhook::*get)() const;
  pb::ApplicationWebhook::Message* (pb::ApplicationWebhook::*put)();
  pb::ApplicationWebhookTemplate::Message* (pb::ApplicationWebhookTemplate::*put_template)();
};
#define FF_KIND(kind, name, field)                                                                 \
  KindRow {                                                                                        \
    UpKind::kind, name, &pb::ApplicationWebhook::has_##field, &pb::ApplicationWebhook::field,      \
        &pb::ApplicationWebhook::mutable_##field, &pb::ApplicationWebhookTemplate::mutable_##field \
  }
const std::array kinds{
    FF_KIND(uplink, "uplink-message", uplink_message),
    FF_KIND(normalized, "uplink-normalized", uplink_normalized),
    FF_KIND(join, "join-accept", join_accept),
    FF_KIND(downlink_ack, "downlink-ack", downlink_ack),
    FF_KIND(downlink_nack, "downlink-nack", downlink_nack),
    FF_KIND(downlink_sent, "downlink-sent", downlink_sent),
    FF_KIND(downlink_failed, "downlink-failed", downlink_failed),
    FF_KIND(downlink_queued, "downlink-queued", downlink_queued),
    FF_KIND(downlink_queue_invalidated, "downlink-queue-invalidated", downlink_queue_invalidated),
    FF_KIND(location_solved, "location-solved", location_solved),
    FF_KIND(service_data, "service-data", service_data),
};
#undef FF_KIND

std::string format_name(Format format) {
  return format == Format::protobuf ? "protobuf" : "json";
}

Result<Format> format_of(const std::string& name) {
  if (name == "json") return Format::json;
  if (name == "protobuf") return Format::protobuf;
  return fail(format_not_found, {{"format", name}});
}

void put_health(const Health& health, pb::ApplicationWebhook& out) {
  if (health.state == Health::State::healthy) out.mutable_health_status()->mutable_healthy();
  if (health.state != Health::State::unhealthy) return;
  auto& unhealthy = *out.mutable_health_status()->mutable_unhealthy();
  unhealthy.set_failed_attempts(health.failed_attempts);
  put_time(health.last_failed_attempt_at, *unhealthy.mutable_last_failed_attempt_at());
  put_failure(health.last_failure, *unhealthy.mutable_last_failed_attempt_details());
}

/// What a client may set.
pb::ApplicationWebhook settings_of(const WebhookKey& key, const Webhook& webhook) {
  return to_proto(key, {std::make_shared<const Webhook>(webhook), {}});
}

Result<Webhook> from_proto(const pb::ApplicationWebhook& from) {
  Webhook out;
  out.base_url = from.base_url();
  out.headers = {from.headers().begin(), from.headers().end()};
  FF_TRY(out.format, format_of(from.format()));
  out.template_id = from.template_ids().template_id();
  out.template_fields = {from.template_fields().begin(), from.template_fields().end()};
  out.downlink_api_key = from.downlink_api_key();
  for (const auto& row : kinds) {
    if ((from.*row.has)()) out.paths.emplace(row.kind, (from.*row.get)().path());
  }
  out.field_mask = {from.field_mask().paths().begin(), from.field_mask().paths().end()};
  out.paused = from.paused();
  return out;
}

}  // namespace

WebhookKey webhook_key(const pb::ApplicationWebhookIdentifiers& ids) {
  return {ApplicationId(ids.application_ids().application_id()), ids.webhook_id()};
}

void put_failure(const FailureNote& note, pb::ErrorDetails& out) {
  out.set_namespace_(note.name_space);
  out.set_name(note.name);
  out.set_message_format(note.message);
  out.set_code(static_cast<std::uint32_t>(note.code));
  for (const auto& [name, text] : note.attributes)
    (*out.mutable_attributes()->mutable_fields())[name].set_string_value(text);
}

pb::ApplicationWebhook to_proto(const WebhookKey& key, const WebhookView& view) {
  const auto& webhook = *view.webhook;
  pb::ApplicationWebhook out;
  out.mutable_ids()->mutable_application_ids()->set_application_id(key.application_id.text());
  out.mutable_ids()->set_webhook_id(key.webhook_id);
  if (webhook.created_at != UtcTime{}) put_time(webhook.created_at, *out.mutable_created_at());
  if (webhook.updated_at != UtcTime{}) put_time(webhook.updated_at, *out.mutable_updated_at());
  out.set_base_url(webhook.base_url);
  for (const auto& [name, value] : webhook.headers) (*out.mutable_headers())[name] = value;
  out.set_format(format_name(webhook.format));
  if (!webhook.template_id.empty())
    out.mutable_template_ids()->set_template_id(webhook.template_id);
  for (const auto& [name, value] : webhook.template_fields)
    (*out.mutable_template_fields())[name] = value;
  out.set_downlink_api_key(webhook.downlink_api_key);
  for (const auto& row : kinds) {
    const auto path = webhook.paths.find(row.kind);
    if (path != webhook.paths.end()) (out.*row.put)()->set_path(path->second);
  }
  for (const auto& path : webhook.field_mask) out.mutable_field_mask()->add_paths(path);
  out.set_paused(webhook.paused);
  put_health(view.health, out);
  return out;
}

Result<Webhook> changed_webhook(const WebhookKey& key, const Webhook* current,
                                const pb::ApplicationWebhook& requested,
                                const std::vector<std::string>& paths) {
  pb::ApplicationWebhook next;
  if (current != nullptr) next = settings_of(key, *current);
  FF_CHECK(field_mask::copy(requested, paths, next));
  return from_proto(next);
}

bool resets_health(const pb::ApplicationWebhook& requested, const std::vector<std::string>& paths) {
  return !requested.has_health_status() && std::ranges::any_of(paths, [](const std::string& path) {
    return path == "health_status";
  });
}

pb::ApplicationWebhookTemplate to_proto(const config::WebhookTemplate& from) {
  pb::ApplicationWebhookTemplate out;
  out.mutable_ids()->set_template_id(from.id);
  out.set_name(from.name);
  out.set_description(from.description);
  out.set_logo_url(from.logo_url);
  out.set_info_url(from.info_url);
  out.set_documentation_url(from.documentation_url);
  out.set_base_url(from.base_url);
  for (const auto& [name, value] : from.headers) (*out.mutable_headers())[name] = value;
  out.set_format(from.format);
  for (const auto& field : from.fields) {
    auto& one = *out.add_fields();
    one.set_id(field.id);
    one.set_name(field.name);
    one.set_description(field.description);
    one.set_secret(field.secret);
    one.set_default_value(field.default_value);
    one.set_optional(field.optional);
  }
  out.set_create_downlink_api_key(from.create_downlink_api_key);
  for (const auto& row : kinds) {
    const auto path = from.paths.find(std::string(row.name));
    if (path != from.paths.end()) (out.*row.put_template)()->set_path(path->second);
  }
  for (const auto& path : from.field_mask) out.mutable_field_mask()->add_paths(path);
  return out;
}

}  // namespace ff::api
