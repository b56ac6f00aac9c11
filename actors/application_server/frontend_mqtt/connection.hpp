// INTERNAL: the owner of one MQTT connection: an application's client. Its subscriptions are its
// own (connection.cpp) or those of a stored session that outlives it (stored_session.cpp); beside
// them it is in groups (shared_subscriptions.cpp).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/application_server/frontend_mqtt/frontend.hpp"
#include "actors/application_server/frontend_mqtt/probe.hpp"
#include "actors/application_server/mqtt_group/member.hpp"
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
  void on_octets_received(mqtt::ServerConnection&, std::size_t count) override {
    probe_.octets_received.Increment(static_cast<double>(count));
  }
  void on_octets_sent(mqtt::ServerConnection&, std::size_t count) override {
    probe_.octets_sent.Increment(static_cast<double>(count));
  }
  void on_acknowledged(mqtt::ServerConnection& connection, const mqtt::Acknowledged& fact) override;
  void on_discarded(mqtt::ServerConnection&, const mqtt::Discarded& fact) override;
  void on_drained(mqtt::ServerConnection& connection) override;
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

  /// A subscription in a group, as `part` of the connection's life: one that was ended and made
  /// again is another.
  struct GroupPart {
    std::string name;  // `$share/{group}/{filter}`
    std::uint64_t part = 0;
  };
  /// The client is in the group. False: not any more.
  bool group_joined(mqtt::ServerConnection& connection, const GroupPart& part,
                    const mqtt_group::Joined& joined);
  void group_refused(mqtt::ServerConnection& connection, const GroupPart& part,
                     mqtt::ReasonCode reason);
  /// A message from a group that the client is in.
  void deliver_shared(mqtt::ServerConnection& connection, const GroupPart& part, SendToken token,
                      const mqtt_group::MessagePtr& message);

 private:
  struct Subscription {
    std::string filter;  // rewritten
    mqtt::QoS qos = mqtt::QoS::at_most_once;
    std::uint32_t id = 0;
  };
  /// Whether the group has accepted: a reason code of SUBACK.
  using GroupAnswer =
      std::function<void(MqttConnection&, mqtt::ServerConnection&, mqtt::ReasonCode)>;
  struct Shared {
    mqtt::QoS qos = mqtt::QoS::at_most_once;
    std::uint32_t id = 0;
    std::uint64_t part = 0;
    std::vector<GroupAnswer> waiting;        // until the group has answered
    std::optional<mqtt_group::Joined> seat;  // when it has
  };
  struct SharedUnderWay {
    GroupPart part;
    SendToken token;
  };
  /// A SUBSCRIBE some of whose groups have not answered.
  struct Joining {
    mqtt::SubscribeRequested question;
    std::vector<std::optional<mqtt::ReasonCode>> reasons;  // of shared filters
    std::size_t waiting = 0;
  };
  using Done = std::function<void()>;

  void authenticated(mqtt::ServerConnection& connection, const mqtt::Authenticate& question,
                     const Result<ApplicationRights>& rights);
  void end_with_application(mqtt::ServerConnection& connection);
  void accept(mqtt::ServerConnection& connection);
  // stored_session.cpp
  void find_session(mqtt::ServerConnection& connection, const mqtt::Authenticate& question);
  void attach_session(mqtt::ServerConnection& connection, const mqtt::Authenticate& question,
                      std::string client_id);
  void remove_session(mqtt::ServerConnection& connection, mqtt_session::SessionKey key);
  void subscribe_stored(const Joining& joined);
  void unsubscribe_stored(mqtt::ServerConnection& connection,
                          const mqtt::UnsubscribeRequested& question);
  void settle(mqtt::DeliveryToken token);
  void hand_over(mqtt::ServerConnection& connection, const mqtt_session::Deliver& delivery);
  // shared_subscriptions.cpp
  void join_groups(mqtt::ServerConnection& connection, const std::shared_ptr<Joining>& joining);
  /// Nothing: the answer comes later.
  std::optional<mqtt::ReasonCode> join_group(mqtt::ServerConnection& connection,
                                             const std::shared_ptr<Joining>& joining,
                                             std::size_t index);
  void join_again(mqtt::ServerConnection& connection, const mqtt_session::Subscription& shared);
  /// False: there are no groups now.
  bool join(mqtt::ServerConnection& connection, const std::string& name, Shared shared);
  /// False: the client is in no such group.
  bool leave_group(mqtt::ServerConnection& connection, const std::string& name);
  void leave_all_groups();
  Shared* find_part(const GroupPart& part);
  bool settle_shared(mqtt::DeliveryToken token);
  bool give_back(mqtt::DeliveryToken token);
  std::optional<SharedUnderWay> take_shared(mqtt::DeliveryToken token);
  /// Something has been acknowledged, or has left.
  void make_room(mqtt::ServerConnection& connection);
  /// After all groups have answered.
  void subscribe(mqtt::ServerConnection& connection, const Joining& joined);
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
  std::shared_ptr<void> slot_;               // of the application's; while connected
  std::shared_ptr<void> gone_call_;          // for the application's end; while connected
  prometheus::Gauge* of_version_ = nullptr;  // while connected, among clients of its version
  bool ended_ = false;
  mqtt::Accepted accepted_;
  // Of clients with a stored session.
  mqtt_session::SessionHandle session_;
  mqtt_session::ConnectionId connection_id_;
  std::deque<mqtt_session::Deliver> held_;  // until there is room beside what groups have sent
  // Of clients in groups.
  std::map<std::string, Shared> shared_;  // by name
  std::map<mqtt::DeliveryToken, SharedUnderWay> shared_under_way_;
  std::uint64_t shared_tokens_ = 0;
  std::uint64_t parts_ = 0;
  bool groups_wait_ = false;  // for room
  // Of both.
  std::uint32_t session_expiry_ = 0;  // seconds
  std::uint16_t window_ = 1;          // messages at QoS 1 that the client takes
  std::size_t in_flight_ = 0;
  // Of clients without.
  std::vector<Subscription> subscriptions_;
  std::shared_ptr<Subscriber> subscriber_;  // null until the first subscription
};

}  // namespace ff::application_server
