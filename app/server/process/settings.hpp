// What the operator decided, as the components' own configuration.
#pragma once

#include <set>

#include "actors/application_server/frontend_mqtt/client_certificate.hpp"
#include "app/server/node/node.hpp"
#include "config/config.hpp"
#include "net/address/address_block.hpp"

namespace ff::app {

inline constexpr ErrorDef invalid_address{
    "config", "invalid_value", Code::invalid_argument,
    "`{key}` can not be `{value}`: it takes an address like `:1885` or `127.0.0.1:1885`"};

/// Errors name the setting: an address that does not parse, a label that the key vault does not
/// have.
Result<NodeConfig> node_config(const config::Config& config, std::uint64_t counter_jump);

/// The listeners for Basic Station; none with TLS while `tls` is null. Errors as above.
Result<std::vector<gateway_server::BasicStationFrontendConfig>> basic_station_listeners(
    const config::GatewayServer& settings, std::shared_ptr<const net::tls::ServerContext> tls);

/// The listeners for gateways over MQTT, current and legacy; likewise.
Result<std::vector<gateway_server::MqttFrontendConfig>> gateway_mqtt_listeners(
    const config::GatewayServer& settings, std::shared_ptr<const net::tls::ServerContext> tls);

/// Of clients over TLS; without an authority none are asked for.
application_server::ClientCertificates mqtt_client_certificates(const config::MqttClients& clients);

/// The bounds of stored MQTT sessions, for their directory and for connections.
application_server::mqtt_session::SessionsConfig mqtt_sessions_config(
    const config::MqttSessions& sessions);

/// The rules of accounts.
identity_server::SettingsPtr identity_settings(const config::IdentityServer& is);
/// What webhooks are delivered with. Errors: a network of `as.webhooks.allow-networks` that is
/// none.
Result<net::http_client::ClientOptions> webhook_client_options(const config::Webhooks& webhooks);
/// What application packages ask with; proxy and TLS are those of webhooks. Errors: as above,
/// `as.packages.allow-networks`.
Result<net::http_client::ClientOptions> packages_client_options(
    const config::ApplicationServer& as);
/// What pub/sub integrations connect with. Errors: as above, `as.pubsub.allow-networks`.
Result<net::broker_client::BrokerClientOptions> broker_client_options(
    const config::PubSubs& pubsub);
/// The kinds of brokers that have this status.
std::set<application_server::pubsub::Provider> pubsub_providers(const config::PubSubs& pubsub,
                                                                config::ProviderStatus status);

/// The blocks of setting `key`. Error: invalid_address.
Result<std::vector<net::AddressBlock>> address_blocks(const char* key,
                                                      const std::vector<std::string>& texts);

}  // namespace ff::app
