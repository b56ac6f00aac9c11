#include "actors/identity_server/policy/names.hpp"

#include <algorithm>
#include <array>

namespace ff::identity_server {
namespace {

// clang-format off
constexpr std::array forbidden = std::to_array<std::string_view>({
    "abuse", "access", "account", "accounts", "activate", "admin", "administration",
    "administrator", "admins", "anonymous", "api", "application", "applications",
    "assets", "auth", "authenticate", "authorize", "autoconfig", "autodiscover", "backup",
    "billing", "blog", "bookmark", "bookmarks", "broadcasthost", "bot", "cdn", "client",
    "clients", "cluster", "config", "configuration", "console", "contact", "daemon",
    "dashboard", "data", "database", "default", "delete", "device", "devices",
    "dns", "docs", "documentation", "download", "downloads", "email", "error", "errors",
    "event", "events", "example", "example-app", "example-application", "example-client",
    "example-device", "example-gateway", "example-organization", "example-user", "farfield",
    "favicon", "forum", "ftp", "gateway", "gateways", "git", "guest", "healthz", "help", "home",
    "host", "hostmaster", "http", "https", "imap", "index", "info", "internal", "invitation",
    "invitations", "is", "isatap", "join", "js", "json", "legal", "link", "localdomain",
    "localhost", "login", "logout", "lora", "loraalliance", "lorawan", "mail",
    "mailer-daemon", "marketing", "metrics", "mqtt", "network", "new", "news",
    "no-reply", "nobody", "noc", "noreply", "notification", "notifications", "ns", "null",
    "oauth", "oauth2", "official", "operator", "organization", "organizations", "owner",
    "password", "pop", "pop3", "postmaster", "pprof", "privacy", "private", "profile", "proxy",
    "public", "purge", "register", "registration", "remove", "reset", "restore", "rights",
    "root", "router", "search", "security", "server", "service", "services", "session",
    "sessions", "settings", "setup", "sftp", "shop", "signin", "signup", "sip", "smtp", "ssh",
    "ssl", "staff", "stat", "static", "statistics", "stats", "status", "stack", "store",
    "subscribe", "sudo", "support", "sys", "sysadmin", "system", "team", "tenant", "tenants",
    "test", "testing", "the-things-network", "the-things-stack", "thethingsindustries",
    "thethingsnetwork", "thethingsstack", "tls", "token", "tokens", "tti", "ttn", "ttn-lw-cli",
    "tts", "undefined", "unknown", "update", "upload", "usenet", "user", "username", "users",
    "uucp", "validate", "verify", "void", "webhook", "webhooks", "webmail", "webmaster",
    "website", "wpad", "www", "xml", });
// clang-format on

}  // namespace

Status check_name(std::string_view id) {
  if (std::ranges::find(forbidden, id) != forbidden.end()) return fail(forbidden_id, {{"id", id}});
  return {};
}

}  // namespace ff::identity_server
