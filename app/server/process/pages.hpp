// The HTTP server's own pages beside the API: /healthz and /metrics [spec api-conventions §10];
// /inspect is app/server/inspect's.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "app/api/http_limits.hpp"
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
  api::HttpLimits limits;       // classes `http:metrics`, `http:health`
};

/// Who answers what is not a page here.
struct PageHandlers {
  net::http::HttpHandler api;        // below /api/v3
  net::http::HttpHandler too_large;  // answers requests to it that are too large when unpacked
  net::http::HttpHandler inspect;    // /inspect and below
  net::http::HttpHandler account;    // `account_mount` and below
  std::string account_mount = "/oauth";
  std::string home;                 // where `/` leads; empty: nowhere
  net::http::HttpHandler pictures;  // what `is_picture` says; null: there are none
  std::function<bool(std::string_view path)> is_picture;
  /// Answers of /.well-known/acme-challenge/<token>; null: there are none.
  std::function<std::optional<std::string>(std::string_view token)> challenge;
};

/// Answers the two pages, others by their handlers, and 404 for the rest; the API to pages of any
/// origin; in gzip what may be. `metrics`: what
/// /metrics prints; any thread.
net::http::HttpHandler make_pages(const PageSettings& settings,
                                  std::function<std::string()> metrics,
                                  std::function<Health()> health, PageHandlers handlers);

/// /healthz and an authority's challenges: who asks for them follows no redirects.
bool is_asked_without_tls(std::string_view path);

}  // namespace ff::app
