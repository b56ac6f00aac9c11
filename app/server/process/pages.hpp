// The HTTP server's own pages beside the API: /healthz and /metrics. [api-conventions §10]
#pragma once

#include <functional>
#include <string>

#include "net/http/handler.hpp"

namespace ff::app {

/// Whether the node serves; the text says what does not.
struct Health {
  bool ok = false;
  std::string detail;
};

struct PageSettings {
  bool metrics = true;
  std::string metrics_password;  // empty: for everyone; else user `metrics`
  bool health = true;
  std::string health_password;  // user `health`
};

/// Answers the two pages, everything below /api/v3 by `api`, and 404 for the rest. `metrics`: what
/// /metrics prints; any thread.
net::http::HttpHandler make_pages(PageSettings settings, std::function<std::string()> metrics,
                                  std::function<Health()> health, net::http::HttpHandler api);

}  // namespace ff::app
