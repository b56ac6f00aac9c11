#include "net/websocket/session.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ff::websocket {

std::string_view to_string(EndCause cause) noexcept {
  static constexpr std::array<std::string_view, end_cause_count> names = {
      "closed_by_peer", "closed_by_owner", "protocol_error",  "invalid_text", "message_too_big",
      "missed_pongs",   "silent",          "connection_lost", "slow_reader",  "stopped"};
  return names[static_cast<std::size_t>(cause)];
}

Session::Session(const SessionLimits& limits, Random& random, MonoTime now)
    : limits_(limits), random_(random), heard_at_(now) {
  plan_ping(now);
}

Effects Session::start() {
  return {next_deadline()};
}

// ---- receiving

Effects Session::receive(ByteView bytes, MonoTime now) {
  Effects effects;
  if (state_ == State::ended) return effects;
  heard_at_ = now;
  while (!bytes.empty() && reads_ && state_ != State::ended) bytes = take(bytes, now, effects);
  return effects;
}

/// One header, or one piece of a payload; what is left.
ByteView Session::take(ByteView bytes, MonoTime now, Effects& effects) {
  if (!frame_) {
    const auto progress = decoder_.feed(bytes);
    if (progress.failed) {
      fault(EndCause::protocol_error, CloseCode::protocol_error, now, effects);
    } else if (progress.header) {
      begin_frame(*progress.header, now, effects);
    }
    return bytes.subspan(progress.consumed);
  }
  const auto size = static_cast<std::size_t>(
      std::min<std::uint64_t>(bytes.size(), frame_->payload_size - received_));
  auto& target = is_control(frame_->opcode) ? control_ : message_->payload;
  append(target, bytes.first(size));
  const auto piece = MutableByteView(target).last(size);
  apply_mask(piece, *frame_->mask, received_);
  received_ += size;
  if (!is_control(frame_->opcode) && message_->is_text && !utf8_.feed(piece)) {
    fault(EndCause::invalid_text, CloseCode::invalid_payload, now, effects);
  } else if (received_ == frame_->payload_size) {
    end_frame(now, effects);
  }
  return bytes.subspan(size);
}

void Session::begin_frame(const FrameHeader& header, MonoTime now, Effects& effects) {
  const auto violate = [&] {
    fault(EndCause::protocol_error, CloseCode::protocol_error, now, effects);
  };
  if (!header.mask) return violate();
  if (is_control(header.opcode)) {
    if (!header.fin || header.payload_size > control_payload_size_max) return violate();
    control_.clear();
  } else {
    // A message begins only when the one before it is complete. [RFC 6455 §5.4]
    if ((header.opcode == Opcode::continuation) != message_.has_value()) return violate();
    if (!message_) {
      message_ = Message{header.opcode == Opcode::text, {}};
      utf8_ = {};
    }
    if (header.payload_size > limits_.message_size_max - message_->payload.size())
      return fault(EndCause::message_too_big, CloseCode::message_too_big, now, effects);
  }
  frame_ = header;
  received_ = 0;
  if (header.payload_size == 0) end_frame(now, effects);
}

void Session::end_frame(MonoTime now, Effects& effects) {
  const auto frame = *std::exchange(frame_, std::nullopt);
  if (is_control(frame.opcode)) {
    switch (frame.opcode) {
      case Opcode::close:
        return on_close(now, effects);
      case Opcode::ping:
        if (state_ == State::open)
          effects.emplace_back(Send{encode_frame({.opcode = Opcode::pong, .mask = {}}, control_)});
        return;
      default:
        pong_seen_ = true;
        unanswered_ = 0;
        return;
    }
  }
  if (!frame.fin) return;
  if (message_->is_text && !utf8_.is_complete())
    return fault(EndCause::invalid_text, CloseCode::invalid_payload, now, effects);
  auto message = *std::exchange(message_, std::nullopt);
  if (state_ == State::open) effects.emplace_back(std::move(message));
}

void Session::on_close(MonoTime now, Effects& effects) {
  if (state_ == State::closing) return finish(effects);
  auto body = parse_close(control_);
  if (!body) return fault(EndCause::protocol_error, CloseCode::protocol_error, now, effects);
  const auto answer = body->code == CloseCode::no_status ? CloseCode::normal : body->code;
  effects.emplace_back(Send{encode_close(answer, {})});
  effects.emplace_back(Ended{EndCause::closed_by_peer, body->code, std::move(body->reason)});
  finish(effects);
}

// ---- ending

void Session::fault(EndCause cause, CloseCode code, MonoTime now, Effects& effects) {
  reads_ = false;
  message_.reset();
  frame_.reset();
  if (state_ != State::open) return;
  start_closing(code, to_string(cause), now, effects);
  effects.emplace_back(Ended{cause, code, {}});
}

void Session::start_closing(CloseCode code, std::string_view reason, MonoTime now,
                            Effects& effects) {
  state_ = State::closing;
  close_at_ = now + limits_.close_timeout;
  effects.emplace_back(Send{encode_close(code, reason)});
  effects.emplace_back(next_deadline());
}

void Session::finish(Effects& effects) {
  state_ = State::ended;
  effects.emplace_back(CloseTransport{});
}

Effects Session::close(CloseCode code, std::string_view reason, MonoTime now) {
  Effects effects;
  if (state_ != State::open) return effects;
  start_closing(code, reason, now, effects);
  effects.emplace_back(Ended{EndCause::closed_by_owner, code, {}});
  return effects;
}

Effects Session::transport_closed(EndCause cause) {
  const auto before = std::exchange(state_, State::ended);
  if (before != State::open) return {};
  return {Ended{cause, CloseCode::abnormal_closure, {}}};
}

// ---- sending and time

Effects Session::send_binary(ByteView data) {
  if (state_ != State::open) return {};
  return {Send{encode_frame({.opcode = Opcode::binary, .mask = {}}, data)}};
}

Effects Session::send_text(std::string_view text) {
  if (state_ != State::open) return {};
  return {Send{encode_frame({.opcode = Opcode::text, .mask = {}}, as_bytes(text))}};
}

Effects Session::deadline_passed(MonoTime now) {
  Effects effects;
  if (state_ == State::ended) return effects;
  if (state_ == State::closing) {
    if (now >= close_at_)
      finish(effects);
    else
      effects.emplace_back(next_deadline());
    return effects;
  }
  const auto give_up = [&](EndCause cause) {
    start_closing(CloseCode::going_away, to_string(cause), now, effects);
    effects.emplace_back(Ended{cause, CloseCode::going_away, {}});
    return effects;
  };
  if (now - heard_at_ >= limits_.silence_max) return give_up(EndCause::silent);
  if (limits_.ping_interval > Duration::zero() && now >= ping_at_) {
    if (pong_seen_ && unanswered_ > limits_.missed_pongs_max)
      return give_up(EndCause::missed_pongs);
    ++unanswered_;
    plan_ping(now);
    effects.emplace_back(Send{encode_frame({.opcode = Opcode::ping, .mask = {}}, {})});
  }
  effects.emplace_back(next_deadline());
  return effects;
}

void Session::plan_ping(MonoTime now) {
  const auto interval = limits_.ping_interval;
  const auto spread =
      static_cast<std::int64_t>(static_cast<double>(interval.count()) * limits_.ping_jitter);
  ping_at_ = now + interval;
  if (spread > 0)
    ping_at_ += Duration{static_cast<std::int64_t>(
                    random_.below(static_cast<std::uint64_t>(2 * spread) + 1))} -
                Duration{spread};
}

SetDeadline Session::next_deadline() const {
  if (state_ == State::closing) return {close_at_};
  const auto silent_at = heard_at_ + limits_.silence_max;
  if (limits_.ping_interval <= Duration::zero()) return {silent_at};
  return {std::min(silent_at, ping_at_)};
}

}  // namespace ff::websocket
