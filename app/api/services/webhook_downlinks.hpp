// Downlinks that endpoints of webhooks send: an HTTP path that is no method of the gRPC API,
// because its body comes in the webhook's format. [spec integrations §2.5]
#pragma once

#include "app/api/services/services.hpp"
#include "net/http/handler.hpp"
#include "net/rate_limit/rate_limiter.hpp"

namespace ff::api {

struct WebhookDownlinkPorts {
  std::shared_ptr<Authenticator> authenticator;
  RightsOf rights;
  Asker asker;
  Webhooks webhooks;
  ApplicationServers pipelines;
  net::RateLimit limit;                            ///< Class `as:down:web`.
  std::vector<net::AddressBlock> trusted_proxies;  ///< On a client's address.
  std::function<std::string()> new_request_id;     ///< A ULID. Any thread.
  std::function<std::string()> new_error_id;       ///< 32 hex digits. Any thread.
};

/// Serves `POST /api/v3/as/applications/{app}/webhooks/{webhook}/devices/{dev}/down/{push,replace}`
/// and leaves everything else to `next`.
net::http::HttpHandler make_webhook_downlinks(WebhookDownlinkPorts ports,
                                              net::http::HttpHandler next);

/// INTERNAL, for tests.
struct WebhookDownlinkTarget {
  DeviceUid device;
  std::string webhook_id;
  bool replace = false;
  bool operator==(const WebhookDownlinkTarget&) const = default;
};
/// Nothing for any other path.
std::optional<WebhookDownlinkTarget> webhook_downlink_target(std::string_view path);

}  // namespace ff::api
