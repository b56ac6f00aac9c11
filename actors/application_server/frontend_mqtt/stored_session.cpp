// Clients whose session outlives the connection: the session's actor knows the subscriptions and
// what is under way.
#include <algorithm>
#include <caf/send.hpp>

#include "actors/application_server/frontend_mqtt/connection.hpp"
#include "actors/application_server/frontend_mqtt/session_peer.hpp"
#include "actors/application_server/frontend_mqtt/topics.hpp"
#include "net/mqtt/topic.hpp"
#include "protocol/base/hex.hpp"

namespace ff::application_server {
namespace {

/// A client without a name is given one that nobody else has.
std::string unique_client_id(const std::string& uid, Random& random) {
  Bytes bytes;
  append_be<8>(bytes, random.next());
  return uid + '-' + hex_lower(bytes);
}

}  // namespace

/// Clients that want no session, and have none, go on at once.
void MqttConnection::find_session(mqtt::ServerConnection& connection,
                                  const mqtt::Authenticate& question) {
  const auto& connect = question.connect;
  const bool keeps = question.session_expiry > 0;
  // Groups have sessions of such names.
  if (mqtt::is_shared_filter(connect.client_id))
    return refuse(connection, mqtt::ReasonCode::client_identifier_not_valid);
  if (connect.client_id.empty()) {
    if (!keeps) return accept(connection);
    accepted_.assigned_client_id = unique_client_id(uid_, *context_->deps.make_random());
    return attach_session(connection, question, accepted_.assigned_client_id);
  }
  if (!keeps && !context_->session_index.may_contain({application_id_, connect.client_id}))
    return accept(connection);
  // One that is there is resumed for this connection, and ends with it.
  if (keeps || !connect.clean_start) return attach_session(connection, question, connect.client_id);
  remove_session(connection, {application_id_, connect.client_id});
}

void MqttConnection::attach_session(mqtt::ServerConnection& connection,
                                    const mqtt::Authenticate& question, std::string client_id) {
  if (client_id.size() > context_->config.sessions.client_id_size_max)
    return refuse(connection, mqtt::ReasonCode::client_identifier_not_valid);
  const auto sessions = context_->sessions.get();
  if (!sessions) return refuse(connection, mqtt::ReasonCode::server_unavailable);
  mqtt_session::AttachSession message{
      {application_id_, std::move(client_id)},
      {.clean_start = question.connect.clean_start,
       .expiry = question.session_expiry,
       .window = window_,
       .may_read = rights_.traffic_read},
      make_session_peer(weak_from_this(), connection.shared_from_this())};
  caf::anon_send(sessions, std::move(message));
}

void MqttConnection::remove_session(mqtt::ServerConnection& connection,
                                    mqtt_session::SessionKey key) {
  const auto sessions = context_->sessions.get();
  if (!sessions) return refuse(connection, mqtt::ReasonCode::server_unavailable);
  auto removed = [owner = weak_from_this(), weak = connection.weak_from_this(),
                  loop = &connection.stream().loop()] {
    loop->post([owner, weak] {
      const auto self = owner.lock();
      const auto alive = weak.lock();
      if (self && alive && !self->ended_) self->accept(*alive);
    });
  };
  caf::anon_send(sessions, mqtt_session::RemoveSession{std::move(key), std::move(removed)});
}

bool MqttConnection::session_accepted(mqtt::ServerConnection& connection,
                                      const mqtt_session::Accepted& accepted) {
  if (ended_) return false;
  session_ = accepted.session;
  connection_id_ = accepted.connection;
  accepted_.session_present = accepted.session_present;
  accepted_.unreleased = accepted.unreleased;
  accept(connection);
  if (rights_.traffic_read) {
    for (const auto& shared : accepted.shared) join_again(connection, shared);
  }
  return true;
}

/// The session also knows the client's groups, which it is in again when it comes back.
void MqttConnection::subscribe_stored(const Joining& joined) {
  const auto& question = joined.question;
  mqtt_session::Subscribe message{connection_id_, question.packet_id, {}, question.subscription_id};
  for (std::size_t i = 0; i < question.subscriptions.size(); ++i) {
    const auto& wish = question.subscriptions[i];
    auto& asked = message.wishes.emplace_back();
    asked.qos = wish.qos;
    if (const auto& shared = joined.reasons[i]) {
      if (mqtt::is_failure(*shared))
        asked.refusal = *shared;
      else
        asked.filter = shared_name(wish.filter, uid_);
    } else if (const auto filter = rewrite_filter(wish.filter, uid_);
               filter && rights_.traffic_read) {
      asked.filter = relative_filter(*filter, uid_);
    }
  }
  caf::anon_send(session_, std::move(message));
}

void MqttConnection::unsubscribe_stored(mqtt::ServerConnection& connection,
                                        const mqtt::UnsubscribeRequested& question) {
  mqtt_session::Unsubscribe message{connection_id_, question.packet_id, {}};
  for (const auto& wish : question.filters) {
    if (auto name = shared_name(wish, uid_)) {
      leave_group(connection, *name);
      message.filters.push_back(std::move(name));
      continue;
    }
    const auto filter = rewrite_filter(wish, uid_);
    message.filters.push_back(filter ? std::optional(relative_filter(*filter, uid_))
                                     : std::nullopt);
  }
  caf::anon_send(session_, std::move(message));
}

void MqttConnection::deliver_stored(mqtt::ServerConnection& connection,
                                    const mqtt_session::Deliver& delivery) {
  if (!session_) return;
  // Groups may have taken the room that the session knows of.
  const bool needs_room = delivery.qos != mqtt::QoS::at_most_once;
  if (!held_.empty() || (needs_room && in_flight_ >= window_)) return held_.push_back(delivery);
  hand_over(connection, delivery);
}

/// At QoS 0 a message has no token: it is done with as soon as it is handed over. It leaves half of
/// what may wait for the network to messages at QoS 1, which are never discarded that way.
void MqttConnection::hand_over(mqtt::ServerConnection& connection,
                               const mqtt_session::Deliver& delivery) {
  mqtt::Message message{
      .topic = up_topic(uid_, delivery.message->device_id, delivery.message->kind),
      .payload =
          mqtt::Payload(std::shared_ptr<const Bytes>(delivery.message, &delivery.message->body))};
  const mqtt::DeliveryToken token{delivery.token.value()};
  if (delivery.qos != mqtt::QoS::at_most_once) {
    probe_.delivered.Increment();
    ++in_flight_;
    return connection.deliver(
        message,
        {.qos = delivery.qos, .token = token, .subscription_ids = delivery.subscription_ids});
  }
  if (connection.stream().outgoing_size() < context_->config.connection.outgoing_max / 2) {
    probe_.delivered.Increment();
    connection.deliver(message, {.subscription_ids = delivery.subscription_ids});
  } else {
    probe_.discarded.Increment();
  }
  settle(token);
}

void MqttConnection::settle(mqtt::DeliveryToken token) {
  if (!session_) return;
  caf::anon_send(session_, mqtt_session::Settled{connection_id_, SendToken{token.value()}});
}

void MqttConnection::on_acknowledged(mqtt::ServerConnection& connection,
                                     const mqtt::Acknowledged& fact) {
  if (!settle_shared(fact.token) && session_) {
    --in_flight_;
    settle(fact.token);
  }
  make_room(connection);
}

void MqttConnection::on_discarded(mqtt::ServerConnection& connection, const mqtt::Discarded& fact) {
  probe_.discarded.Increment();
  switch (fact.cause) {
    case mqtt::DiscardCause::too_large:
    case mqtt::DiscardCause::not_encodable:
      // The client can never have it.
      if (settle_shared(fact.token) || !session_ || fact.token == mqtt::DeliveryToken{}) return;
      --in_flight_;
      return settle(fact.token);
    case mqtt::DiscardCause::window_full:
    case mqtt::DiscardCause::slow_reader:
      // Somebody else of its group may have room.
      if (give_back(fact.token) || !session_ || fact.token == mqtt::DeliveryToken{}) return;
      // It comes again on the next connection; behind others it would come out of order.
      return connection.disconnect(mqtt::ReasonCode::server_busy);
    case mqtt::DiscardCause::not_connected:
      return;
  }
}

}  // namespace ff::application_server
