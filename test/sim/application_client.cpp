#include "test/sim/application_client.hpp"

#include "protocol/base/assert.hpp"
#include "protocol/base/base64.hpp"
#include "test/net/mqtt/client.hpp"

namespace ff::test {

ApplicationClient::ApplicationClient(net::StreamNetwork& network, const net::Endpoint& server,
                                     ApplicationLogin login)
    : network_(network),
      server_(server),
      login_(std::move(login)),
      up_("v3/{application_id}/devices/{device_id}/up", login_.application_id),
      push_("v3/{application_id}/devices/{device_id}/down/push", login_.application_id) {}

ApplicationClient::~ApplicationClient() = default;

void ApplicationClient::connect() {
  subscribed_ = false;
  client_ = mqtt::Client::connect(network_, server_);
  mqtt::Connect hello;
  hello.clean_start = false;
  hello.client_id = "application";
  hello.username = login_.application_id;
  hello.password = to_owned(as_bytes(login_.api_key));
  client_->send(hello);
}

void ApplicationClient::on_connack(const mqtt::Connack& answer) {
  // A server that starts may not know its keys yet.
  if (answer.reason != mqtt::ReasonCode::success) return client_.reset();
  if (answer.session_present) {
    subscribed_ = true;
  } else {
    client_->send(
        mqtt::Subscribe{.packet_id = 1,
                        .subscriptions = {{.filter = "v3/" + login_.application_id + "/devices/#",
                                           .qos = mqtt::QoS::at_least_once}},
                        .properties = {}});
  }
}

std::vector<mqtt::Publish> ApplicationClient::run() {
  if (!client_ || client_->closed) connect();
  std::vector<mqtt::Publish> out;
  for (auto& packet : std::exchange(client_->packets, {})) {
    if (auto* publish = std::get_if<mqtt::Publish>(&packet)) {
      if (publish->qos != mqtt::QoS::at_most_once)
        client_->send(mqtt::Puback{.packet_id = publish->packet_id, .properties = {}});
      out.push_back(std::move(*publish));
    } else if (const auto* connack = std::get_if<mqtt::Connack>(&packet)) {
      on_connack(*connack);
      if (!client_) break;
    } else if (std::holds_alternative<mqtt::Suback>(packet)) {
      subscribed_ = true;
    }
  }
  return out;
}

void ApplicationClient::push_downlink(std::string_view device_id, FPort f_port, ByteView payload) {
  if (!subscribed_) return;
  client_->send(mqtt::Publish{
      .topic = push_.topic(device_id),
      .payload = mqtt::Payload(R"({"downlinks":[{"f_port":)" + std::to_string(f_port.value()) +
                               R"(,"frm_payload":")" + base64_encode(payload) +
                               R"(","priority":"NORMAL"}]})"),
      .properties = {}});
}

}  // namespace ff::test
