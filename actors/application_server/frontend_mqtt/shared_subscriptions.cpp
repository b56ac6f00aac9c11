// Shared subscriptions of a client: the groups that it is in, and what it has of their messages.
#include <algorithm>
#include <caf/send.hpp>

#include "actors/application_server/frontend_mqtt/connection.hpp"
#include "actors/application_server/frontend_mqtt/connection_loop.hpp"
#include "actors/application_server/frontend_mqtt/topics.hpp"
#include "net/mqtt/topic.hpp"

namespace ff::application_server {
namespace {

using mqtt::DeliveryToken;
using mqtt::ReasonCode;

/// Tokens of groups' messages; those of others are sequences and counters, which never come so far.
constexpr std::uint64_t shared_bit = std::uint64_t{1} << 63U;

/// A group's way to its member's connection.
class ConnectionMember final : public mqtt_group::GroupMember {
 public:
  ConnectionMember(MqttConnection::GroupPart part, std::weak_ptr<MqttConnection> owner,
                   const std::shared_ptr<mqtt::ServerConnection>& connection)
      : part_(std::move(part)), connection_(std::move(owner), connection) {}

  void joined(const mqtt_group::Joined& joined) noexcept override {
    const auto join = [part = part_, joined](auto& owner, auto& connection) {
      return owner.group_joined(connection, part, joined);
    };
    // The client has gone meanwhile, or does not want it any more.
    connection_.post_or(
        join, [joined] { caf::anon_send(joined.group, mqtt_group::Leave{joined.member}); });
  }
  void refused(ReasonCode reason) noexcept override {
    connection_.post([part = part_, reason](auto& owner, auto& connection) {
      owner.group_refused(connection, part, reason);
    });
  }
  void deliver(SendToken token, const mqtt_group::MessagePtr& message) noexcept override {
    connection_.post([part = part_, token, message](auto& owner, auto& connection) {
      owner.deliver_shared(connection, part, token, message);
    });
  }
  void close(ReasonCode reason) noexcept override {
    connection_.post([reason](auto&, auto& connection) { connection.disconnect(reason); });
  }

 private:
  const MqttConnection::GroupPart part_;
  const ConnectionLoop connection_;
};

mqtt::QoS granted_qos(mqtt::QoS wish) {
  return std::min(wish, mqtt::QoS::at_least_once);
}
ReasonCode granted(mqtt::QoS wish) {
  return static_cast<ReasonCode>(granted_qos(wish));
}

}  // namespace

// --- in and out ----------------------------------------------------------------------------------

/// The packet is answered when all its groups have: what is published afterwards arrives.
void MqttConnection::join_groups(mqtt::ServerConnection& connection,
                                 const std::shared_ptr<Joining>& joining) {
  const auto& wishes = joining->question.subscriptions;
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    if (!mqtt::is_shared_filter(wishes[i].filter)) continue;
    joining->reasons[i] = join_group(connection, joining, i);
    if (!joining->reasons[i]) ++joining->waiting;
  }
  if (joining->waiting == 0) subscribe(connection, *joining);
}

std::optional<ReasonCode> MqttConnection::join_group(mqtt::ServerConnection& connection,
                                                     const std::shared_ptr<Joining>& joining,
                                                     std::size_t index) {
  const auto& wish = joining->question.subscriptions[index];
  const auto name = shared_name(wish.filter, uid_);
  if (!name || !rights_.traffic_read) return ReasonCode::not_authorized;
  auto answer = [joining, index](MqttConnection& self, mqtt::ServerConnection& alive,
                                 ReasonCode reason) {
    const auto qos = joining->question.subscriptions[index].qos;
    joining->reasons[index] = mqtt::is_failure(reason) ? reason : granted(qos);
    if (--joining->waiting == 0) self.subscribe(alive, *joining);
  };
  const auto id = joining->question.subscription_id;
  if (const auto found = shared_.find(*name); found != shared_.end()) {
    found->second.qos = granted_qos(wish.qos);
    found->second.id = id;
    if (found->second.seat) return granted(wish.qos);
    found->second.waiting.emplace_back(std::move(answer));
    return std::nullopt;
  }
  if (name->size() > context_->config.sessions.client_id_size_max)
    return ReasonCode::topic_filter_invalid;
  if (shared_.size() >= context_->config.filters_max) return ReasonCode::quota_exceeded;
  Shared shared{.qos = granted_qos(wish.qos), .id = id};
  shared.waiting.emplace_back(std::move(answer));
  if (!join(connection, *name, std::move(shared))) return ReasonCode::unspecified_error;
  return std::nullopt;
}

/// A group that was the client's before: without it the client would miss messages unnoticed.
void MqttConnection::join_again(mqtt::ServerConnection& connection,
                                const mqtt_session::Subscription& shared) {
  Shared again{.qos = shared.qos, .id = shared.id};
  again.waiting.emplace_back([](MqttConnection&, mqtt::ServerConnection& alive, ReasonCode reason) {
    if (mqtt::is_failure(reason)) alive.disconnect(ReasonCode::server_busy);
  });
  if (!join(connection, shared.filter, std::move(again)))
    connection.disconnect(ReasonCode::server_busy);
}

bool MqttConnection::join(mqtt::ServerConnection& connection, const std::string& name,
                          Shared shared) {
  const auto groups = context_->groups.get();
  if (!groups) return false;
  shared.part = ++parts_;
  auto member = std::make_shared<ConnectionMember>(GroupPart{name, shared.part}, weak_from_this(),
                                                   connection.shared_from_this());
  shared_.insert_or_assign(name, std::move(shared));
  mqtt_group::JoinGroup message{
      {application_id_, name}, {.window = window_, .expiry = session_expiry_}, std::move(member)};
  caf::anon_send(groups, std::move(message));
  return true;
}

MqttConnection::Shared* MqttConnection::find_part(const GroupPart& part) {
  const auto found = shared_.find(part.name);
  return found != shared_.end() && found->second.part == part.part ? &found->second : nullptr;
}

bool MqttConnection::group_joined(mqtt::ServerConnection& connection, const GroupPart& part,
                                  const mqtt_group::Joined& joined) {
  auto* shared = find_part(part);
  if (ended_ || shared == nullptr) return false;
  shared->seat = joined;
  for (const auto& answer : std::exchange(shared->waiting, {}))
    answer(*this, connection, ReasonCode::success);
  return true;
}

void MqttConnection::group_refused(mqtt::ServerConnection& connection, const GroupPart& part,
                                   ReasonCode reason) {
  auto* shared = find_part(part);
  if (ended_ || shared == nullptr) return;
  const auto waiting = std::exchange(shared->waiting, {});
  shared_.erase(part.name);
  for (const auto& answer : waiting) answer(*this, connection, reason);
}

bool MqttConnection::leave_group(mqtt::ServerConnection& connection, const std::string& name) {
  const auto found = shared_.find(name);
  if (found == shared_.end()) return false;
  const auto shared = std::move(found->second);
  shared_.erase(found);
  if (shared.seat) caf::anon_send(shared.seat->group, mqtt_group::Leave{shared.seat->member});
  for (const auto& answer : shared.waiting)
    answer(*this, connection, ReasonCode::unspecified_error);
  return true;
}

void MqttConnection::leave_all_groups() {
  for (const auto& [name, shared] : std::exchange(shared_, {})) {
    if (shared.seat) caf::anon_send(shared.seat->group, mqtt_group::Leave{shared.seat->member});
  }
  shared_under_way_.clear();
}

// --- messages ------------------------------------------------------------------------------------

void MqttConnection::deliver_shared(mqtt::ServerConnection& connection, const GroupPart& part,
                                    SendToken token, const mqtt_group::MessagePtr& message) {
  const auto* shared = find_part(part);
  if (shared == nullptr || !shared->seat) return;
  const auto& seat = *shared->seat;
  const auto refuse = [&] {
    groups_wait_ = true;
    caf::anon_send(seat.group, mqtt_group::GiveBack{seat.member, token});
  };
  mqtt::Message out{
      .topic = up_topic(uid_, message->device_id, message->kind),
      .payload = mqtt::Payload(std::shared_ptr<const Bytes>(message, &message->body))};
  mqtt::Delivery delivery;
  if (shared->id != 0) delivery.subscription_ids.push_back(shared->id);
  if (shared->qos == mqtt::QoS::at_most_once) {
    // Done with as soon as it is handed over.
    if (connection.stream().outgoing_size() >= context_->config.connection.outgoing_max / 2)
      return refuse();
    probe_.delivered.Increment();
    connection.deliver(out, delivery);
    return caf::anon_send(seat.group, mqtt_group::Settled{seat.member, token});
  }
  if (in_flight_ >= window_ || !held_.empty()) return refuse();
  delivery.qos = mqtt::QoS::at_least_once;
  delivery.token = DeliveryToken{shared_bit | ++shared_tokens_};
  shared_under_way_.emplace(delivery.token, SharedUnderWay{part, token});
  ++in_flight_;
  probe_.delivered.Increment();
  connection.deliver(out, delivery);
}

std::optional<MqttConnection::SharedUnderWay> MqttConnection::take_shared(DeliveryToken token) {
  const auto found = shared_under_way_.find(token);
  if (found == shared_under_way_.end()) return std::nullopt;
  auto out = std::move(found->second);
  shared_under_way_.erase(found);
  --in_flight_;
  return out;
}

bool MqttConnection::settle_shared(DeliveryToken token) {
  const auto sent = take_shared(token);
  if (!sent) return false;
  const auto* shared = find_part(sent->part);
  if (shared != nullptr && shared->seat)
    caf::anon_send(shared->seat->group, mqtt_group::Settled{shared->seat->member, sent->token});
  return true;
}

bool MqttConnection::give_back(DeliveryToken token) {
  const auto sent = take_shared(token);
  if (!sent) return false;
  const auto* shared = find_part(sent->part);
  groups_wait_ = true;
  if (shared != nullptr && shared->seat)
    caf::anon_send(shared->seat->group, mqtt_group::GiveBack{shared->seat->member, sent->token});
  return true;
}

void MqttConnection::make_room(mqtt::ServerConnection& connection) {
  while (!held_.empty() && in_flight_ < window_) {
    const auto delivery = std::move(held_.front());
    held_.pop_front();
    hand_over(connection, delivery);
  }
  if (in_flight_ >= window_ || !std::exchange(groups_wait_, false)) return;
  for (const auto& [name, shared] : shared_) {
    if (shared.seat) caf::anon_send(shared.seat->group, mqtt_group::Room{shared.seat->member});
  }
}

void MqttConnection::on_drained(mqtt::ServerConnection& connection) {
  make_room(connection);
}

}  // namespace ff::application_server
