// INTERNAL: the owner of one MQTT connection: an application's client. Its subscriptions are its
// own (connection.cpp) or those of a stored session that outlives it (stored_session.cpp).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/application_server/frontend_mqtt/frontend.hpp"
#include "actors/application_server/frontend_mqtt/probe.hpp"
#include "actors/application_server/mqtt_session/peer.hpp"

namespace ff::application_server {

/// On its stream's loop only. The link knows it through a LiveSubscriber, which posts to the loop.
class MqttConnection final : public mqtt::ConnectionOwner,
                             public std::enable_shared_from_this<MqttConnection> {
 public:
  explicit MqttConnection(MqttContextPtr context);

  void on_authenticate(mqtt::ServerConnection& connection,
                       const mqtt::Authenticate& question) override;
  void on_subscribe(mqtt::ServerConnection& connection,
                    const mqtt::SubscribeRequested& question) override;
  void on_unsubscribe(mqtt::ServerConnection& connection,
                      const mqtt::UnsubscribeRequested& question) override;
  void on_publish(mqtt::ServerConnection& connection,
                  const mqtt::PublishReceived& question) override;
  void on_acknowledged(mqtt::ServerConnection& connection, const mqtt::Acknowledged& fact) override;
  void on_discarded(mqtt::ServerConnection&, const mqtt::Discarded& fact) override;
  void on_will(mqtt::ServerConnection& connection, const mqtt::PublishWill& will) override;
  void on_ended(mqtt::ServerConnection& connection, const mqtt::Ended& end) override;

  /// A message of the application.
  void deliver(mqtt::ServerConnection& connection, const UpPublished& up);
  /// A message from the client's stored session.
  void deliver_stored(mqtt::ServerConnection& connection, const mqtt_session::Deliver& delivery);
  /// The client can not have its stored session.
  void refuse(mqtt::ServerConnection& connection, mqtt::ReasonCode reason);
  /// The client has its stored session. False: the connection has ended meanwhile.
  bool session_accepted(mqtt::ServerConnection& connection, const mqtt_session::Accepted& accepted);

 private:
  struct Subscription {
    std::string filter;  // rewritten
    mqtt::QoS qos = mqtt::QoS::at_most_once;
    std::uint32_t id = 0;
  };
  using Done = std::function<void()>;

  void authenticated(mqtt::ServerConnection& connection, const mqtt::Authenticate& question,
                     const Result<ApplicationRights>& rights);
  void accept(mqtt::ServerConnection& connection);
  // stored_session.cpp
  void find_session(mqtt::ServerConnection& connection, const mqtt::Authenticate& question);
  void attach_session(mqtt::ServerConnection& connection, const mqtt::Authenticate& question,
                      std::string client_id);
  void remove_session(mqtt::ServerConnection& connection, mqtt_session::SessionKey key);
  void subscribe_stored(const mqtt::SubscribeRequested& question);
  void unsubscribe_stored(const mqtt::UnsubscribeRequested& question);
  void settle(mqtt::DeliveryToken token);
  mqtt::ReasonCode subscribe_one(const mqtt::Subscription& wish, std::uint32_t id);
  /// Calls `done` when the pipeline has answered, whatever it says. False: nothing was sent.
  bool queue_downlinks(const mqtt::Message& message, Done done);
  void refuse(mqtt::ServerConnection& connection, const Error& error);

  MqttContextPtr context_;
  MqttProbe probe_;
  std::string uid_;
  ApplicationId application_id_;
  ApplicationRights rights_;
  net::RateLimit downlink_limit_;
  std::string downlink_key_;
  std::shared_ptr<void> slot_;  // of the application's; while connected
  bool connected_ = false;
  bool ended_ = false;
  mqtt::Accepted accepted_;
  // Of clients with a stored session.
  mqtt_session::SessionHandle session_;
  mqtt_session::ConnectionId connection_id_;
  // Of clients without.
  std::vector<Subscription> subscriptions_;
  std::shared_ptr<Subscriber> subscriber_;  // null until the first subscription
};

}  // namespace ff::application_server
