#include "net/mqtt/session.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace ff::mqtt {
namespace {

/// How every CONNECT begins.
constexpr std::uint8_t connect_byte = 0x10;

DecodeLimits before_connect(const SessionLimits& limits) {
  auto decode = limits.decode;
  decode.packet_size_max = std::min(limits.connect_size_max, decode.packet_size_max);
  return decode;
}

}  // namespace

Session::Session(const SessionLimits& limits)
    : limits_(limits),
      decoder_(before_connect(limits)),
      client_packet_size_max_(std::numeric_limits<std::size_t>::max()) {}

Effects Session::take() {
  return std::exchange(effects_, {});
}

Effects Session::start(MonoTime now) {
  if (state_ != State::created) return {};
  state_ = State::awaiting_connect;
  last_packet_ = now;
  arm();
  return take();
}

Effects Session::receive(ByteView bytes, MonoTime now) {
  if (state_ == State::created || state_ == State::ended) return {};
  decoder_.append(bytes);
  // Another protocol is not waited for until its bytes make up a packet.
  if (state_ == State::awaiting_connect && decoder_.peek().value_or(connect_byte) != connect_byte) {
    violate(ReasonCode::protocol_error);
  }
  run(now);
  // The transport was asked to pause and goes on all the same, or hands over very much at once.
  if (state_ != State::ended && blocked() &&
      decoder_.buffered() > 2 * limits_.decode.packet_size_max) {
    violate(ReasonCode::quota_exceeded);
  }
  return take();
}

void Session::run(MonoTime now) {
  while (state_ != State::ended && !blocked()) {
    auto packet = decoder_.next();
    if (!packet) break;
    if (*packet) {
      handle(std::move(**packet), now);
    } else {
      // The version that a refused CONNECT named decides the form of the answer.
      if (state_ == State::awaiting_connect) version_ = decoder_.version();
      violate(packet->error().reason);
    }
  }
  update_reading();
}

bool Session::blocked() const noexcept {
  return state_ == State::authenticating ||
         inbound_.waiting() + requests_.size() >= limits_.requests_max;
}

void Session::update_reading() {
  if (state_ == State::ended || blocked() == paused_) return;
  paused_ = blocked();
  if (paused_) {
    emit(PauseReading{});
  } else {
    emit(ResumeReading{});
  }
}

void Session::handle(Packet&& packet, MonoTime now) {
  last_packet_ = now;
  if (state_ == State::open) return handle_open(std::move(packet));
  if (auto* connect = std::get_if<Connect>(&packet)) return on_connect(std::move(*connect), now);
  violate(ReasonCode::protocol_error);
}

void Session::handle_open(Packet&& packet) {
  switch (type_of(packet)) {
    case PacketType::publish:
      return on_publish(std::get<Publish>(std::move(packet)));
    case PacketType::puback:
      return on_puback(std::get<Puback>(packet));
    case PacketType::pubrel:
      return on_pubrel(std::get<Pubrel>(packet));
    case PacketType::subscribe:
      return on_subscribe(std::get<Subscribe>(std::move(packet)));
    case PacketType::unsubscribe:
      return on_unsubscribe(std::get<Unsubscribe>(std::move(packet)));
    case PacketType::pingreq:
      return send(Pingresp{});
    case PacketType::disconnect:
      return on_disconnect(std::get<Disconnect>(packet));
    default:
      // A second CONNECT, answers to packets that this server never sends, packets of a server,
      // AUTH without a method.
      return violate(ReasonCode::protocol_error);
  }
}

void Session::send(const Packet& packet) {
  auto frame = encode(packet, version_);
  if (frame.size() <= client_packet_size_max_) return emit(Send{std::move(frame)});
  if (state_ == State::open) violate(ReasonCode::packet_too_large);
}

MonoTime Session::deadline() const noexcept {
  switch (state_) {
    case State::authenticating:
      return last_packet_ + limits_.authenticate_timeout;
    case State::open:
      return last_packet_ + silence_max_;
    default:
      return last_packet_ + limits_.connect_timeout;
  }
}

Effects Session::deadline_passed(MonoTime now) {
  if (state_ == State::created || state_ == State::ended) return {};
  if (now < deadline()) {
    arm();
  } else if (state_ == State::awaiting_connect) {
    end(EndCause::connect_timeout, ReasonCode::success);
  } else if (state_ == State::authenticating) {
    end(EndCause::owner_timeout, ReasonCode::server_unavailable);
  } else if (blocked()) {
    // The client may have sent all it should: it is us who do not read.
    end(EndCause::owner_timeout, ReasonCode::server_busy);
  } else {
    end(EndCause::keep_alive_timeout, ReasonCode::keep_alive_timeout);
  }
  return take();
}

Effects Session::closed() {
  if (state_ == State::created || state_ == State::ended) return {};
  end(EndCause::connection_lost, ReasonCode::success);
  return take();
}

Effects Session::disconnect(ReasonCode reason) {
  if (state_ == State::created || state_ == State::ended) return {};
  end(EndCause::server_disconnected, reason);
  return take();
}

void Session::say_goodbye(EndCause cause, ReasonCode reason) {
  bool client_listens =
      cause != EndCause::client_disconnected && cause != EndCause::connection_lost;
  if (!client_listens || reason == ReasonCode::success) return;
  Packet goodbye = Disconnect{.reason = nearest_allowed(reason, PacketType::disconnect)};
  if (state_ != State::open) {
    // Before a CONNECT of MQTT 5 nobody has shown to understand more than silence, with one
    // exception.
    bool knows_codes = version_ == Version::v5 || to_v3_return_code(reason);
    bool connect_seen = state_ == State::authenticating || version_ == Version::v5 ||
                        reason == ReasonCode::unsupported_protocol_version ||
                        reason == ReasonCode::client_identifier_not_valid;
    if (!knows_codes || !connect_seen) return;
    goodbye = Connack{
        .reason = version_ == Version::v5 ? nearest_allowed(reason, PacketType::connack) : reason};
  } else if (version_ != Version::v5) {
    return;
  }
  auto frame = encode(goodbye, version_);
  if (frame.size() <= client_packet_size_max_) emit(Send{std::move(frame)});
}

void Session::end(EndCause cause, ReasonCode reason) {
  if (state_ == State::ended) return;
  say_goodbye(cause, reason);
  if (cause != EndCause::connection_lost) emit(Close{});
  bool was_open = state_ == State::open;
  if (was_open) emit_will();
  state_ = State::ended;
  emit(Ended{.cause = cause,
             .reason = reason,
             .session_expiry = was_open ? session_expiry_ : 0,
             .unreleased = inbound_.unreleased()});
}

void Session::emit_will() {
  if (!will_) return;
  // The will is due when the session ends, if that is before its delay [MQTT-5 §3.1.3.2.2].
  auto delay = std::min(will_->properties.number(PropertyId::will_delay_interval).value_or(0),
                        session_expiry_);
  will_->properties.erase(PropertyId::will_delay_interval);
  emit(PublishWill{.message = {.topic = std::move(will_->topic),
                               .payload = std::move(will_->payload),
                               .retain = will_->retain,
                               .properties = std::move(will_->properties)},
                   .qos = will_->qos,
                   .delay = delay});
  will_.reset();
}

}  // namespace ff::mqtt
