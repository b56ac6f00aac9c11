// CONNECT, the owner's answer to it, and DISCONNECT.
#include <algorithm>
#include <limits>

#include "net/mqtt/session.hpp"
#include "net/mqtt/topic.hpp"

namespace ff::mqtt {
namespace {

using Id = PropertyId;

std::uint32_t requested_expiry(const Connect& packet, const SessionLimits& limits) {
  if (packet.version == Version::v5)
    return packet.properties.number(Id::session_expiry_interval).value_or(0);
  return packet.clean_start ? 0 : limits.session_expiry_v3;
}

/// In whole seconds, such that one and a half of it is `silence`.
std::uint16_t keep_alive_for(Duration silence) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(silence * 2 / 3).count();
  return static_cast<std::uint16_t>(
      std::clamp<std::int64_t>(seconds, 1, std::numeric_limits<std::uint16_t>::max()));
}

}  // namespace

std::optional<ReasonCode> Session::check_will(const Connect& packet) const {
  if (!packet.will) return std::nullopt;
  const auto& will = *packet.will;
  if (!is_valid_topic_name(will.topic) || will.topic.size() > limits_.topic_size_max) {
    return ReasonCode::topic_name_invalid;
  }
  const auto* response = will.properties.text(Id::response_topic);
  if (response && !is_valid_topic_name(*response)) return ReasonCode::topic_name_invalid;
  if (packet.version == Version::v5 && will.retain && !limits_.retain_available) {
    return ReasonCode::retain_not_supported;
  }
  return std::nullopt;
}

std::optional<ReasonCode> Session::check_connect(const Connect& packet) const {
  if (packet.properties.contains(Id::authentication_method))
    return ReasonCode::bad_authentication_method;
  if (packet.properties.contains(Id::authentication_data)) return ReasonCode::protocol_error;
  bool needs_id =
      packet.version == Version::v3_1 || (packet.version == Version::v3_1_1 && !packet.clean_start);
  if (needs_id && packet.client_id.empty()) return ReasonCode::client_identifier_not_valid;
  return check_will(packet);
}

void Session::on_connect(Connect&& packet, MonoTime now) {
  version_ = packet.version;
  if (auto reason = check_connect(packet)) return violate(*reason);
  adopt(packet);
  state_ = State::authenticating;
  last_packet_ = now;
  emit(Authenticate{.connect = std::move(packet), .session_expiry = session_expiry_});
  arm();
}

void Session::adopt(const Connect& packet) {
  asked_ = {packet.clean_start, packet.keep_alive, requested_expiry(packet, limits_)};
  session_expiry_ = packet.version == Version::v5
                        ? std::min(asked_.session_expiry, limits_.session_expiry_max)
                        : asked_.session_expiry;
  will_ = packet.will;
  if (auto size = packet.properties.number(Id::maximum_packet_size))
    client_packet_size_max_ = *size;
  auto window = packet.properties.number(Id::receive_maximum)
                    .value_or(std::numeric_limits<std::uint16_t>::max());
  outbound_.set_size(
      static_cast<std::uint16_t>(std::min<std::uint32_t>(window, limits_.in_flight_max)));
  silence_max_ =
      packet.keep_alive == 0 ? limits_.idle_max : std::chrono::seconds(packet.keep_alive) * 3 / 2;
}

Effects Session::authenticated(const AuthenticationOutcome& outcome, MonoTime now) {
  if (state_ != State::authenticating) return {};
  if (const auto* refused = std::get_if<Refused>(&outcome)) {
    end(EndCause::refused, refused->reason);
  } else {
    accept(std::get<Accepted>(outcome), now);
    run(now);
  }
  return take();
}

void Session::accept(const Accepted& accepted, MonoTime now) {
  if (!accepted.keep_will) will_.reset();
  if (!asked_.clean_start) inbound_.restore(accepted.unreleased);
  // A receive maximum counts what this connection sends, not what an earlier one left behind
  // [MQTT-5 §4.9].
  std::size_t bound = limits_.unreleased_max;
  if (version_ == Version::v5) {
    bound = std::min(bound, inbound_.unreleased().size() + limits_.receive_maximum);
    aliases_.resize(limits_.topic_alias_max);
  }
  inbound_.set_bound(bound);
  decoder_.set_packet_size_max(limits_.decode.packet_size_max);
  state_ = State::open;
  last_packet_ = now;
  send(Connack{.session_present = accepted.session_present && !asked_.clean_start,
               .properties = connack_properties(accepted)});
  if (state_ == State::open) arm();
}

Properties Session::connack_properties(const Accepted& accepted) const {
  Properties list;
  if (version_ != Version::v5) return list;
  if (session_expiry_ != asked_.session_expiry)
    list.add(Id::session_expiry_interval, session_expiry_);
  list.add(Id::receive_maximum, std::uint32_t{limits_.receive_maximum});
  if (!limits_.retain_available) list.add(Id::retain_available, 0U);
  auto size = std::min<std::size_t>(limits_.decode.packet_size_max,
                                    std::numeric_limits<std::uint32_t>::max());
  list.add(Id::maximum_packet_size, static_cast<std::uint32_t>(size));
  if (!accepted.assigned_client_id.empty())
    list.add(Id::assigned_client_identifier, accepted.assigned_client_id);
  if (limits_.topic_alias_max > 0)
    list.add(Id::topic_alias_maximum, std::uint32_t{limits_.topic_alias_max});
  if (!limits_.shared_subscriptions) list.add(Id::shared_subscription_available, 0U);
  if (asked_.keep_alive == 0)
    list.add(Id::server_keep_alive, std::uint32_t{keep_alive_for(limits_.idle_max)});
  return list;
}

void Session::on_disconnect(const Disconnect& packet) {
  if (auto expiry = packet.properties.number(Id::session_expiry_interval)) {
    // A session that was to end with the connection can not be kept afterwards [MQTT-5
    // §3.14.2.2.2].
    if (asked_.session_expiry == 0 && *expiry != 0) return violate(ReasonCode::protocol_error);
    session_expiry_ = std::min(*expiry, limits_.session_expiry_max);
  }
  if (packet.reason == ReasonCode::success) will_.reset();
  end(EndCause::client_disconnected, packet.reason);
}

}  // namespace ff::mqtt
