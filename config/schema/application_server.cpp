// `as.*`: applications. Defaults are the reference's. [spec configuration-and-metrics §6]
#include <algorithm>
#include <iterator>

#include "config/schema/schema.hpp"

namespace ff::config {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

std::vector<Knob> mqtt_knobs() {
  return {
      {"as.mqtt.listen", "Address of the MQTT server for applications without TLS.", ":1883",
       one(listen_address(), FF_PLACE(as.mqtt.plain))},
      {"as.mqtt.listen-tls", "The same with TLS; needs tls.source.", ":8883",
       one(listen_address(), FF_PLACE(as.mqtt.tls))},
      {"as.mqtt.sessions.max-per-application",
       "Sessions of MQTT clients kept for one application; 0: none, as in the reference.", "1000",
       one(count<std::size_t>(0, 100'000), FF_PLACE(as.mqtt_sessions.max_per_application))},
      {"as.mqtt.sessions.expiry",
       "How long the session of an MQTT 3 client outlives its connection.", "168h",
       one(duration(seconds{1}, hours{24 * 366}), FF_PLACE(as.mqtt_sessions.expiry))},
      {"as.mqtt.sessions.expiry-max", "The longest time an MQTT 5 client may ask for.", "168h",
       one(duration(seconds{1}, hours{24 * 366}), FF_PLACE(as.mqtt_sessions.expiry_max))},
      {"as.mqtt.sessions.window",
       "Messages sent to a client that it has not acknowledged; it may ask for less.", "64",
       one(count<std::uint16_t>(1, 1024), FF_PLACE(as.mqtt_sessions.window))},
      {"as.mqtt.sessions.cursor-interval",
       "How often acknowledgements are written down: what may be sent again after a crash.", "1s",
       one(duration(milliseconds{100}, minutes{1}), FF_PLACE(as.mqtt_sessions.cursor_interval))},
      {"as.mqtt.sessions.sweep-interval", "How often expired sessions are looked for.", "1m",
       one(duration(seconds{1}, hours{1}), FF_PLACE(as.mqtt_sessions.sweep_interval))},
  };
}

/// Who may connect, and where clients are told to. The addresses are the reference's.
std::vector<Knob> mqtt_client_knobs() {
  using Certificates = MqttClientCertificates;
  return {
      {"as.mqtt.public-address",
       "Where clients are told to connect without TLS; empty: as.mqtt.listen on localhost.", "",
       one(server_address(), FF_PLACE(as.mqtt_clients.public_address.plain))},
      {"as.mqtt.public-tls-address",
       "Where clients are told to connect with TLS; empty: as.mqtt.listen-tls on localhost.", "",
       one(server_address(), FF_PLACE(as.mqtt_clients.public_address.tls))},
      {"as.mqtt.connections-max", "Connections of one listener at a time; more are closed at once.",
       "65536", one(count<std::size_t>(1, 1'000'000), FF_PLACE(as.mqtt_clients.connections_max))},
      {"as.mqtt.connections-per-address-max", "The same for one remote address; 0 is no bound.",
       "0",
       one(count<std::size_t>(0, 1'000'000),
           FF_PLACE(as.mqtt_clients.connections_per_address_max))},
      {"as.mqtt.connections-per-application-max",
       "Clients of one application at a time; more are refused. 0 is no bound.", "10000",
       one(count<std::size_t>(0, 1'000'000),
           FF_PLACE(as.mqtt_clients.connections_per_application_max))},
      {"as.mqtt.tls.client-ca",
       "PEM file of the authorities of certificates that clients show with TLS; empty: none is "
       "asked for.",
       "", one(path_or_nothing(), FF_PLACE(as.mqtt_clients.client_ca))},
      {"as.mqtt.tls.client-certificates",
       "What they are for: required, by each client beside its API key, or sufficient, in place of "
       "a key. Either way the application's ID is their common name.",
       "required",
       one(choice<Certificates>(
               {{"required", Certificates::required}, {"sufficient", Certificates::sufficient}}),
           FF_PLACE(as.mqtt_clients.client_certificates))},
  };
}

/// Those of the reference. [spec application-server §1]
std::vector<Knob> confirmation_knobs() {
  return {
      {"as.downlinks.confirmation.default-retry-attempts",
       "How often a confirmed downlink is sent that does not say it itself.", "8",
       one(count<std::uint32_t>(1, 1'000'000), FF_PLACE(as.confirmation.attempts))},
      {"as.downlinks.confirmation.max-retry-attempts",
       "What a confirmed downlink may say; not less than the default.", "32",
       one(count<std::uint32_t>(1, 1'000'000), FF_PLACE(as.confirmation.attempts_max))},
  };
}

/// Those of the reference. [spec integrations §2]
std::vector<Knob> webhook_knobs() {
  return {
      {"as.webhooks.target", "Whether webhooks are delivered: direct, or empty for not at all.",
       "direct", one(choice<bool>({{"direct", true}, {"", false}}), FF_PLACE(as.webhooks.deliver))},
      {"as.webhooks.timeout", "How long an endpoint may take for one request, in all.", "5s",
       one(duration(milliseconds{100}, minutes{5}), FF_PLACE(as.webhooks.timeout))},
      {"as.webhooks.queue-size", "Requests of all webhooks that may wait to be sent.", "1024",
       one(count<std::size_t>(1, 1'000'000), FF_PLACE(as.webhooks.requests_waiting_max))},
      {"as.webhooks.workers", "Requests of all webhooks that are under way at one time.", "1024",
       one(count<std::size_t>(1, 65'536), FF_PLACE(as.webhooks.requests_max))},
      {"as.webhooks.unhealthy-attempts-threshold",
       "Failures in a row after which a webhook is disabled for as.webhooks.unhealthy-retry-"
       "interval; 0: a waiting time of our own is used.",
       "0", one(count<std::uint64_t>(0, 1'000'000), FF_PLACE(as.webhooks.unhealthy_attempts))},
      {"as.webhooks.unhealthy-retry-interval", "How long that is; 0: see above.", "0s",
       one(duration(seconds{0}, hours{24 * 30}), FF_PLACE(as.webhooks.unhealthy_retry))},
      {"as.webhooks.templates.directory", "Folder with webhook templates; read at the start.",
       "/srv/ttn-lorawan/lorawan-webhook-templates",
       one(path_or_nothing(), FF_PLACE(as.webhooks.templates_directory))},
      {"as.webhooks.templates.logo-base-url", "In front of the relative logos of templates.", "",
       one(any_text(), FF_PLACE(as.webhooks.templates_logo_base_url))},
      {"as.webhooks.downlink.public-address",
       "Where endpoints send downlinks, without TLS; comes in front of /as/applications.",
       "http://localhost:1885/api/v3", one(any_text(), FF_PLACE(as.webhooks.downlink_address))},
      {"as.webhooks.downlink.public-tls-address", "The same with TLS; used if it is not empty.", "",
       one(any_text(), FF_PLACE(as.webhooks.downlink_tls_address))},
  };
}

/// Our own: delivery from the outbox, and what protects our network.
std::vector<Knob> webhook_delivery_knobs() {
  return {
      {"as.webhooks.connect-timeout", "How long a connection to an endpoint may take.", "3s",
       one(duration(milliseconds{100}, minutes{1}), FF_PLACE(as.webhooks.connect_timeout))},
      {"as.webhooks.max-per-application", "Webhooks of one application.", "100",
       one(count<std::size_t>(1, 10'000), FF_PLACE(as.webhooks.per_application_max))},
      {"as.webhooks.concurrency",
       "Requests of one webhook at one time; messages of one device go one after the other.", "8",
       one(count<std::size_t>(1, 256), FF_PLACE(as.webhooks.concurrency))},
      {"as.webhooks.concurrency-per-endpoint",
       "Requests of all webhooks to one server (scheme, host and port) at one time.", "128",
       one(count<std::size_t>(1, 65'536), FF_PLACE(as.webhooks.requests_per_endpoint_max))},
      {"as.webhooks.retry.delay", "The wait after a failure; it doubles each time.", "1s",
       one(duration(milliseconds{10}, minutes{10}), FF_PLACE(as.webhooks.retry_delay))},
      {"as.webhooks.retry.delay-max", "The longest wait.", "5m",
       one(duration(milliseconds{10}, hours{24}), FF_PLACE(as.webhooks.retry_delay_max))},
      {"as.webhooks.retry.attempts",
       "Attempts for a message that an endpoint refuses while it takes others; then it is a dead "
       "letter.",
       "7", one(count<std::uint32_t>(1, 1000), FF_PLACE(as.webhooks.attempts_max))},
      {"as.webhooks.retry.max-age",
       "Messages older than this are given up; not more than as.outbox.retention.", "168h",
       one(duration(seconds{1}, hours{24 * 366}), FF_PLACE(as.webhooks.age_max))},
      {"as.webhooks.dead-letters.max", "Dead letters kept for one webhook; the oldest go.", "1000",
       one(count<std::uint64_t>(0, 100'000), FF_PLACE(as.webhooks.dead_letters_max))},
      {"as.webhooks.cursor-interval",
       "How often it is written down what endpoints have: what may be sent again after a crash.",
       "1s", one(duration(milliseconds{100}, minutes{1}), FF_PLACE(as.webhooks.cursor_interval))},
      {"as.webhooks.allow-networks",
       "Networks beside the public Internet that webhooks may reach, such as 10.20.0.0/16.", "",
       many(any_text(), FF_PLACE(as.webhooks.allow_networks))},
      {"as.webhooks.proxy",
       "Proxy for all webhooks, such as http://proxy:3128; it has to keep out of private networks.",
       "", one(any_text(), FF_PLACE(as.webhooks.proxy))},
      {"as.webhooks.tls.ca", "PEM file of authorities trusted beside the system's own.", "",
       one(path_or_nothing(), FF_PLACE(as.webhooks.ca))},
      {"as.webhooks.tls.certificate", "PEM file shown to endpoints that ask for one.", "",
       one(path_or_nothing(), FF_PLACE(as.webhooks.certificate))},
      {"as.webhooks.tls.key", "PEM file of its key.", "",
       one(path_or_nothing(), FF_PLACE(as.webhooks.key))},
      {"as.webhooks.domain", "What endpoints get as X-Tts-Domain; empty: nothing.", "",
       one(any_text(), FF_PLACE(as.webhooks.domain))},
  };
}

/// The first is the reference's, the others our own. [spec integrations §3]
std::vector<Knob> pubsub_knobs() {
  return {
      {"as.pubsub.providers",
       "Kinds of message brokers that integrations may use: enabled, warning (with a word in the "
       "answer of the API) or disabled. One that is not named is enabled.",
       "mqtt=enabled nats=enabled",
       many(pubsub_provider(), FF_PLACE(as.pubsub.providers), Shape::map)},
      {"as.pubsub.max-per-application", "Pub/sub integrations of one application.", "100",
       one(count<std::size_t>(1, 10'000), FF_PLACE(as.pubsub.per_application_max))},
      {"as.pubsub.window",
       "Messages of one integration that its broker has not acknowledged; those of one device go "
       "one after the other.",
       "64", one(count<std::size_t>(1, 1024), FF_PLACE(as.pubsub.window))},
      {"as.pubsub.connect-timeout", "How long a connection to a broker may take.", "10s",
       one(duration(milliseconds{100}, minutes{1}), FF_PLACE(as.pubsub.connect_timeout))},
      {"as.pubsub.acknowledge-timeout",
       "How long a broker may take to acknowledge a message; then it is connected to anew.", "30s",
       one(duration(milliseconds{100}, minutes{5}), FF_PLACE(as.pubsub.acknowledge_timeout))},
      {"as.pubsub.retry.attempts",
       "Attempts for a message that a broker refuses while it takes others; then it is given up.",
       "7", one(count<std::uint32_t>(1, 1000), FF_PLACE(as.pubsub.attempts_max))},
      {"as.pubsub.retry.max-age",
       "Messages older than this are given up; not more than as.outbox.retention.", "168h",
       one(duration(seconds{1}, hours{24 * 366}), FF_PLACE(as.pubsub.age_max))},
      {"as.pubsub.cursor-interval",
       "How often it is written down what brokers have: what may be sent again after a crash.",
       "1s", one(duration(milliseconds{100}, minutes{1}), FF_PLACE(as.pubsub.cursor_interval))},
      {"as.pubsub.workers", "Threads that wait for brokers and for names to be resolved.", "8",
       one(count<std::size_t>(1, 256), FF_PLACE(as.pubsub.workers))},
      {"as.pubsub.allow-networks",
       "Networks beside the public Internet where brokers may be, such as 10.20.0.0/16.", "",
       many(any_text(), FF_PLACE(as.pubsub.allow_networks))},
      {"as.pubsub.tls.ca", "PEM file of authorities trusted beside the system's own.", "",
       one(path_or_nothing(), FF_PLACE(as.pubsub.ca))},
  };
}

/// The first two are the reference's, the others our own. [spec application-server §1, integrations
/// §5]
std::vector<Knob> package_knobs() {
  return {
      {"as.packages.workers", "Requests of application packages to servers at one time.", "1024",
       one(count<std::size_t>(1, 4096), FF_PLACE(as.packages.workers))},
      {"as.packages.timeout", "How long a server may take to answer a package.", "10s",
       one(duration(milliseconds{100}, minutes{1}), FF_PLACE(as.packages.timeout))},
      {"as.packages.retry.attempts",
       "Attempts for a message while a server fails or does not answer; then it is given up.", "7",
       one(count<std::uint32_t>(1, 1000), FF_PLACE(as.packages.attempts_max))},
      {"as.packages.retry.max-age",
       "Messages older than this are given up; not more than as.outbox.retention.", "1h",
       one(duration(seconds{1}, hours{24 * 366}), FF_PLACE(as.packages.age_max))},
      {"as.packages.allow-networks",
       "Networks beside the public Internet that packages may reach, such as 10.20.0.0/16.", "",
       many(any_text(), FF_PLACE(as.packages.allow_networks))},
      {"as.packages.lora-cloud.device-management-url",
       "Server of lora-cloud-device-management-v1 where an association names none.",
       "https://mgs.loracloud.com", one(any_text(), FF_PLACE(as.packages.device_management_url))},
      {"as.packages.lora-cloud.geolocation-url",
       "Server of lora-cloud-geolocation-v3 where an association names none.",
       "https://mgs.loracloud.com", one(any_text(), FF_PLACE(as.packages.geolocation_url))},
  };
}

/// The first is the reference's, the others are our own. [spec application-server §10.2]
std::vector<Knob> formatter_knobs() {
  return {
      {"as.formatters.max-parameter-length",
       "The longest script of a device or an application, in bytes, up to 1 MiB; the reference's "
       "API allows 40960.",
       "40960",
       one(count<std::size_t>(0, std::size_t{1} << 20U),
           FF_PLACE(as.formatters.parameter_length_max))},
      {"as.formatters.workers",
       "Processes that run scripts; one more is for scripts that have hung or crashed. 0: one per "
       "core.",
       "0", one(count<std::size_t>(0, 256), FF_PLACE(as.formatters.workers))},
      {"as.formatters.program",
       "Program of these processes; empty: farfield-codec beside farfield.", "",
       one(path_or_nothing(), FF_PLACE(as.formatters.program))},
      {"as.formatters.timeout", "Processor time of one call of a script.", "100ms",
       one(duration(milliseconds{1}, seconds{10}), FF_PLACE(as.formatters.timeout))},
      {"as.formatters.queue-size", "Calls that may wait for a process.", "10000",
       one(count<std::size_t>(1, 1'000'000), FF_PLACE(as.formatters.queue_size))},
      {"as.formatters.queue-timeout",
       "How long a call may take with all waiting; then the message goes on undecoded.", "10s",
       one(duration(milliseconds{100}, minutes{5}), FF_PLACE(as.formatters.queue_timeout))},
      {"as.formatters.memory", "Memory of one call of a script.", "64MiB",
       one(size(std::size_t{4} << 20U, std::size_t{1} << 30U),
           FF_PLACE(as.formatters.memory_bytes))},
      {"as.formatters.realms", "Compiled scripts that each process keeps.", "512",
       one(count<std::size_t>(1, 100'000), FF_PLACE(as.formatters.realms))},
  };
}

}  // namespace

std::vector<Knob> application_server_knobs() {
  std::vector<Knob> all{
      {"as.outbox.retention", "How long messages are kept for consumers that are away.", "168h",
       one(duration(minutes{1}, hours{24 * 366}), FF_PLACE(as.outbox_retention))},
      {"as.outbox.messages-max",
       "Messages kept per application and shard, also when they are younger; more are removed, for "
       "consumers too that are away. 0: any number.",
       "0", one(count<std::uint64_t>(0, 1'000'000'000'000), FF_PLACE(as.outbox_messages_max))},
      {"as.streams.per-application-max",
       "Streams of one application's messages, by gRPC and HTTP, at a time; more are refused. 0 is "
       "no bound.",
       "100", one(count<std::size_t>(0, 1'000'000), FF_PLACE(as.streams_per_application_max))},
      {"as.device-last-seen.flush-interval",
       "How often the registry of devices learns when devices were heard, and what else they tell "
       "of "
       "themselves; 0: all but when, every 10s.",
       "10s", one(duration(seconds{0}, hours{1}), FF_PLACE(as.last_seen_interval))},
      {"as.device-last-seen.batch-size", "Devices that are written at once; 0: one by one.", "1000",
       one(count<std::size_t>(0, 1000), FF_PLACE(as.last_seen_batch))},
      {"as.app-s-key-timeout",
       "How long a join server may take to answer what a session's AppSKey is; meanwhile the "
       "device's messages wait.",
       "3s", one(duration(milliseconds{100}, minutes{1}), FF_PLACE(as.app_s_key_timeout))},
      {"as.device-kek-label",
       "Label of the key vault's key that session keys are wrapped with at rest; empty: the "
       "server's own.",
       "", one(label_or_nothing(), FF_PLACE(as.device_kek_label))},
      {"as.interop.config-source", "Where other networks' join servers are listed; empty: nowhere.",
       "", one(directory_source(), FF_PLACE(as.interop.source))},
      {"as.interop.directory", "Folder with config.yml and a file for each join server.", "",
       one(path_or_nothing(), FF_PLACE(as.interop.directory))},
      {"as.interop.id", "AS-ID of this application server, by which join servers know it.", "",
       one(label_or_nothing(), FF_PLACE(as.interop.id))},
  };
  for (auto* area : {mqtt_knobs, mqtt_client_knobs, confirmation_knobs, webhook_knobs,
                     webhook_delivery_knobs, pubsub_knobs, package_knobs, formatter_knobs}) {
    auto rows = area();
    std::move(rows.begin(), rows.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace ff::config
