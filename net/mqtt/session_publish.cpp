// Messages in both directions.
#include "net/mqtt/session.hpp"
#include "net/mqtt/topic.hpp"

namespace ff::mqtt {
namespace {

using Id = PropertyId;

}  // namespace

std::optional<ReasonCode> Session::resolve_alias(Publish& packet) {
  auto alias = packet.properties.number(Id::topic_alias);
  if (!alias) return std::nullopt;
  if (*alias == 0 || *alias > aliases_.size()) return ReasonCode::topic_alias_invalid;
  auto& topic = aliases_[*alias - 1];
  if (packet.topic.empty()) {
    if (topic.empty()) return ReasonCode::protocol_error;
    packet.topic = topic;
  } else if (packet.topic.size() <= limits_.topic_size_max) {
    topic = packet.topic;
  }
  packet.properties.erase(Id::topic_alias);
  return std::nullopt;
}

std::optional<ReasonCode> Session::check_publish(const Publish& packet) const {
  if (packet.topic.empty() && version_ == Version::v5) return ReasonCode::protocol_error;
  if (!is_valid_topic_name(packet.topic) || packet.topic.size() > limits_.topic_size_max) {
    return ReasonCode::topic_name_invalid;
  }
  const auto* response = packet.properties.text(Id::response_topic);
  if (response && !is_valid_topic_name(*response)) return ReasonCode::topic_name_invalid;
  if (packet.properties.contains(Id::subscription_identifier)) return ReasonCode::protocol_error;
  if (packet.retain && version_ == Version::v5 && !limits_.retain_available)
    return ReasonCode::retain_not_supported;
  return std::nullopt;
}

void Session::on_publish(Publish&& packet) {
  if (auto reason = resolve_alias(packet)) return violate(*reason);
  if (auto reason = check_publish(packet)) return violate(*reason);
  auto [arrival, handle] = inbound_.arrive(packet.packet_id, packet.qos);
  switch (arrival) {
    case InboundWindow::Arrival::waiting:
      return;
    case InboundWindow::Arrival::answered:
      return send(Pubrec{.packet_id = packet.packet_id});
    case InboundWindow::Arrival::too_many:
      return violate(ReasonCode::receive_maximum_exceeded);
    case InboundWindow::Arrival::fresh:
      break;
  }
  emit(PublishReceived{.handle = handle,
                       .message = {.topic = std::move(packet.topic),
                                   .payload = std::move(packet.payload),
                                   .retain = packet.retain,
                                   .properties = std::move(packet.properties)},
                       .qos = packet.qos,
                       .packet_id = packet.packet_id});
}

Effects Session::publish_handled(PublishHandle handle, ReasonCode reason, MonoTime now) {
  if (state_ != State::open) return {};
  for (const auto& due : inbound_.answer(handle, reason)) acknowledge(due);
  run(now);
  return take();
}

void Session::acknowledge(const InboundWindow::Due& due) {
  if (state_ != State::open) return;
  if (due.qos == QoS::at_least_once) {
    send(Puback{.packet_id = due.packet_id,
                .reason = nearest_allowed(due.reason, PacketType::puback)});
  } else {
    send(Pubrec{.packet_id = due.packet_id,
                .reason = nearest_allowed(due.reason, PacketType::pubrec)});
  }
}

void Session::on_pubrel(const Pubrel& packet) {
  if (inbound_.release(packet.packet_id)) {
    emit(PublishReleased{packet.packet_id});
    return send(Pubcomp{.packet_id = packet.packet_id});
  }
  send(Pubcomp{.packet_id = packet.packet_id, .reason = ReasonCode::packet_identifier_not_found});
}

void Session::on_puback(const Puback& packet) {
  for (const auto& acknowledged : outbound_.acknowledge(packet.packet_id, packet.reason))
    emit(acknowledged);
}

Effects Session::deliver(const Message& message, const Delivery& delivery) {
  auto discard = [&](DiscardCause cause) { return Effects{Discarded{delivery.token, cause}}; };
  bool with_id = delivery.qos != QoS::at_most_once;
  if (state_ != State::open) return discard(DiscardCause::not_connected);
  if (!is_valid_topic_name(message.topic)) return discard(DiscardCause::not_encodable);
  if (with_id && outbound_.free() == 0) return discard(DiscardCause::window_full);
  auto frame = encode_publish({.topic = message.topic,
                               .payload = message.payload,
                               .properties = message.properties,
                               .subscription_ids = delivery.subscription_ids,
                               .qos = with_id ? QoS::at_least_once : QoS::at_most_once,
                               .retain = delivery.retain,
                               .dup = with_id && delivery.redelivered,
                               .packet_id = with_id ? outbound_.next_id() : std::uint16_t{0}},
                              version_);
  if (frame.size() > client_packet_size_max_) return discard(DiscardCause::too_large);
  if (with_id) outbound_.add(delivery.token);
  emit(Send{std::move(frame)});
  return take();
}

}  // namespace ff::mqtt
