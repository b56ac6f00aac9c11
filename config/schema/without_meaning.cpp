#include "config/schema/without_meaning.hpp"

#include <algorithm>
#include <array>

namespace ff::config {
namespace {

/// [shared/api/config.tsv]
constexpr std::array<std::string_view, 98> names{
    "as.distribution",
    "as.end-device-metadata-storage.location.cache",
    "as.end-device-metadata-storage.location.timeout",
    "as.fetcher",
    "as.interop.blob",
    "as.interop.url",
    "as.link-mode",
    "as.uplink-storage",
    "as.webhooks.templates.url",
    "blob",
    "cache",
    "cluster.address",
    "cluster.application-server",
    "cluster.device-claiming-server",
    "cluster.device-repository",
    "cluster.gateway-configuration-server",
    "cluster.gateway-server",
    "cluster.identity-server",
    "cluster.join",
    "cluster.join-server",
    "cluster.name",
    "cluster.network-server",
    "cluster.packet-broker-agent",
    "console",
    "dcs",
    "dr.store",
    "dtc",
    "events.backend",
    "events.batch",
    "events.cloud",
    "events.redis",
    "frequency-plans.blob",
    "frequency-plans.config-source",
    "frequency-plans.url",
    "gcs",
    "grpc.allow-insecure-for-credentials",
    "grpc.correlation-ids-ignore-methods",
    "grpc.log-ignore-methods",
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
    "http.log-ignore-paths",
    "http.pprof",
    "http.static",
    "interop.packet-broker",
    "interop.sender-client-ca.blob",
    "interop.sender-client-ca.url",
    "is.auth-cache.membership-ttl",
    "is.database-uri",
    "is.email.network.assets-base-url",
    "is.email.network.branding-base-url",
    "is.email.sendgrid",
    "is.email.templates",
    "is.end-device-picture.bucket",
    "is.end-devices.encryption-key-id",
    "is.gateways.encryption-key-id",
    "is.gateways.token-validity",
    "is.network",
    "is.oauth.ui.assets-base-url",
    "is.oauth.ui.css-file",
    "is.oauth.ui.is.enabled",
    "is.oauth.ui.js-file",
    "is.oauth.ui.language",
    "is.oauth.ui.sentry-dsn",
    "is.profile-picture.bucket",
    "key-vault.cache",
    "mtls-auth.blob",
    "mtls-auth.source",
    "ns.application-uplink-queue",
    "ns.cluster-id",
    "ns.downlink-task-queue",
    "ns.interop.blob",
    "ns.interop.url",
    "output-format",
    "pba",
    "rate-limiting.blob",
    "rate-limiting.config-source",
    "rate-limiting.directory",
    "rate-limiting.provider",
    "rate-limiting.url",
    "redis",
    "rights.ttl",
    "sentry",
    "skip-version-check",
    "telemetry",
    "tls.cipher-suites",
    "tls.insecure-skip-verify",
    "tls.key-vault",
    "tracing",
    "ttgc",
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
