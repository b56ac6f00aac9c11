// A complete little MQTT broker in memory on any StreamNetwork: what an owner looks like. For tests
// only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/mqtt/server_connection.hpp"
#include "net/mqtt/topic_tree.hpp"

namespace ff::mqtt {

/// User `app` with password `key`; topics below `secret/` are nobody's. All connections are on one
/// loop.
class SmallBroker {
 public:
  /// What happened, for a test to wait for: `subscribed a/#`, `will w/t gone`, `ended
  /// client_disconnected`.
  using Witness = std::function<void(const std::string& event)>;

  explicit SmallBroker(Witness witness, ServerConnectionOptions options = {})
      : witness_(std::move(witness)), options_(options) {}

  std::shared_ptr<net::StreamHandler> accept(std::shared_ptr<net::Stream> stream) {
    return ServerConnection::make(std::move(stream), std::make_shared<Owner>(*this), options_);
  }

  // Of all connections.
  std::size_t octets_received = 0;
  std::size_t octets_sent = 0;

  void publish(const Message& message, QoS qos) {
    std::vector<Subscriber> receivers;
    subscriptions_.match(message.topic, [&](const Subscriber& s) { receivers.push_back(s); });
    for (const auto& [connection, granted] : receivers) {
      connection->deliver(message,
                          {.qos = std::min(qos, granted), .token = DeliveryToken(++tokens_)});
    }
  }

 private:
  struct Subscriber {
    ServerConnection* connection;
    QoS granted;
    bool operator==(const Subscriber& other) const { return connection == other.connection; }
  };

  class Owner final : public ConnectionOwner {
   public:
    explicit Owner(SmallBroker& broker) : broker_(broker) {}

    void on_authenticate(ServerConnection& connection, const Authenticate& question) override {
      bool known =
          question.connect.username == "app" && question.connect.password == Bytes{'k', 'e', 'y'};
      broker_.witness_(known ? "connected" : "refused");
      if (!known) return connection.authenticated(Refused{ReasonCode::not_authorized});
      connection.authenticated(
          Accepted{.assigned_client_id = question.connect.client_id.empty() ? "auto" : ""});
    }
    void on_subscribe(ServerConnection& connection, const SubscribeRequested& question) override {
      std::vector<ReasonCode> reasons;
      for (const auto& one : question.subscriptions) {
        bool allowed = !one.filter.starts_with("secret/");
        auto granted = std::min(one.qos, QoS::at_least_once);
        if (allowed) broker_.subscriptions_.insert(one.filter, {&connection, granted});
        if (allowed) filters_.push_back(one.filter);
        reasons.push_back(allowed ? static_cast<ReasonCode>(granted) : ReasonCode::not_authorized);
      }
      connection.subscribe_handled(question.packet_id, reasons);
      for (const auto& one : question.subscriptions) broker_.witness_("subscribed " + one.filter);
    }
    void on_unsubscribe(ServerConnection& connection,
                        const UnsubscribeRequested& question) override {
      std::vector<ReasonCode> reasons;
      for (const auto& filter : question.filters) {
        bool existed = broker_.subscriptions_.erase(filter, {&connection, QoS::at_most_once});
        reasons.push_back(existed ? ReasonCode::success : ReasonCode::no_subscription_existed);
      }
      connection.unsubscribe_handled(question.packet_id, reasons);
    }
    void on_publish(ServerConnection& connection, const PublishReceived& question) override {
      broker_.publish(question.message, question.qos);
      connection.publish_handled(question.handle, ReasonCode::success);
      broker_.witness_("published " + question.message.topic);
    }
    void on_acknowledged(ServerConnection&, const Acknowledged&) override {
      broker_.witness_("acknowledged");
    }
    void on_discarded(ServerConnection&, const Discarded& fact) override {
      broker_.witness_("discarded " + std::string(to_string(fact.cause)));
    }
    void on_drained(ServerConnection&) override { broker_.witness_("drained"); }
    void on_octets_received(ServerConnection&, std::size_t count) override {
      broker_.octets_received += count;
    }
    void on_octets_sent(ServerConnection&, std::size_t count) override {
      broker_.octets_sent += count;
    }
    void on_will(ServerConnection&, const PublishWill& will) override {
      broker_.publish(will.message, will.qos);
      broker_.witness_("will " + will.message.topic + ' ' +
                       std::string(as_text(will.message.payload.view())));
    }
    void on_ended(ServerConnection& connection, const Ended& end) override {
      for (const auto& filter : filters_)
        broker_.subscriptions_.erase(filter, {&connection, QoS::at_most_once});
      broker_.witness_("ended " + std::string(to_string(end.cause)));
    }

   private:
    SmallBroker& broker_;
    std::vector<std::string> filters_;
  };

  Witness witness_;
  ServerConnectionOptions options_;
  TopicTree<Subscriber> subscriptions_;
  std::uint64_t tokens_ = 0;
};

}  // namespace ff::mqtt
