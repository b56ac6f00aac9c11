#include "app/server/process/settings.hpp"

#include <algorithm>
#include <filesystem>
#include <thread>

#include "actors/application_server/integration/webhook/request.hpp"
#include "app/server/own_kek/own_kek.hpp"
#include "app/server/plans/plans.hpp"
#include "app/server/process/key_vault.hpp"
#include "app/server/process/version.hpp"
#include "protocol/mac/adr/two_way.hpp"

namespace ff::app {
namespace {

mac::adr::Algorithm algorithm_of(config::AdrAlgorithm algorithm) {
  return algorithm == config::AdrAlgorithm::two_way ? mac::adr::two_way_adr
                                                    : mac::adr::reference_adr;
}

network_server::Config network_server_config(const config::NetworkServer& ns,
                                             std::uint64_t counter_jump) {
  network_server::Config out;
  out.net_id = ns.net_id;
  DevAddrPlan::Applications applications;
  for (const auto& [id, prefixes] : ns.application_dev_addr_prefixes)
    applications.insert_or_assign(id, prefixes);
  out.addresses = DevAddrPlan(ns.net_id, ns.dev_addr_prefixes, std::move(applications));
  out.limits.deduplication.window = ns.deduplication_window;
  out.limits.deduplication.cooldown = ns.cooldown_window;
  out.limits.directory.idle = ns.session_idle;
  out.downlink_queue_capacity = ns.downlink_queue_capacity;
  out.join_accept_priority = ns.join_accept_priority;
  out.mac_command_priority = ns.mac_command_priority;
  out.max_application_priority = ns.max_application_priority;
  out.confirmed_transmissions_max = ns.confirmed_transmissions_max;
  out.request_timeout = ns.request_timeout;
  out.counter_jump = counter_jump;
  out.adr.algorithm = algorithm_of(ns.adr.algorithm);
  for (const auto& [name, algorithm] : ns.adr.exceptions)
    out.adr.exceptions.insert_or_assign(name, algorithm_of(algorithm));
  const auto& from = ns.default_mac_settings;
  auto& mac = out.default_mac_settings;
  mac.adr_margin_db = static_cast<float>(from.adr_margin_db);
  mac.desired_rx1_delay = from.desired_rx1_delay;
  if (from.desired_max_duty_cycle)
    mac.desired_max_duty_cycle = mac::DutyCycleExponent{*from.desired_max_duty_cycle};
  if (from.desired_adr_ack_limit_exponent) {
    mac.desired_adr_ack_limit_exponent = mac::AdrAckExponent{*from.desired_adr_ack_limit_exponent};
  }
  if (from.desired_adr_ack_delay_exponent) {
    mac.desired_adr_ack_delay_exponent = mac::AdrAckExponent{*from.desired_adr_ack_delay_exponent};
  }
  mac.class_b_timeout = std::chrono::duration_cast<std::chrono::seconds>(from.class_b_timeout);
  mac.class_c_timeout = std::chrono::duration_cast<std::chrono::seconds>(from.class_c_timeout);
  mac.status_time_periodicity = from.status_time_periodicity;
  mac.status_count_periodicity = from.status_count_periodicity;
  return out;
}

gateway_server::GatewayServerConfig gateway_server_config(const config::GatewayServer& gs) {
  gateway_server::GatewayServerConfig out;
  out.require_registered_gateways = gs.require_registered_gateways;
  out.fetch_gateway_interval = gs.fetch_gateway_interval;
  out.fetch_gateway_jitter = gs.fetch_gateway_jitter;
  out.update_connection_stats_interval = gs.update_connection_stats_interval;
  out.update_connection_stats_debounce_time = gs.update_connection_stats_debounce_time;
  out.connection_stats_ttl = gs.connection_stats_ttl;
  out.connection_stats_disconnect_ttl = gs.connection_stats_disconnect_ttl;
  out.update_gateway_location_debounce_time = gs.update_gateway_location_debounce_time;
  out.forward.clear();
  for (const auto& [host, prefix] : gs.forward) {
    const bool is_broker = host == config::ForwardHost::packetbroker;
    out.forward.push_back({is_broker ? gateway_server::UpstreamHost::packetbroker
                                     : gateway_server::UpstreamHost::cluster,
                           prefix});
  }
  out.udp.downlink_path_expires = gs.udp.downlink_path_expires;
  out.udp.connection_expires = gs.udp.connection_expires;
  out.udp.connection_error_expires = gs.udp.connection_error_expires;
  out.udp.schedule_late_time = gs.udp.schedule_late_time;
  out.udp.addr_change_block = gs.udp.addr_change_block;
  out.udp.rate_limiting = gs.udp.rate_limiting;
  out.udp.rate_limiting_messages = gs.udp.rate_limiting_messages;
  out.udp.rate_limiting_threshold = gs.udp.rate_limiting_threshold;
  out.udp.links_max = gs.udp.links_max;
  out.udp.links_per_address_max = gs.udp.links_per_address_max;
  out.udp.datagrams_max = gs.udp.datagrams_max;
  out.uplinks_max = gs.uplinks_max;
  auto& stations = out.basic_station;
  stations.use_traffic_tls_address = gs.basic_station.use_traffic_tls_address;
  stations.allow_unauthenticated = gs.basic_station.allow_unauthenticated;
  stations.beaconing = gs.basic_station.beaconing;
  stations.remote_control = gs.basic_station.remote_control;
  stations.ws_ping_interval = gs.basic_station.ws_ping_interval;
  stations.missed_pong_threshold = gs.basic_station.missed_pong_threshold;
  stations.time_sync_interval = gs.basic_station.time_sync_interval;
  stations.max_valid_round_trip_delay = gs.basic_station.max_valid_round_trip_delay;
  stations.connections_max = gs.basic_station.connections_max;
  stations.connections_per_address_max = gs.basic_station.connections_per_address_max;
  return out;
}

Result<net::AddressRules> udp_rules(const config::GatewayServerUdp& udp) {
  net::AddressRules rules;
  FF_TRY(rules.allow, address_blocks("gs.udp.allow", udp.allow));
  FF_TRY(rules.block, address_blocks("gs.udp.block", udp.block));
  return rules;
}

std::size_t udp_frontends(const config::GatewayServerUdp& udp) {
  if (udp.frontends > 0) return udp.frontends;
  return std::clamp<std::size_t>(std::thread::hardware_concurrency() / 4, 1, 16);
}

join_server::Config join_server_config(const config::JoinServer& js, std::uint64_t counter_jump) {
  join_server::Config out;
  out.counter_jump = counter_jump;
  out.join_eui_prefixes.clear();
  for (const auto& prefix : js.join_eui_prefixes)
    out.join_eui_prefixes.push_back({prefix.join_eui, prefix.length});
  out.dev_nonce_limit = js.dev_nonce_limit;
  out.session_key_limit = js.session_key_limit;
  out.default_join_eui = js.default_join_eui;
  return out;
}

application_server::webhook::WebhooksConfig webhooks_config(const config::Webhooks& webhooks) {
  application_server::webhook::WebhooksConfig out;
  auto& delivery = out.delivery;
  delivery.concurrency = webhooks.concurrency;
  delivery.held_max = std::max(delivery.held_max, 4 * webhooks.concurrency);
  delivery.retry_delay = webhooks.retry_delay;
  delivery.retry_delay_max = webhooks.retry_delay_max;
  delivery.attempts_max = webhooks.attempts_max;
  delivery.age_max = webhooks.age_max;
  delivery.unhealthy_attempts = webhooks.unhealthy_attempts;
  delivery.unhealthy_retry = webhooks.unhealthy_retry;
  delivery.dead_letters_max = webhooks.dead_letters_max;
  delivery.cursor_interval = webhooks.cursor_interval;
  out.deliver = webhooks.deliver;
  out.per_application_max = webhooks.per_application_max;
  out.downlink_address = webhooks.downlink_tls_address.empty() ? webhooks.downlink_address
                                                               : webhooks.downlink_tls_address;
  out.domain = webhooks.domain;
  out.user_agent = std::string("Farfield/") + version;
  return out;
}

application_server::pubsub::PubSubsConfig pubsubs_config(const config::PubSubs& pubsub) {
  application_server::pubsub::PubSubsConfig out;
  auto& integration = out.integration;
  integration.window = pubsub.window;
  integration.held_max = std::max(integration.held_max, 4 * pubsub.window);
  integration.acknowledge_timeout = pubsub.acknowledge_timeout;
  // The client has its own time for each step; this is for what it might miss.
  integration.connect_timeout = 3 * pubsub.connect_timeout + std::chrono::seconds{30};
  integration.attempts_max = pubsub.attempts_max;
  integration.age_max = pubsub.age_max;
  integration.cursor_interval = pubsub.cursor_interval;
  out.per_application_max = pubsub.per_application_max;
  out.disabled = pubsub_providers(pubsub, config::ProviderStatus::disabled);
  return out;
}

application_server::packages::PackagesConfig packages_config(const config::Packages& packages) {
  application_server::packages::PackagesConfig out;
  auto& consumer = out.consumer;
  consumer.attempts_max = packages.attempts_max;
  consumer.age_max = packages.age_max;
  // A message may lead to several requests, one after the other.
  consumer.guard =
      packages.timeout * (application_server::packages::asks_max + 1) + std::chrono::seconds{30};
  out.servers = {packages.device_management_url, packages.geolocation_url};
  out.user_agent = std::string("Farfield/") + version;
  return out;
}

/// farfield-codec lies beside the server's own program.
std::filesystem::path codec_program(const config::Formatters& formatters) {
  if (!formatters.program.empty()) return formatters.program;
  std::error_code error;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", error);
  return (error ? std::filesystem::path("/usr/bin/farfield") : own).parent_path() /
         "farfield-codec";
}

application_server::FormattersConfig formatters_config(const config::Formatters& formatters) {
  application_server::FormattersConfig out;
  out.program = codec_program(formatters);
  out.workers = formatters.workers > 0 ? formatters.workers
                                       : std::max(1U, std::thread::hardware_concurrency());
  out.timeout = formatters.timeout;
  out.hang = std::max<Duration>(std::chrono::seconds{2}, 10 * formatters.timeout);
  out.queue_size = formatters.queue_size;
  out.queue_timeout = formatters.queue_timeout;
  out.memory_bytes = formatters.memory_bytes;
  out.realms = formatters.realms;
  return out;
}

void turn_on(config::Feature feature, NodeConfig& out) {
  switch (feature) {
    case config::Feature::database_driver:
      break;
    case config::Feature::narrow_steering:
      out.network_server.default_mac_settings.adr =
          mac::AdrDynamic{.channel_steering = mac::ChannelSteering::lora_narrow};
      break;
    case config::Feature::reference_region_names:
      out.gateway_server.basic_station.reference_region_names = true;
      break;
  }
}

/// Whoever stores keys seals them under its label, else under the server's own.
Status add_key_vault(const config::Config& config, NodeConfig& out) {
  FF_TRY(out.key_vault, load_key_vault(config));
  const auto seal = [&](const std::string& label) {
    return std::make_shared<const storage::KeySeal>(
        out.key_vault, label.empty() ? std::string(own_kek_label) : label);
  };
  out.join_server.vault = out.key_vault;
  out.join_server.key_seal = seal(config.js.device_kek_label);
  out.network_server.key_seal = seal(config.ns.device_kek_label);
  out.application_server.pipeline.key_seal = seal(config.as.device_kek_label);
  return {};
}

}  // namespace

Result<std::vector<net::AddressBlock>> address_blocks(const char* key,
                                                      const std::vector<std::string>& texts) {
  std::vector<net::AddressBlock> blocks;
  for (const auto& text : texts) {
    const auto block = net::AddressBlock::parse(text);
    if (!block) return fail(invalid_address, {{"key", key}, {"value", text}});
    blocks.push_back(*block);
  }
  return blocks;
}

application_server::ClientCertificates mqtt_client_certificates(
    const config::MqttClients& clients) {
  using application_server::ClientCertificates;
  if (clients.client_ca.empty()) return ClientCertificates::none;
  return clients.client_certificates == config::MqttClientCertificates::sufficient
             ? ClientCertificates::sufficient
             : ClientCertificates::required;
}

application_server::mqtt_session::SessionsConfig mqtt_sessions_config(
    const config::MqttSessions& sessions) {
  application_server::mqtt_session::SessionsConfig out;
  out.sessions_max = sessions.max_per_application;
  out.window = sessions.window;
  out.cursor_interval = sessions.cursor_interval;
  out.sweep_interval = sessions.sweep_interval;
  return out;
}

Result<net::http_client::ClientOptions> webhook_client_options(const config::Webhooks& webhooks) {
  net::http_client::ClientOptions out;
  FF_TRY(auto allowed, address_blocks("as.webhooks.allow-networks", webhooks.allow_networks));
  out.targets = net::http_client::TargetPolicy(std::move(allowed));
  out.connect_timeout = webhooks.connect_timeout;
  out.timeout = webhooks.timeout;
  out.under_way_max = webhooks.requests_max;
  out.waiting_max = webhooks.requests_waiting_max;
  out.per_origin_max = webhooks.requests_per_endpoint_max;
  out.harmless_headers = {std::string(application_server::webhook::message_id_header)};
  out.proxy = webhooks.proxy;
  out.ca_file = webhooks.ca;
  out.certificate_file = webhooks.certificate;
  out.key_file = webhooks.key;
  return out;
}

Result<net::http_client::ClientOptions> packages_client_options(
    const config::ApplicationServer& as) {
  const auto& packages = as.packages;
  FF_TRY(auto out, webhook_client_options(as.webhooks));
  FF_TRY(auto allowed, address_blocks("as.packages.allow-networks", packages.allow_networks));
  out.targets = net::http_client::TargetPolicy(std::move(allowed));
  out.timeout = packages.timeout;
  out.under_way_max = packages.workers;
  out.per_origin_max = 0;
  // An answer has all that a modem has sent since the last one.
  out.answer_size_max = std::size_t{256} << 10U;
  return out;
}

Result<net::broker_client::BrokerClientOptions> broker_client_options(
    const config::PubSubs& pubsub) {
  net::broker_client::BrokerClientOptions out;
  FF_TRY(auto allowed, address_blocks("as.pubsub.allow-networks", pubsub.allow_networks));
  out.targets = net::http_client::TargetPolicy(std::move(allowed));
  out.connect_timeout = pubsub.connect_timeout;
  out.acknowledge_timeout = pubsub.acknowledge_timeout;
  out.workers = pubsub.workers;
  out.ca_file = pubsub.ca;
  return out;
}

std::set<application_server::pubsub::Provider> pubsub_providers(const config::PubSubs& pubsub,
                                                                config::ProviderStatus status) {
  using application_server::pubsub::Provider;
  std::set<Provider> out;
  for (const auto provider : {Provider::mqtt, Provider::nats}) {
    const auto name = application_server::pubsub::name_of(provider);
    const auto row = std::ranges::find(pubsub.providers, name, &config::PubSubProvider::name);
    const bool is_named = row != pubsub.providers.end();
    if ((is_named ? row->status : config::ProviderStatus::enabled) == status) out.insert(provider);
  }
  return out;
}

Result<std::vector<gateway_server::BasicStationFrontendConfig>> basic_station_listeners(
    const config::GatewayServer& settings, std::shared_ptr<const net::tls::ServerContext> tls) {
  using Serves = gateway_server::BasicStationFrontendConfig::Serves;
  std::vector<gateway_server::BasicStationFrontendConfig> out;
  const auto add = [&](std::string name, Serves serves, const std::string& address,
                       std::shared_ptr<const net::tls::ServerContext> context) -> Status {
    if (address.empty()) return {};
    const auto local = net::Endpoint::parse_listen(address);
    const auto key = "gs." + name + (context ? ".listen-tls" : ".listen");
    if (!local) return fail(invalid_address, {{"key", key}, {"value", address}});
    out.push_back({.local = *local,
                   .name = name + (context ? "-tls" : ""),
                   .tls = std::move(context),
                   .fallback_plan_id = settings.basic_station.fallback_frequency_plan_id,
                   .serves = serves,
                   .network = nullptr});
    return {};
  };
  const auto both = [&](const char* name, Serves serves, const config::Listen& listen) -> Status {
    FF_CHECK(add(name, serves, listen.plain, nullptr));
    if (tls) FF_CHECK(add(name, serves, listen.tls, tls));
    return {};
  };
  FF_CHECK(both("basic-station", Serves::stations, settings.basic_station.listen));
  FF_CHECK(both("tabs-hubs", Serves::stations, settings.tabs_hubs.listen));
  FF_CHECK(both("ttigw", Serves::nothing_yet, settings.ttigw.listen));
  return out;
}

identity_server::SettingsPtr identity_settings(const config::IdentityServer& is) {
  auto out = std::make_shared<identity_server::Settings>();
  const auto& from = is.user_registration;
  out->registration = {.enabled = from.enabled,
                       .invitation_required = from.invitation_required,
                       .invitation_ttl = from.invitation_token_ttl,
                       .validation_required = from.validation_required,
                       .validation_ttl = from.validation_token_ttl,
                       .validation_retry_interval = from.validation_retry_interval,
                       .admin_approval_required = from.admin_approval_required,
                       .passwords = {.min_length = from.passwords.min_length,
                                     .max_length = from.passwords.max_length,
                                     .min_uppercase = from.passwords.min_uppercase,
                                     .min_digits = from.passwords.min_digits,
                                     .min_special = from.passwords.min_special,
                                     .reject_user_id = from.passwords.reject_user_id,
                                     .reject_common = from.passwords.reject_common}};
  out->user_rights = {.create_applications = is.create_applications,
                      .create_clients = is.create_clients,
                      .create_gateways = is.create_gateways,
                      .create_organizations = is.create_organizations};
  out->admin_rights_all = is.admin_rights_all;
  out->set_others_as_contacts = is.set_others_as_contacts;
  out->login_tokens_enabled = is.login_tokens_enabled;
  out->login_token_ttl = is.login_token_ttl;
  out->restore_window = is.delete_restore;
  out->dev_euis = {.enabled = is.dev_eui_block_enabled,
                   .application_limit = is.dev_eui_application_limit,
                   .first = DevEui(is.dev_eui_prefix.join_eui.value()),
                   .length = is.dev_eui_prefix.length,
                   .init_counter = is.dev_eui_init_counter};
  out->profile_pictures = {.can_be_uploaded = !is.profile_pictures.disable_upload,
                           .url = is.profile_pictures.bucket_url};
  out->use_gravatar = is.use_gravatar;
  out->end_device_pictures = {.can_be_uploaded = !is.end_device_pictures.disable_upload,
                              .url = is.end_device_pictures.bucket_url};
  out->default_page_limit = is.pagination_default_limit;
  return out;
}

Result<std::vector<gateway_server::MqttFrontendConfig>> gateway_mqtt_listeners(
    const config::GatewayServer& settings, std::shared_ptr<const net::tls::ServerContext> tls) {
  std::vector<gateway_server::MqttFrontendConfig> out;
  const auto add = [&](const std::string& key, const std::string& address,
                       gateway_server::MqttFrontendConfig frontend) -> Status {
    if (address.empty()) return {};
    const auto local = net::Endpoint::parse_listen(address);
    if (!local) return fail(invalid_address, {{"key", key}, {"value", address}});
    frontend.local = *local;
    out.push_back(std::move(frontend));
    return {};
  };
  const auto add_both = [&](std::string_view name, const gateway_server::MqttFormat& format,
                            const config::GatewayServerMqtt& mqtt) -> Status {
    const gateway_server::MqttFrontendConfig plain{
        .local = {},
        .format = &format,
        .name = "gs-" + std::string(name),
        .tls = nullptr,
        .connections_max = mqtt.connections_max,
        .connections_per_address_max = mqtt.connections_per_address_max};
    const auto key = "gs." + std::string(name) + ".listen";
    FF_CHECK(add(key, mqtt.listen.plain, plain));
    if (!tls) return {};
    auto over_tls = plain;
    over_tls.name += "-tls";
    over_tls.tls = tls;
    return add(key + "-tls", mqtt.listen.tls, std::move(over_tls));
  };
  FF_CHECK(add_both("mqtt", gateway_server::mqtt_format_v3(), settings.mqtt));
  FF_CHECK(add_both("mqtt-v2", gateway_server::mqtt_format_v2(), settings.mqtt_v2));
  return out;
}

Result<NodeConfig> node_config(const config::Config& config, std::uint64_t counter_jump) {
  NodeConfig out;
  out.durability = config.storage.durability == config::Durability::sync
                       ? storage::Durability::sync
                       : storage::Durability::no_sync;
  out.sync_interval = config.storage.sync_interval;
  out.server_version = version;
  FF_TRY(out.plans, load_frequency_plans(config.frequency_plans_directory));
  out.network_server = network_server_config(config.ns, counter_jump);
  out.gateway_server = gateway_server_config(config.gs);
  for (const auto feature : config.features) turn_on(feature, out);
  out.join_server = join_server_config(config.js, counter_jump);
  out.identity = identity_settings(config.is);
  out.application_server.mqtt_sessions = mqtt_sessions_config(config.as.mqtt_sessions);
  out.application_server.mqtt_groups.expiry = static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(config.as.mqtt_sessions.expiry).count());
  FF_TRY(out.gateway_server.trusted_proxies,
         address_blocks("http.trusted-proxies", config.http.trusted_proxies));
  FF_TRY(const auto rules, udp_rules(config.gs.udp));
  out.application_server.webhooks = webhooks_config(config.as.webhooks);
  out.application_server.pubsubs = pubsubs_config(config.as.pubsub);
  out.application_server.packages = packages_config(config.as.packages);
  out.application_server.formatters = formatters_config(config.as.formatters);
  out.application_server.outbox_retention = config.as.outbox_retention;
  out.application_server.outbox_messages_max = config.as.outbox_messages_max;
  // Activation and locations are told whatever becomes of last_seen_at.
  auto& pipeline = out.application_server.pipeline;
  pipeline.tells_last_seen = config.as.last_seen_interval > Duration::zero();
  pipeline.app_s_key_timeout = config.as.app_s_key_timeout;
  if (pipeline.tells_last_seen) pipeline.activity_interval = config.as.last_seen_interval;
  pipeline.default_retry_attempts = config.as.confirmation.attempts;
  pipeline.max_retry_attempts = config.as.confirmation.attempts_max;
  if (config.audit.enable) {
    out.audit.emplace();
    out.audit->log.keys = config.audit.keys;
    out.audit->retention = config.audit.retention;
  }
  out.activity_batch_max = std::max<std::size_t>(1, config.as.last_seen_batch);
  if (config.dr.source == config::DirectorySource::directory)
    out.device_repository = config.dr.directory;
  FF_CHECK(add_key_vault(config, out));
  for (const auto& listener : config.gs.udp.listeners) {
    const auto local = net::Endpoint::parse_listen(listener.address);
    if (!local)
      return fail(invalid_address, {{"key", "gs.udp.listeners"}, {"value", listener.address}});
    out.udp.push_back({.local = *local,
                       .fallback_plan_id = listener.fallback_frequency_plan_id,
                       .network = nullptr,
                       .frontends = udp_frontends(config.gs.udp),
                       .rules = rules});
  }
  return out;
}

}  // namespace ff::app
