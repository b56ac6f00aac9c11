#include "actors/application_server/mqtt_group/state.hpp"

#include <algorithm>

namespace ff::application_server::mqtt_group {

Effects GroupState::join(const Join& event, MonoTime now) {
  ++orders_;
  expiry_ = std::max(expiry_, event.expiry);
  sharing_.join(event.member, event.window);
  if (phase_ == Phase::open) {
    emit(TellJoined{event.member});
    dispatch(now);
    return take();
  }
  joining_.insert(event.member);
  if (phase_ == Phase::away) {
    phase_ = Phase::attaching;
    emit(AttachSession{++serial_});
    if (!std::exchange(waking_, true)) emit(Wake{config_.look_interval});
  }
  return take();
}

void GroupState::remove(MemberId member) {
  joining_.erase(member);
  const auto count = sharing_.leave(member);
  if (count > 0) emit(HandedOver{count});
}

Effects GroupState::leave(const Leave& event, MonoTime now) {
  if (!sharing_.has(event.member)) return {};
  remove(event.member);
  if (sharing_.is_empty()) {
    detach();
    rest();
  } else {
    dispatch(now);
  }
  return take();
}

Effects GroupState::settled(const Settled& event, MonoTime now) {
  if (phase_ != Phase::open || !sharing_.settle(event.member, event.token, now)) return {};
  emit(SettleSession{*connection_, event.token});
  dispatch(now);
  return take();
}

Effects GroupState::give_back(const GiveBack& event, MonoTime now) {
  sharing_.give_back(event.member, event.token);
  dispatch(now);
  return take();
}

Effects GroupState::room(const Room& event, MonoTime now) {
  sharing_.room(event.member);
  dispatch(now);
  return take();
}

Effects GroupState::accepted(std::uint64_t serial, ConnectionId connection) {
  if (phase_ != Phase::attaching || serial != serial_) {
    // Nobody wants it any more, or a newer one is on its way and has taken it over.
    emit(DetachSession{connection, expiry_});
    return take();
  }
  connection_ = connection;
  phase_ = Phase::subscribing;
  // Also if the session was there: its record may be of a beginning that was interrupted.
  emit(SubscribeSession{connection});
  return take();
}

Effects GroupState::refused(std::uint64_t serial, mqtt::ReasonCode reason) {
  if (!is_current(serial)) return {};
  for (const auto member : sharing_.members()) emit(TellRefused{member, reason});
  rest();
  return take();
}

Effects GroupState::subscribed(std::uint64_t serial, mqtt::ReasonCode reason, MonoTime now) {
  if (phase_ != Phase::subscribing || serial != serial_) return {};
  if (mqtt::is_failure(reason)) {
    detach();
    return refused(serial, reason);
  }
  phase_ = Phase::open;
  for (const auto member : std::exchange(joining_, {})) emit(TellJoined{member});
  dispatch(now);
  return take();
}

/// A session that was there before delivers at once; members are told first that they are in.
Effects GroupState::deliver(std::uint64_t serial, SendToken token, MessagePtr message,
                            MonoTime now) {
  if (!is_current(serial) || phase_ == Phase::attaching) return {};
  sharing_.add(token, std::move(message));
  dispatch(now);
  return take();
}

Effects GroupState::closed(std::uint64_t serial, mqtt::ReasonCode reason) {
  if (!is_current(serial)) return {};
  for (const auto member : sharing_.members()) emit(Close{member, reason});
  rest();
  return take();
}

Effects GroupState::timer(MonoTime now) {
  waking_ = false;
  if (phase_ == Phase::away) return {};
  waking_ = true;
  emit(Wake{config_.look_interval});
  for (const auto member : sharing_.stalled(now, config_.patience)) {
    // The last one stays: what it has would be nobody's.
    if (sharing_.members().size() < 2) break;
    emit(Close{member, mqtt::ReasonCode::server_busy});
    remove(member);
  }
  dispatch(now);
  return take();
}

void GroupState::dispatch(MonoTime now) {
  if (phase_ != Phase::open) return;
  for (auto& send : sharing_.dispatch(now))
    emit(Deliver{send.member, send.token, std::move(send.message)});
}

void GroupState::detach() {
  if (connection_) emit(DetachSession{*connection_, expiry_});
}

void GroupState::rest() {
  phase_ = Phase::away;
  connection_.reset();
  joining_.clear();
  sharing_.clear();
  emit(ReportIdle{orders_});
}

}  // namespace ff::application_server::mqtt_group
