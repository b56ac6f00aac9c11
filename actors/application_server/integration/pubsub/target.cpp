#include "actors/application_server/integration/pubsub/target.hpp"

#include <algorithm>

#include "actors/application_server/integration/pubsub/errors.hpp"
#include "net/mqtt/topic.hpp"

namespace ff::application_server::pubsub {
namespace {

using net::broker_client::BrokerUrl;
using net::broker_client::Scheme;

/// Of subjects: tokens between points.
bool is_valid_subject(std::string_view subject, bool with_wildcards) {
  if (subject.empty() || subject.front() == '.' || subject.back() == '.') return false;
  if (subject.find("..") != std::string_view::npos) return false;
  return std::ranges::all_of(subject, [&](char c) {
    const bool is_wildcard = c == '*' || c == '>';
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7f && (with_wildcards || !is_wildcard);
  });
}

bool is_valid_topic(const PubSub& pubsub, const std::string& topic, bool subscribes) {
  if (pubsub.provider == Provider::nats) return is_valid_subject(topic, subscribes);
  return subscribes ? mqtt::is_valid_topic_filter(topic) : mqtt::is_valid_topic_name(topic);
}

/// `*` stands for a token, `>` for all that follow.
bool subject_matches(std::string_view filter, std::string_view subject) {
  for (;;) {
    const auto wanted = filter.substr(0, filter.find('.'));
    const auto found = subject.substr(0, subject.find('.'));
    if (wanted == ">") return true;
    if (wanted != "*" && wanted != found) return false;
    const bool filter_ends = wanted.size() == filter.size();
    const bool subject_ends = found.size() == subject.size();
    if (filter_ends || subject_ends) return filter_ends && subject_ends;
    filter.remove_prefix(wanted.size() + 1);
    subject.remove_prefix(found.size() + 1);
  }
}

bool matches(const PubSub& pubsub, std::string_view filter, std::string_view topic) {
  if (pubsub.provider == Provider::nats) return subject_matches(filter, topic);
  if (mqtt::is_shared_filter(filter)) {
    // `$share/{group}/{filter}`
    filter.remove_prefix(filter.find('/') + 1);
    filter.remove_prefix(filter.find('/') + 1);
  }
  return mqtt::topic_matches(filter, topic);
}

bool is_header_name(std::string_view name) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos;
  });
}

Status check_topics(const PubSub& pubsub) {
  for (const auto& [kind, topic] : pubsub.topics) {
    if (!is_valid_topic(pubsub, topic_of(pubsub, topic), false))
      return fail(invalid_setting, {{"field", "topic"}, {"reason", "not a topic to publish to"}});
  }
  for (const auto* topic : {&pubsub.downlink_push, &pubsub.downlink_replace}) {
    if (*topic && !is_valid_topic(pubsub, topic_of(pubsub, **topic), true))
      return fail(invalid_setting, {{"field", "topic"}, {"reason", "not a topic to subscribe to"}});
  }
  if (pubsub.downlink_push && pubsub.downlink_push == pubsub.downlink_replace)
    return fail(invalid_setting,
                {{"field", "downlink_replace"}, {"reason", "the topic of downlink_push"}});
  return {};
}

Status check_tls(const MqttSettings& mqtt) {
  constexpr std::string_view begin = "-----BEGIN ";
  if (!mqtt.use_tls) return {};
  if (!mqtt.tls_ca.empty() && mqtt.tls_ca.find(begin) == std::string::npos)
    return fail(ca_pem_data);
  // Both, or neither: then the server alone shows a certificate, which the reference refuses.
  for (const auto* field : {&mqtt.tls_client_cert, &mqtt.tls_client_key}) {
    const bool is_pem = field->find(begin) != std::string::npos;
    const bool is_missing =
        field->empty() && mqtt.tls_client_cert.empty() && mqtt.tls_client_key.empty();
    if (is_pem || is_missing) continue;
    const auto* name = field == &mqtt.tls_client_cert ? "tls_client_cert" : "tls_client_key";
    return fail(invalid_setting, {{"field", name}, {"reason", "not PEM data"}});
  }
  return {};
}

Status check_headers(const MqttSettings& mqtt) {
  for (const auto& [name, value] : mqtt.headers) {
    const bool is_plain = std::ranges::all_of(
        value, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
    if (!is_header_name(name) || !is_plain)
      return fail(invalid_setting, {{"field", "headers"}, {"reason", "not a header"}});
  }
  return {};
}

Result<BrokerUrl> url_of(const PubSub& pubsub) {
  const bool is_nats = pubsub.provider == Provider::nats;
  const auto& text = is_nats ? pubsub.nats_server_url : pubsub.mqtt.server_url;
  FF_TRY(auto url, net::broker_client::parse_broker_url(text));
  if (url.is_nats() != is_nats)
    return fail(invalid_setting, {{"field", "server_url"}, {"reason", "the scheme of another"}});
  if (is_nats || !pubsub.mqtt.use_tls) return url;
  // The reference would speak in clear then, with the password.
  if (url.scheme == Scheme::mqtt) url.scheme = Scheme::mqtts;
  if (url.scheme == Scheme::ws) url.scheme = Scheme::wss;
  return url;
}

}  // namespace

std::string_view name_of(Provider provider) noexcept {
  return provider == Provider::nats ? "nats" : "mqtt";
}

std::string topic_of(const PubSub& pubsub, std::string_view topic) {
  const char separator = pubsub.provider == Provider::nats ? '.' : '/';
  std::string_view base = pubsub.base_topic;
  if (pubsub.provider == Provider::nats) {
    while (base.starts_with('.')) base.remove_prefix(1);
    while (base.ends_with('.')) base.remove_suffix(1);
    while (topic.starts_with('.')) topic.remove_prefix(1);
    while (topic.ends_with('.')) topic.remove_suffix(1);
  }
  std::string out(base);
  if (!base.empty() && !topic.empty()) out.push_back(separator);
  return out.append(topic);
}

Status check(const PubSub& pubsub) {
  FF_CHECK(url_of(pubsub));
  FF_CHECK(check_topics(pubsub));
  if (pubsub.provider == Provider::nats) return {};
  FF_CHECK(check_tls(pubsub.mqtt));
  return check_headers(pubsub.mqtt);
}

Result<net::broker_client::BrokerTarget> target_of(const PubSub& pubsub) {
  net::broker_client::BrokerTarget out;
  FF_CHECK(check(pubsub));
  FF_TRY(out.url, url_of(pubsub));
  for (const auto* topic : {&pubsub.downlink_push, &pubsub.downlink_replace}) {
    if (*topic) out.subscriptions.push_back(topic_of(pubsub, **topic));
  }
  const auto& mqtt = pubsub.mqtt;
  out.mqtt = {.client_id = mqtt.client_id,
              .username = mqtt.username,
              .password = mqtt.password,
              .publish_qos = mqtt.publish_qos,
              .subscribe_qos = mqtt.subscribe_qos,
              .ca = mqtt.use_tls ? mqtt.tls_ca : "",
              .certificate = mqtt.use_tls ? mqtt.tls_client_cert : "",
              .key = mqtt.use_tls ? mqtt.tls_client_key : "",
              .headers = mqtt.headers};
  return out;
}

std::optional<Operation> operation_of(const PubSub& pubsub, std::string_view topic) {
  const auto is = [&](const std::optional<std::string>& filter) {
    return filter && matches(pubsub, topic_of(pubsub, *filter), topic);
  };
  if (is(pubsub.downlink_push)) return Operation::push;
  if (is(pubsub.downlink_replace)) return Operation::replace;
  return std::nullopt;
}

}  // namespace ff::application_server::pubsub
