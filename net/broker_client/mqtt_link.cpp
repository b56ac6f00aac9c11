// A connection to an MQTT broker on Paho's asynchronous client.
//
// Paho has two threads for all clients of the process, and calls back with its lock held or not:
// callbacks post to the link's strand and do nothing else. A client must not be destroyed while the
// library is still busy with it, which it does not tell: closed ones rest for a while (Graveyard).
#include <mqtt/async_client.h>

#include <algorithm>
#include <deque>
#include <mutex>

#include "net/broker_client/link.hpp"
#include "net/broker_client/resolve.hpp"

namespace ff::net::broker_client {
namespace {

constexpr int mqtt_3_1_1 = 4;
constexpr int keep_alive_seconds = 60;  // [spec integrations §3.2]
constexpr std::size_t addresses_max = 3;
constexpr std::size_t resting = 128;
constexpr std::chrono::milliseconds farewell{500};
constexpr std::chrono::seconds farewell_max{2};

/// Closed links, kept until many others have been closed: by then the library has let go of them.
class Graveyard {
 public:
  void bury(LinkPtr link) {
    LinkPtr gone;  // destroyed without the lock
    const std::scoped_lock lock(mutex_);
    links_.push_back(std::move(link));
    if (links_.size() <= resting) return;
    gone = std::move(links_.front());
    links_.pop_front();
  }

 private:
  std::mutex mutex_;
  std::deque<LinkPtr> links_;
};

Graveyard& graveyard() {
  static Graveyard all;
  return all;
}

std::string uri_of(const BrokerUrl& url, const std::string& host) {
  std::string out;
  if (url.is_web_socket()) {
    out = url.has_tls() ? "wss://" : "ws://";
  } else {
    out = url.has_tls() ? "ssl://" : "tcp://";
  }
  return out + host + ":" + std::to_string(url.port) + url.path;
}

class MqttLink final : public Link, public mqtt::callback, public mqtt::iaction_listener {
 public:
  using Link::Link;

  void publish(Publication publication) override {
    post([this, one = std::move(publication)] { send(one); });
  }

 private:
  // Link
  void do_open() override;
  void do_close() override;
  void send(const Publication& one);
  void subscribe();
  mqtt::connect_options connect_options(const std::vector<std::string>& uris);

  // mqtt::callback, on Paho's threads.
  void connected(const std::string&) override {}
  void connection_lost(const std::string& cause) override {
    post([this, cause] { give_up(Error(broker_client::connection_lost, {{"reason", cause}})); });
  }
  void message_arrived(mqtt::const_message_ptr message) override {
    const auto& body = message->get_payload();
    arrived(message->get_topic(),
            ByteView(reinterpret_cast<const std::uint8_t*>(body.data()), body.size()));
  }
  void delivery_complete(mqtt::delivery_token_ptr) override {}

  // mqtt::iaction_listener, on Paho's threads.
  void on_success(const mqtt::token& token) override;
  void on_failure(const mqtt::token& token) override;

  PemFile ca_{target().mqtt.ca};
  PemFile certificate_{target().mqtt.certificate};
  PemFile key_{target().mqtt.key};
  std::unique_ptr<mqtt::async_client> client_;  // on the strand
};

/// A broker says no to a subscription within its answer. [MQTT 3.1.1 §3.9.3]
bool is_granted(const mqtt::token& token) {
  try {
    const auto codes = token.get_subscribe_response().get_reason_codes();
    return std::ranges::all_of(codes, [](auto code) { return static_cast<int>(code) < 0x80; });
  } catch (const std::exception&) {
    return true;
  }
}

Error error_of(int code, const std::string& reason) {
  // Of a CONNACK: bad user name or password, not authorised. [MQTT 3.1.1 §3.2.2.3]
  if (code == 4 || code == 5) return Error(not_authorized);
  return Error(connection_failed, {{"reason", reason}});
}

mqtt::connect_options MqttLink::connect_options(const std::vector<std::string>& uris) {
  const auto& mqtt = target().mqtt;
  const auto& url = target().url;
  mqtt::connect_options out;
  out.set_mqtt_version(mqtt_3_1_1);
  out.set_clean_session(true);
  out.set_keep_alive_interval(keep_alive_seconds);
  out.set_automatic_reconnect(false);
  out.set_connect_timeout(std::max(
      1, static_cast<int>(
             std::chrono::duration_cast<std::chrono::seconds>(options().connect_timeout).count())));
  out.set_servers(mqtt::string_collection::create(uris));
  const auto& user = mqtt.username.empty() ? url.user : mqtt.username;
  const auto& password = mqtt.username.empty() ? url.password : mqtt.password;
  if (!user.empty()) out.set_user_name(user);
  if (!password.empty()) out.set_password(password);
  if (url.is_web_socket() && !mqtt.headers.empty()) {
    mqtt::name_value_collection headers;
    for (const auto& [name, value] : mqtt.headers) headers.insert({name, value});
    out.set_http_headers(headers);
  }
  if (!url.has_tls()) return out;
  mqtt::ssl_options tls;
  tls.set_trust_store(mqtt.ca.empty() ? surroundings().ca_file.path() : ca_.path());
  if (!mqtt.certificate.empty()) {
    tls.set_key_store(certificate_.path());
    tls.set_private_key(key_.path());
  }
  tls.set_enable_server_cert_auth(true);
  tls.set_verify(true);
  out.set_ssl(std::move(tls));
  return out;
}

void MqttLink::do_open() {
  const auto& url = target().url;
  // Paho compares certificates with the name in its URI, so with TLS it gets the name and resolves
  // it again: who is behind it then has to have a certificate for it. Without TLS it gets the
  // addresses that were judged.
  const auto addresses = resolve(url, options().targets, url.has_tls());
  if (!addresses) return give_up(addresses.error());
  std::vector<std::string> uris;
  if (url.has_tls()) {
    const bool is_v6 = url.host.find(':') != std::string::npos;
    uris.push_back(uri_of(url, is_v6 ? "[" + url.host + "]" : url.host));
  } else {
    for (const auto& address : *addresses) uris.push_back(uri_of(url, host_of(address)));
    if (uris.size() > addresses_max) uris.resize(addresses_max);
  }
  try {
    client_ = std::make_unique<mqtt::async_client>(uris.front(), target().mqtt.client_id);
    client_->set_callback(*this);
    client_->connect(connect_options(uris), nullptr, *this);
  } catch (const std::exception& error) {
    give_up(Error(connection_failed, {{"reason", error.what()}}));
  }
}

void MqttLink::subscribe() {
  const auto& topics = target().subscriptions;
  if (topics.empty()) return Link::connected();
  try {
    const mqtt::iasync_client::qos_collection qos(topics.size(), target().mqtt.subscribe_qos);
    client_->subscribe(mqtt::string_collection::create(topics), qos, nullptr, *this);
  } catch (const std::exception& error) {
    give_up(Error(connection_failed, {{"reason", error.what()}}));
  }
}

void MqttLink::send(const Publication& one) {
  if (!client_) return;
  try {
    auto message = mqtt::make_message(one.topic, one.body->data(), one.body->size(),
                                      target().mqtt.publish_qos, false);
    // The token is all that the library keeps for us.
    client_->publish(std::move(message), reinterpret_cast<void*>(one.token), *this);
  } catch (const std::exception& error) {
    give_up(Error(broker_client::connection_lost, {{"reason", error.what()}}));
  }
}

void MqttLink::on_success(const mqtt::token& token) {
  switch (token.get_type()) {
    case mqtt::token::CONNECT:
      return post([this] { subscribe(); });
    case mqtt::token::SUBSCRIBE:
      return post([this, granted = is_granted(token)] {
        granted ? Link::connected() : give_up(Error(not_authorized));
      });
    case mqtt::token::PUBLISH:
      return tell(Acknowledged{reinterpret_cast<std::uint64_t>(token.get_user_context()), {}});
    default:
      return;
  }
}

void MqttLink::on_failure(const mqtt::token& token) {
  if (token.get_type() == mqtt::token::DISCONNECT) return;
  const auto code = token.get_return_code();
  const auto reason =
      code < 0 ? mqtt::exception::error_str(code) : "the broker says " + std::to_string(code);
  // With MQTT 3.1.1 a broker that does not take a message says nothing: the connection is at fault.
  post([this, error = error_of(code, reason)] { give_up(error); });
}

void MqttLink::do_close() {
  if (!client_) return;
  try {
    if (client_->is_connected()) client_->disconnect(farewell)->wait_for(farewell_max);
  } catch (const std::exception&) {
    // It is gone already.
  }
  graveyard().bury(shared_from_this());
}

}  // namespace

LinkPtr make_mqtt_link(SurroundingsPtr surroundings, BrokerTarget target, Listen listen) {
  return std::make_shared<MqttLink>(std::move(surroundings), std::move(target), std::move(listen));
}

}  // namespace ff::net::broker_client
