#include "config/schema/without_meaning.hpp"

#include <algorithm>
#include <array>

namespace ff::config {
namespace {

/// [shared/api/config.tsv]
constexpr std::array<std::string_view, 29> names{
    "as.distribution",
    "as.end-device-metadata-storage.location.cache",
    "as.end-device-metadata-storage.location.timeout",
    "as.fetcher",
    "as.link-mode",
    "as.uplink-storage",
    "as.webhooks.templates.url",
    "cache",
    "events.backend",
    "events.batch",
    "events.redis",
    "gs.gateway-token-hash-key-id",
    "gs.packetbroker.online-ttl-margin",
    "gs.packetbroker.update-gateway-interval",
    "gs.packetbroker.update-gateway-jitter",
    "gs.ttigw.fallback-frequency-plan-id",
    "gs.ttigw.listen",
    "gs.ttigw.missed-pong-threshold",
    "gs.ttigw.ws-ping-interval",
    "gs.udp.packet-buffer",
    "gs.udp.packet-handlers",
    "gs.update-version-info-delay",
    "is.auth-cache.membership-ttl",
    "is.database-uri",
    "key-vault.cache",
    "ns.application-uplink-queue",
    "ns.downlink-task-queue",
    "redis",
    "rights.ttl",
};

}  // namespace

std::span<const std::string_view> names_without_meaning() {
  return names;
}

bool has_no_meaning(std::string_view key) {
  return std::ranges::any_of(names, [&](std::string_view name) {
    return key.starts_with(name) && (key.size() == name.size() || key[name.size()] == '.');
  });
}

}  // namespace ff::config
