// Webhooks and their templates as API messages. Pure; the rules of changes run inside the registry
// of webhooks. [spec integrations §2.1, §2.6]
#pragma once

#include <string>
#include <vector>

#include "actors/application_server/integration/webhook/messages.hpp"
#include "config/webhook_template.hpp"
#include "ttn/lorawan/v3/applicationserver_web.pb.h"

namespace ff::api {

namespace pb = ttn::lorawan::v3;

application_server::webhook::WebhookKey webhook_key(const pb::ApplicationWebhookIdentifiers& ids);

pb::ApplicationWebhook to_proto(const application_server::webhook::WebhookKey& key,
                                const application_server::webhook::WebhookView& view);
/// `current` (null: none) with the named fields of `requested`. Errors: format_not_found,
/// field_mask::unknown_path.
Result<application_server::webhook::Webhook> changed_webhook(
    const application_server::webhook::WebhookKey& key,
    const application_server::webhook::Webhook* current, const pb::ApplicationWebhook& requested,
    const std::vector<std::string>& paths);
/// The request takes the health back: the mask names it, and it is not there.
bool resets_health(const pb::ApplicationWebhook& requested, const std::vector<std::string>& paths);

pb::ApplicationWebhookTemplate to_proto(const config::WebhookTemplate& from);

void put_failure(const application_server::webhook::FailureNote& note, pb::ErrorDetails& out);

}  // namespace ff::api
