#include "net/mqtt/effect.hpp"

#include <array>

#include "net/mqtt/codec/decoder.hpp"
#include "protocol/base/hex.hpp"

namespace ff::mqtt {
namespace {

std::string show(const Frame& frame, Version version) {
  Decoder decoder({.packet_size_max = frame.size()}, version);
  decoder.append(frame.flat());
  auto packet = decoder.next();
  return packet && *packet ? to_string(**packet) : hex_lower(frame.flat());
}

std::string show(const Message& message) {
  return '"' + message.topic + "\" bytes=" + std::to_string(message.payload.size()) +
         (message.retain ? " retain" : "") +
         (message.properties.empty() ? "" : ' ' + to_string(message.properties));
}

std::string show(QoS qos) {
  return " qos=" + std::to_string(static_cast<int>(qos));
}

struct Printer {
  Version version;

  std::string operator()(const Send& e) const { return "Send " + show(e.frame, version); }
  std::string operator()(const Close&) const { return "Close"; }
  std::string operator()(const SetDeadline& e) const {
    return "SetDeadline " + to_duration_text(e.at.time_since_epoch());
  }
  std::string operator()(const PauseReading&) const { return "PauseReading"; }
  std::string operator()(const ResumeReading&) const { return "ResumeReading"; }
  std::string operator()(const Authenticate& e) const {
    return "Authenticate " + to_string(Packet(e.connect)) +
           " session_expiry=" + std::to_string(e.session_expiry);
  }
  std::string operator()(const SubscribeRequested& e) const {
    return "SubscribeRequested subscription_id=" + std::to_string(e.subscription_id) + ' ' +
           to_string(Packet(Subscribe{e.packet_id, e.subscriptions, {}}));
  }
  std::string operator()(const UnsubscribeRequested& e) const {
    return "UnsubscribeRequested " + to_string(Packet(Unsubscribe{e.packet_id, e.filters, {}}));
  }
  std::string operator()(const PublishReceived& e) const {
    return "PublishReceived handle=" + std::to_string(e.handle.value()) + ' ' + show(e.message) +
           show(e.qos) + " id=" + std::to_string(e.packet_id);
  }
  std::string operator()(const PublishReleased& e) const {
    return "PublishReleased id=" + std::to_string(e.packet_id);
  }
  std::string operator()(const Acknowledged& e) const {
    return "Acknowledged token=" + std::to_string(e.token.value()) + ' ' +
           std::string(to_string(e.reason));
  }
  std::string operator()(const Discarded& e) const {
    return "Discarded token=" + std::to_string(e.token.value()) + ' ' +
           std::string(to_string(e.cause));
  }
  std::string operator()(const PublishWill& e) const {
    return "PublishWill " + show(e.message) + show(e.qos) + " delay=" + std::to_string(e.delay);
  }
  std::string operator()(const Ended& e) const {
    return "Ended " + std::string(to_string(e.cause)) + ' ' + std::string(to_string(e.reason)) +
           " session_expiry=" + std::to_string(e.session_expiry) +
           " unreleased=" + std::to_string(e.unreleased.size());
  }
};

}  // namespace

std::string_view to_string(EndCause cause) noexcept {
  static constexpr std::array<std::string_view, 8> names = {
      "client_disconnected", "connection_lost", "connect_timeout", "owner_timeout",
      "keep_alive_timeout",  "refused",         "violation",       "server_disconnected"};
  return names[static_cast<std::size_t>(cause)];
}

std::string_view to_string(DiscardCause cause) noexcept {
  static constexpr std::array<std::string_view, 5> names = {
      "not_connected", "window_full", "too_large", "not_encodable", "slow_reader"};
  return names[static_cast<std::size_t>(cause)];
}

std::string to_string(const Effect& effect, Version version) {
  return std::visit(Printer{version}, effect);
}

}  // namespace ff::mqtt
