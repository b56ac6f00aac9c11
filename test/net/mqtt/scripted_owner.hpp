// An owner without I/O that answers every question of a session at once, by rules that depend only
// on the question. For tests, fuzzing and benchmarks only.
#pragma once

#include <utility>
#include <vector>

#include "net/mqtt/session.hpp"

namespace ff::mqtt {

/// Feeds a session and collects all effects, those of the answers included, in order.
class ScriptedOwner {
 public:
  explicit ScriptedOwner(const SessionLimits& limits = {}) : session_(limits) {}

  void start() { perform(session_.start(now)); }
  void receive(ByteView bytes) { perform(session_.receive(bytes, now)); }
  void deliver(const Message& message, const Delivery& delivery) {
    perform(session_.deliver(message, delivery));
  }
  void deadline_passed() { perform(session_.deadline_passed(now)); }
  void closed() { perform(session_.closed()); }

  Session& session() { return session_; }
  const Effects& seen() const { return seen_; }

  MonoTime now;

 private:
  void perform(Effects effects) {
    for (auto& effect : effects) {
      auto answer = std::visit([this](const auto& e) { return this->answer(e); }, effect);
      seen_.push_back(std::move(effect));
      pending_.insert(pending_.end(), answer.begin(), answer.end());
    }
    if (pending_.empty()) return;
    perform(std::exchange(pending_, {}));
  }

  template <class T>
  Effects answer(const T&) {
    return {};
  }
  Effects answer(const Authenticate& e) {
    if (e.connect.username == "nobody") return session_.authenticated(Refused{}, now);
    return session_.authenticated(Accepted{.session_present = !e.connect.clean_start}, now);
  }
  Effects answer(const SubscribeRequested& e) {
    std::vector<ReasonCode> reasons;
    for (const auto& one : e.subscriptions) {
      reasons.push_back(one.filter.empty() ? ReasonCode::not_authorized
                                           : static_cast<ReasonCode>(one.qos));
    }
    return session_.subscribe_handled(e.packet_id, reasons, now);
  }
  Effects answer(const UnsubscribeRequested& e) {
    return session_.unsubscribe_handled(e.packet_id, std::vector<ReasonCode>(e.filters.size()),
                                        now);
  }
  Effects answer(const PublishReceived& e) {
    bool refused = e.message.topic.starts_with('/');
    return session_.publish_handled(
        e.handle, refused ? ReasonCode::not_authorized : ReasonCode::success, now);
  }

  Session session_;
  Effects seen_;
  Effects pending_;
};

}  // namespace ff::mqtt
