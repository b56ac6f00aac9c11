// Config: what an operator decided, as typed values; one struct per area of `config/schema/`.
// Not the components' own structs: the wiring in app/server fills those from this one.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/interop_client.hpp"
#include "config/network_server.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/frames.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::config {

enum class LogFormat : std::uint8_t { console, json };
enum class LogLevel : std::uint8_t { debug, info, warn, error, fatal };

/// `log`.
struct Log {
  LogFormat format = LogFormat::console;
  LogLevel level = LogLevel::info;
};

/// `farfield`: the process.
struct Process {
  std::size_t threads = 0;      // actors' threads; 0: one per core
  std::size_t net_threads = 0;  // sockets' threads; 0: one per two cores, at least one
  bool core_dumps = false;      // they have keys in the clear
};

/// An entry of `experimental.features`. [spec configuration-and-metrics §1]
enum class Feature : std::uint8_t {
  database_driver,         // `db.pgdriver`: there is no such database here
  narrow_steering,         // `ns.adr.auto_narrow_steer`
  reference_region_names,  // `gs.lbslns.reference_region_names`
};

enum class Durability : std::uint8_t { sync, interval };

/// `storage`.
struct Storage {
  std::filesystem::path directory;
  Durability durability = Durability::sync;
  Duration sync_interval{};  // of Durability::interval
  std::uint32_t shards = 0;  // a power of two
  std::uint64_t restore_counter_jump = 0;
  std::size_t block_cache_bytes = 0;
  std::size_t write_buffer_bytes = 0;
};

/// Addresses to listen on, as text: `:1885`, `127.0.0.1:1885`, `[::1]:0`. Empty: not at all.
struct Listen {
  std::string plain;
  std::string tls;
};

/// A page with basic authentication; the user's name is the page's. Empty password: for everyone.
struct Page {
  bool enable = false;
  std::string password;
};

/// `http.cookie`. As text; empty: made at the first start and kept in the data directory.
struct CookieKeys {
  std::string hash_key;   // 32 or 64 bytes in hex
  std::string block_key;  // 32 bytes in hex
};

/// `grpc`.
struct Grpc {
  Listen listen;
  std::vector<std::string> trusted_proxies;  // address blocks
};

/// `http`.
struct Http {
  Listen listen;
  std::vector<std::string> trusted_proxies;  // address blocks
  std::string redirect_to_host;              // with or without a port; empty: whatever was asked
  bool redirect_to_tls = false;
  Page metrics;
  Page health;
  CookieKeys cookie;
};

/// `inspect`: what `farfield inspect` asks; of no meaning to a server.
struct Inspect {
  std::string address;  // `host:port`; empty: the server on this machine
  std::string api_key;  // empty: the data directory's
};

/// Where the certificate of incoming TLS comes from. `none` keeps every TLS listener closed.
enum class TlsSource : std::uint8_t { none, file, self_signed, acme };

/// `tls.acme`: an authority that gives certificates to machines.
struct Acme {
  bool enable = false;  // as source acme
  std::string endpoint;
  std::filesystem::path ca;  // trusted beside the system's authorities; empty: those alone
  std::filesystem::path directory;
  std::string email;
  std::vector<std::string> hosts;
  std::string default_host;  // the certificate's subject; empty: the first host
};

/// `tls`.
struct Tls {
  TlsSource source = TlsSource::none;
  std::filesystem::path certificate;
  std::filesystem::path key;
  Duration reload_interval{};
  Acme acme;

  bool by_acme() const noexcept { return source == TlsSource::acme || acme.enable; }
};

/// `mtls-auth`: whose certificates of clients are believed.
struct MtlsAuth {
  std::filesystem::path directory;  // PEM files of authorities; empty: nobody's
};

/// One row of `rate-limiting.profiles`.
struct RateLimitingProfile {
  std::string name;
  std::uint32_t max_per_min = 0;
  std::uint32_t max_burst = 0;  // 0: max_per_min
  std::vector<std::string> associations;

  bool operator==(const RateLimitingProfile&) const = default;
};

/// `rate-limiting`: how often callers may.
struct RateLimiting {
  std::vector<RateLimitingProfile> profiles;
  std::size_t keys_max = 0;  // remembered by each profile
};

/// One entry of `key-vault.static`: a key-encryption key of 16, 24 or 32 bytes.
struct Kek {
  std::string label;
  Bytes key;
};

/// `key-vault`.
struct KeyVault {
  std::string provider;  // `static`
  std::vector<Kek> keks;
  std::filesystem::path file;  // lines `label: hex`; empty: none
  Duration reload_interval{};  // of the file
  std::filesystem::path
      own_file;  // of the server's own key; empty: `own-kek` in the data directory
};

/// `cluster.crypto-server`: who holds root keys that we do not have.
struct CryptoServer {
  std::string address;  // `host:port`; empty: nobody
  bool tls = false;
  std::string tls_server_name;    // of its certificate; empty: the host of the address
  std::filesystem::path root_ca;  // of its certificate; empty: the system's
  Duration timeout{};             // of all that one join asks
  std::size_t joins_max = 0;      // that wait for it
};

/// One entry of `interop.sender-client-cas`.
struct SenderClientCa {
  std::string sender;          // NetID, AS-ID or JoinEUI
  std::filesystem::path file;  // PEM
};

/// `interop`: Backend Interfaces.
struct Interop {
  Listen listen;
  std::string public_tls_address;
  DirectorySource sender_client_ca_source = DirectorySource::none;
  std::filesystem::path sender_client_ca_directory;
  std::vector<SenderClientCa> sender_client_cas;
  Duration timeout{};  // of a question to another join server
  std::uint32_t attempts_max = 0;
  std::uint32_t breaker_failures = 0;
  Duration breaker_pause{};
  std::size_t requests_max = 0;
};

/// One row of `gs.udp.listeners`.
struct UdpListener {
  std::string address;
  std::string fallback_frequency_plan_id;  // of gateways without one; may be empty

  bool operator==(const UdpListener&) const = default;
};

/// `gs.udp`.
struct GatewayServerUdp {
  std::vector<UdpListener> listeners;
  std::size_t frontends = 0;       // of one listener; 0: one per four cores, at least one
  std::vector<std::string> allow;  // address blocks; empty: everybody
  std::vector<std::string> block;
  Duration downlink_path_expires{};
  Duration connection_expires{};
  Duration connection_error_expires{};
  Duration schedule_late_time{};
  Duration addr_change_block{};  // 0: any address
  bool rate_limiting = false;
  std::size_t rate_limiting_messages = 0;
  Duration rate_limiting_threshold{};
  std::size_t links_max = 0;
  std::size_t links_per_address_max = 0;
  std::size_t datagrams_max = 0;
};

/// `gs.tabs-hubs`: hubs speak the stations' protocol. `gs.ttigw` has no plain listener.
struct GatewayServerSocket {
  Listen listen;
};

/// `gs.basic-station`.
struct GatewayServerBasicStation {
  Listen listen;
  std::string fallback_frequency_plan_id;  // of gateways without one; may be empty
  bool use_traffic_tls_address = false;
  bool allow_unauthenticated = false;
  bool beaconing = false;
  bool remote_control = false;
  Duration ws_ping_interval{};
  std::uint32_t missed_pong_threshold = 0;
  Duration time_sync_interval{};
  Duration max_valid_round_trip_delay{};
  std::size_t connections_max = 0;
  std::size_t connections_per_address_max = 0;  // 0: no bound
};

/// `gs.mqtt`, `gs.mqtt-v2`.
struct GatewayServerMqtt {
  Listen listen;
  Listen public_address;  // what gateways are told
  std::size_t connections_max = 0;
  std::size_t connections_per_address_max = 0;  // 0: no bound
};

/// Who gets uplinks of some addresses. `cluster`: this cluster's network server.
enum class ForwardHost : std::uint8_t { cluster, packetbroker };
/// One entry of `gs.forward`.
struct ForwardEntry {
  ForwardHost host = ForwardHost::cluster;
  DevAddrPrefix prefix;
  bool operator==(const ForwardEntry&) const = default;
};

/// `gs`.
struct GatewayServer {
  bool require_registered_gateways = false;
  std::size_t uplinks_max = 0;
  Duration fetch_gateway_interval{};
  double fetch_gateway_jitter = 0;  // share of the interval
  Duration update_connection_stats_interval{};
  Duration update_connection_stats_debounce_time{};
  Duration connection_stats_ttl{};
  Duration connection_stats_disconnect_ttl{};
  Duration update_gateway_location_debounce_time{};
  std::vector<ForwardEntry> forward;
  GatewayServerUdp udp;
  GatewayServerBasicStation basic_station;
  GatewayServerSocket tabs_hubs;
  GatewayServerSocket ttigw;
  GatewayServerMqtt mqtt;
  GatewayServerMqtt mqtt_v2;
};

/// `as.mqtt.sessions`: clients' sessions that outlive their connection.
struct MqttSessions {
  std::size_t max_per_application = 0;  // 0: none
  Duration expiry{};                    // of MQTT 3 clients
  Duration expiry_max{};                // what MQTT 5 clients may ask for
  std::uint16_t window = 0;
  Duration cursor_interval{};
  Duration sweep_interval{};
};

/// What certificates of MQTT clients are for. `required`: each client needs one beside its key;
/// `sufficient`: one stands for a key.
enum class MqttClientCertificates : std::uint8_t { required, sufficient };

/// `as.mqtt`: who may connect, beside the listeners.
struct MqttClients {
  Listen public_address;  // what clients are told; empty: the listeners', on localhost
  std::size_t connections_max = 0;
  std::size_t connections_per_address_max = 0;      // 0: no bound
  std::size_t connections_per_application_max = 0;  // 0: no bound
  std::filesystem::path client_ca;                  // a PEM file; empty: none is asked for
  MqttClientCertificates client_certificates = MqttClientCertificates::required;
};

/// `as.downlinks.confirmation`: transmissions of a confirmed downlink.
struct DownlinkConfirmation {
  std::uint32_t attempts = 0;      // of one that does not say
  std::uint32_t attempts_max = 0;  // that one may ask for
};

/// `as.webhooks`: messages sent to applications' servers.
struct Webhooks {
  bool deliver = true;  // `target` is `direct`
  Duration timeout{};
  Duration connect_timeout{};
  std::size_t requests_waiting_max = 0;
  std::size_t requests_max = 0;
  std::size_t requests_per_endpoint_max = 0;
  std::uint64_t unhealthy_attempts = 0;
  Duration unhealthy_retry{};
  std::size_t per_application_max = 0;
  std::size_t concurrency = 0;
  Duration retry_delay{};
  Duration retry_delay_max{};
  std::uint32_t attempts_max = 0;
  Duration age_max{};
  std::uint64_t dead_letters_max = 0;
  Duration cursor_interval{};
  std::vector<std::string> allow_networks;  // CIDR
  std::string proxy;
  std::filesystem::path ca;  // PEM files; empty: none
  std::filesystem::path certificate;
  std::filesystem::path key;
  std::string domain;
  std::string downlink_address;
  std::string downlink_tls_address;
  std::filesystem::path templates_directory;
  std::string templates_logo_base_url;
};

/// Whether integrations of a kind may be used. `warning`: with a word in the answer of the API.
enum class ProviderStatus : std::uint8_t { enabled, warning, disabled };
struct PubSubProvider {
  std::string name;  // `mqtt` or `nats`
  ProviderStatus status = ProviderStatus::enabled;
  bool operator==(const PubSubProvider&) const = default;
};

/// `as.pubsub`: messages sent to applications' message brokers.
struct PubSubs {
  std::vector<PubSubProvider> providers;  // one that is not named is enabled
  std::size_t per_application_max = 0;
  std::size_t window = 0;
  Duration connect_timeout{};
  Duration acknowledge_timeout{};
  std::uint32_t attempts_max = 0;
  Duration age_max{};
  Duration cursor_interval{};
  std::size_t workers = 0;
  std::vector<std::string> allow_networks;  // CIDR
  std::filesystem::path ca;                 // a PEM file; empty: none
};

/// `as.packages`: application packages, and the servers that they ask.
struct Packages {
  std::size_t workers = 0;  // requests at one time
  Duration timeout{};       // of one request
  std::uint32_t attempts_max = 0;
  Duration age_max{};
  std::vector<std::string> allow_networks;  // CIDR
  std::string device_management_url;        // of associations that name none
  std::string geolocation_url;
};

/// `as.formatters`.
struct Formatters {
  std::size_t parameter_length_max = 0;  // bytes
  std::size_t workers = 0;               // 0: one per core
  std::filesystem::path program;         // empty: farfield-codec beside the server's own
  Duration timeout{};
  Duration queue_timeout{};
  std::size_t queue_size = 0;
  std::size_t memory_bytes = 0;
  std::size_t realms = 0;
};

/// `as`.
struct ApplicationServer {
  Listen mqtt;
  MqttClients mqtt_clients;
  MqttSessions mqtt_sessions;
  DownlinkConfirmation confirmation;
  Webhooks webhooks;
  PubSubs pubsub;
  Packages packages;
  Formatters formatters;
  std::size_t streams_per_application_max = 0;  // of live messages; 0: no bound
  Duration outbox_retention{};
  std::uint64_t outbox_messages_max = 0;  // per application and shard; 0: any number
  Duration last_seen_interval{};          // between two reports to the registry; 0: without it
  Duration app_s_key_timeout{};           // for a join server to answer
  std::size_t last_seen_batch = 0;        // devices in one of its transactions
  std::string device_kek_label;           // of keys at rest; empty: the server's own
  InteropClient interop;
};

/// `dr`: the device repository.
struct DeviceRepository {
  DirectorySource source = DirectorySource::none;
  std::filesystem::path directory;  // imported at the start, if it is there; empty: nothing is
  std::string assets_base_url;      // in front of pictures; empty: as they are called
};

/// The EUIs whose first `length` bits are those of `join_eui`.
struct JoinEuiPrefix {
  JoinEui join_eui;
  std::uint8_t length = 0;  // 0 to 64

  bool operator==(const JoinEuiPrefix&) const = default;
};

/// `js`.
struct JoinServer {
  std::vector<JoinEuiPrefix> join_eui_prefixes;
  JoinEui default_join_eui;
  std::string device_kek_label;  // of keys at rest; empty: the server's own
  std::size_t dev_nonce_limit = 0;
  std::size_t session_key_limit = 0;
};

/// `is.user-registration.password-requirements`.
struct PasswordRequirements {
  std::uint32_t min_length = 0;
  std::uint32_t max_length = 0;
  std::uint32_t min_uppercase = 0;
  std::uint32_t min_digits = 0;
  std::uint32_t min_special = 0;
  bool reject_user_id = false;
  bool reject_common = false;
};

/// `is.user-registration`.
struct UserRegistration {
  bool enabled = false;
  bool invitation_required = false;
  Duration invitation_token_ttl{};
  bool validation_required = false;
  Duration validation_token_ttl{};
  Duration validation_retry_interval{};
  bool admin_approval_required = false;
  PasswordRequirements passwords;
};

/// `is.oauth`: the account pages and the authorization server.
struct OAuth {
  std::string mount;  // a path without a `/` at its end
  std::string canonical_url;
  std::string site_name;
  std::string title;
  std::string sub_title;
  std::string description;
  std::string theme_color;
  std::string branding_url;
  std::string icon_prefix;
  std::string documentation_url;
  std::string status_page_url;
  std::string api_url;
  std::string console_url;
};

/// `is.login-throttle`: wrong passwords and tokens within `window`.
struct LoginThrottle {
  std::uint32_t attempts_per_account = 0;
  std::uint32_t attempts_per_address = 0;
  Duration window{};
};

/// `is.oidc`: users of another identity provider. Empty issuer: none.
struct OpenIdConnect {
  std::string name;  // for people
  std::string issuer;
  std::string client_id;
  std::string client_secret;
  bool allow_registrations = false;
  std::filesystem::path ca;  // PEM; empty: the system's
};

enum class MailProvider { none, dir, smtp };

/// `is.email.smtp`.
struct Smtp {
  std::string address;  // host:port
  std::string username;
  std::string password;
  std::uint32_t connections = 0;  // 0: as many as are good
};

/// `is.email`.
struct Email {
  MailProvider provider = MailProvider::none;
  /// `is.email.dir`: where mail is written.
  std::filesystem::path directory;
  std::string sender_name;
  std::string sender_address;
  Smtp smtp;
  std::string network_name;
  std::string account_url;  // `is.email.network.identity-server-url`
  std::string console_url;
};

/// `is.profile-picture`, `is.end-device-picture`.
struct Pictures {
  bool disable_upload = false;
  /// In front of the names of pictures: a path of our own, which we serve, or somebody else's URL.
  std::string bucket_url;
};

/// `is`.
struct IdentityServer {
  UserRegistration user_registration;
  bool create_applications = false;
  bool create_clients = false;
  bool create_gateways = false;
  bool create_organizations = false;
  bool admin_rights_all = false;
  bool set_others_as_contacts = false;
  bool login_tokens_enabled = false;
  Duration login_token_ttl{};
  Duration delete_restore{};
  bool delete_purge = false;
  Duration rights_ttl{};  // `rights.ttl`
  bool dev_eui_block_enabled = false;
  std::uint64_t dev_eui_application_limit = 0;  // 0: none
  JoinEuiPrefix dev_eui_prefix;                 // of DevEUIs
  std::uint64_t dev_eui_init_counter = 0;
  Pictures profile_pictures;
  bool use_gravatar = false;
  Pictures end_device_pictures;
  std::uint32_t pagination_default_limit = 0;
  OAuth oauth;
  LoginThrottle login_throttle;
  OpenIdConnect oidc;
  Email email;
};

/// `events.store`.
struct EventStore {
  bool enable = false;
  Duration retention{};
};

/// `audit`.
struct Audit {
  bool enable = false;
  Duration retention{};     // zero: for ever
  std::vector<Bytes> keys;  // of signatures: the first signs; empty: none
};

struct Config {
  Log log;
  Process process;
  Storage storage;
  Grpc grpc;
  Http http;
  Inspect inspect;
  MtlsAuth mtls_auth;
  RateLimiting rate_limiting;
  Tls tls;
  KeyVault key_vault;
  Interop interop;
  EventStore event_store;
  Audit audit;
  std::vector<Bytes> cluster_keys;  // `cluster.keys`; empty: nobody has one
  CryptoServer crypto_server;
  std::vector<Feature> features;                    // that are on
  std::filesystem::path frequency_plans_directory;  // empty: the plans that are built in alone
  GatewayServer gs;
  NetworkServer ns;
  ApplicationServer as;
  DeviceRepository dr;
  JoinServer js;
  IdentityServer is;
};

}  // namespace ff::config
