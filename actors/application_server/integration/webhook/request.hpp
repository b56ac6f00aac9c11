// The HTTP request that a message becomes, and what an answer means. Pure. [spec integrations §2.3,
// §2.4]
#pragma once

#include "actors/application_server/integration/webhook/config.hpp"
#include "actors/application_server/integration/webhook/effect.hpp"
#include "net/http_client/client.hpp"

namespace ff::application_server::webhook {

/// Names a message in all attempts to deliver it: those who get it twice can tell.
inline constexpr std::string_view message_id_header = "X-Farfield-Message-Id";

/// Errors: malformed_template, those of api_json.
Result<net::http_client::ClientRequest> make_request(const WebhookKey& key, const Webhook& webhook,
                                                     const Send& send,
                                                     const WebhooksConfig& config);

/// What became of a request to `url`.
Outcome judge(const WebhookKey& key, const std::string& url,
              const Result<net::http_client::ClientAnswer>& answer);

/// Whether the settings make sense. Errors: invalid_setting, format_not_found.
Status check(const Webhook& webhook);

}  // namespace ff::application_server::webhook
