#include "actors/gateway_server/frontend_mqtt/gateway.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/send.hpp>

#include "actors/gateway_server/connection/certificate.hpp"
#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/frontend_mqtt/errors.hpp"
#include "actors/support/mqtt_violations/mqtt_violations.hpp"
#include "net/mqtt/topic.hpp"
#include "protocol/types/uid.hpp"

namespace ff::gateway_server {
namespace {

using mqtt::ReasonCode;

/// Subscriptions of one gateway; it needs one.
constexpr std::size_t subscriptions_max = 16;

/// A link's way to a connection: onto its loop, as long as it lives.
class MqttPort final : public LinkPort {
 public:
  MqttPort(net::EventLoop& loop, std::weak_ptr<MqttGateway> gateway,
           std::weak_ptr<mqtt::ServerConnection> connection)
      : loop_(loop), gateway_(std::move(gateway)), connection_(std::move(connection)) {}

  /// The gateway has it from spawn_link.
  void opened(const LinkHandle&) override {}
  void ready(const ConnectionReady&) override {
    post([](MqttGateway& gateway, mqtt::ServerConnection& connection) {
      gateway.ready(connection);
    });
  }
  void send(const SendDownlink& message) override {
    post([message](MqttGateway& gateway, mqtt::ServerConnection& connection) {
      gateway.send(connection, message);
    });
  }
  void ended(const Error& reason) override {
    post([reason](MqttGateway& gateway, mqtt::ServerConnection& connection) {
      gateway.link_ended(connection, reason);
    });
  }

 private:
  template <class Call>
  void post(Call call) {
    loop_.post([gateway = gateway_, connection = connection_, call = std::move(call)] {
      const auto owner = gateway.lock();
      const auto alive = connection.lock();
      if (owner && alive) call(*owner, *alive);
    });
  }

  net::EventLoop& loop_;
  std::weak_ptr<MqttGateway> gateway_;
  std::weak_ptr<mqtt::ServerConnection> connection_;
};

/// Clients that are refused for a moment come again; those that may not should not.
ReasonCode refusal_of(const Error& error) {
  switch (error.code()) {
    case Code::resource_exhausted:
    case Code::unavailable:
    case Code::deadline_exceeded:
    case Code::aborted:
      return ReasonCode::server_unavailable;
    default:
      return ReasonCode::not_authorized;
  }
}

ReasonCode goodbye_of(const Error& reason) {
  if (reason.is(new_connection)) return ReasonCode::session_taken_over;
  if (reason.is(frontend_ended)) return ReasonCode::server_shutting_down;
  if (reason.is(gateway_changed)) return ReasonCode::administrative_action;
  return reason.code() == Code::permission_denied || reason.code() == Code::unauthenticated
             ? ReasonCode::not_authorized
             : ReasonCode::unspecified_error;
}

}  // namespace

void MqttGateway::on_authenticate(mqtt::ServerConnection& connection,
                                  const mqtt::Authenticate& question) {
  const auto& connect = question.connect;
  auto id = parse_gateway_id(entity_id_of_uid(connect.username.value_or("")));
  if (!id) return refuse(connection, Error(mqtt_not_authorized));
  uid_ = *connect.username;
  topic_ = context_->format->downlink_topic(uid_);
  auto checked = [owner = weak_from_this(), weak = connection.weak_from_this(), id = *id,
                  loop = &connection.stream().loop()](const Status& allowed) {
    loop->post([owner, weak, id, allowed] {
      const auto self = owner.lock();
      const auto alive = weak.lock();
      if (self && alive) self->authenticated(*alive, id, allowed);
    });
  };
  if (auto peer = connection.stream().tls_peer(); shows_certificate(peer.get()))
    return check_peer(*std::move(id), std::move(peer), std::move(checked));
  const auto& access = context_->context->access;
  if (!connect.password || !access) return refuse(connection, Error(mqtt_not_authorized));
  secret_ = std::string(as_text(*connect.password));
  access->check_link(*id, secret_, std::move(checked));
}

/// The certificate has the gateway's EUI, which only its registration knows.
void MqttGateway::check_peer(GatewayId gateway_id, std::shared_ptr<const net::tls::Peer> peer,
                             std::function<void(const Status&)> checked) const {
  GatewayIdentifiers ids;
  ids.gateway_id = std::move(gateway_id);
  context_->context->registry->find(
      ids, [peer = std::move(peer), checked = std::move(checked)](const auto& found) {
        if (!found) return checked(fail(found.error()));
        checked(check_certificate(peer.get(), found->ids.eui).value());
      });
}

void MqttGateway::authenticated(mqtt::ServerConnection& connection, GatewayId gateway_id,
                                const Status& allowed) {
  if (ended_) return;
  if (!allowed) return refuse(connection, allowed.error());
  ConnectRequest request;
  request.ids.gateway_id = std::move(gateway_id);
  request.protocol = Protocol::mqtt;
  request.authenticated = true;
  request.secret = std::exchange(secret_, {});
  request.chooses_antenna = context_->format->chooses_antenna();
  request.remote_address = connection.stream().remote().to_string();
  // Until it subscribes.
  request.has_downlink_path = false;
  auto port = std::make_shared<MqttPort>(connection.stream().loop(), weak_from_this(),
                                         connection.weak_from_this());
  link_ = spawn_link(*context_->system, context_->context,
                     {std::move(request), std::move(port), context_->probe, context_->links});
}

void MqttGateway::ready(mqtt::ServerConnection& connection) {
  if (ended_ || accepted_) return;
  accepted_ = true;
  mqtt::Accepted accepted;
  accepted.assigned_client_id = uid_;
  accepted.keep_will = false;
  connection.authenticated(accepted);
}

void MqttGateway::refuse(mqtt::ServerConnection& connection, const Error& error) {
  context_->probe->refused.Increment();
  if (const auto left_out =
          context_->refusal_lines->take(context_->context->deps.clock->now().mono))
    spdlog::info("msg=\"gateway refused\" protocol={} remote={} error=\"{}\" left_out={}",
                 context_->format->name(), connection.stream().remote().to_string(),
                 error.to_string(), *left_out);
  connection.authenticated(mqtt::Refused{refusal_of(error)});
}

void MqttGateway::link_ended(mqtt::ServerConnection& connection, const Error& reason) {
  if (ended_) return;
  link_ = nullptr;
  if (!accepted_) return refuse(connection, reason);
  connection.disconnect(goodbye_of(reason));
}

ReasonCode MqttGateway::subscribe_one(const mqtt::Subscription& wish, std::uint32_t id) {
  if (!mqtt::topic_matches(wish.filter, topic_)) return ReasonCode::not_authorized;
  const auto same = std::ranges::find(subscriptions_, wish.filter, &Subscription::filter);
  if (same != subscriptions_.end()) {
    same->id = id;
  } else if (subscriptions_.size() == subscriptions_max) {
    return ReasonCode::quota_exceeded;
  } else {
    subscriptions_.push_back({wish.filter, id});
  }
  return static_cast<ReasonCode>(wish.qos);
}

void MqttGateway::on_subscribe(mqtt::ServerConnection& connection,
                               const mqtt::SubscribeRequested& question) {
  const bool could_send = !subscriptions_.empty();
  std::vector<ReasonCode> reasons;
  for (const auto& wish : question.subscriptions)
    reasons.push_back(subscribe_one(wish, question.subscription_id));
  connection.subscribe_handled(question.packet_id, reasons);
  if (!could_send && !subscriptions_.empty()) tell_link(DownlinkPathChanged{true});
}

void MqttGateway::on_unsubscribe(mqtt::ServerConnection& connection,
                                 const mqtt::UnsubscribeRequested& question) {
  const bool could_send = !subscriptions_.empty();
  std::vector<ReasonCode> reasons;
  for (const auto& filter : question.filters) {
    const auto erased = std::erase_if(
        subscriptions_, [&](const Subscription& one) { return one.filter == filter; });
    reasons.push_back(erased > 0 ? ReasonCode::success : ReasonCode::no_subscription_existed);
  }
  connection.unsubscribe_handled(question.packet_id, reasons);
  if (could_send && subscriptions_.empty()) tell_link(DownlinkPathChanged{false});
}

void MqttGateway::tell_link(LinkMessage message, std::shared_ptr<const Taken> taken) {
  if (link_) caf::anon_send(link_, LinkReceived{std::move(message), std::move(taken)});
}

/// Acknowledged when the link has it: a gateway that floods waits, and keeps its messages.
void MqttGateway::on_publish(mqtt::ServerConnection& connection,
                             const mqtt::PublishReceived& question) {
  const auto& message = question.message;
  const auto kind = context_->format->topic_of(message.topic, uid_);
  if (kind == MqttTopic::forbidden || kind == MqttTopic::ignored) {
    const bool ignored = kind == MqttTopic::ignored;
    context_->probe->count(ignored ? LinkOutcome::ignored : LinkOutcome::forbidden);
    return connection.publish_handled(question.handle,
                                      ignored ? ReasonCode::success : ReasonCode::not_authorized);
  }
  const auto now = context_->context->deps.clock->now().utc;
  auto decoded = context_->format->decode(kind, message.payload.view(), now);
  if (!decoded) {
    tell_link(Malformed{decoded.error(), kind == MqttTopic::status});
    return connection.publish_handled(question.handle, ReasonCode::payload_format_invalid);
  }
  auto taken =
      std::make_shared<const Taken>([weak = connection.weak_from_this(),
                                     loop = &connection.stream().loop(), handle = question.handle] {
        loop->post([weak, handle] {
          if (const auto alive = weak.lock()) alive->publish_handled(handle, ReasonCode::success);
        });
      });
  tell_link(std::move(*decoded), std::move(taken));
}

/// The network server may try another gateway.
void MqttGateway::lose(DownlinkToken token, const Error& error) {
  context_->probe->lost_downlinks.Increment();
  spdlog::info("msg=\"downlink lost\" gateway={} error=\"{}\"", uid_, error.to_string());
  tell_link(TxAcked{token, TxResult::unknown_error, {}, {}});
}

void MqttGateway::send(mqtt::ServerConnection& connection, const SendDownlink& message) {
  if (ended_) return;
  if (subscriptions_.empty()) return lose(message.token, Error(mqtt_not_subscribed));
  auto body = context_->format->encode(message);
  if (!body) return lose(message.token, body.error());
  // At QoS 0, whatever was granted: a downlink that comes again comes too late. [spec
  // gateway-server §5]
  mqtt::Delivery delivery{.token = mqtt::DeliveryToken{message.token.value()}};
  for (const auto& subscription : subscriptions_) {
    if (subscription.id != 0) delivery.subscription_ids.push_back(subscription.id);
  }
  connection.deliver(
      {.topic = topic_, .payload = mqtt::Payload(std::make_shared<const Bytes>(*std::move(body)))},
      delivery);
}

/// A gateway that does not read can not transmit: it is cut off, and others are asked.
void MqttGateway::on_discarded(mqtt::ServerConnection& connection, const mqtt::Discarded& fact) {
  lose(DownlinkToken{static_cast<std::uint16_t>(fact.token.value())},
       Error(mqtt_closed, {{"reason", mqtt::to_string(fact.cause)}}));
  if (fact.cause == mqtt::DiscardCause::slow_reader) connection.disconnect(ReasonCode::server_busy);
}

void MqttGateway::on_ended(mqtt::ServerConnection&, const mqtt::Ended& end) {
  ended_ = true;
  actors::count_violation(*context_->context->deps.metrics, "gs", end);
  if (auto link = std::exchange(link_, nullptr)) {
    caf::anon_send(link, LinkClosed{Error(mqtt_closed, {{"reason", mqtt::to_string(end.cause)}})});
  }
}

}  // namespace ff::gateway_server
