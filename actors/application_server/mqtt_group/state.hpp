// The logic of one group of a shared subscription: its members, and the stored session that gets
// messages for all of them. Pure; group.cpp carries effects out. [ADR 7]
//
//     away ─join─▶ attaching ─accepted─▶ subscribing ─subscribed─▶ open
//       ▲                                                            │ the last member leaves, or
//       └──── the session keeps cursor and what was not settled ─────┘ the session ends
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "actors/application_server/mqtt_group/config.hpp"
#include "actors/application_server/mqtt_group/effect.hpp"

namespace ff::application_server::mqtt_group {

/// Total: every call is legal at any time, and one that makes no sense has no effects.
class GroupState {
 public:
  explicit GroupState(const GroupsConfig& config) : config_(config) {}

  [[nodiscard]] Effects join(const Join& event, MonoTime now);
  [[nodiscard]] Effects leave(const Leave& event, MonoTime now);
  [[nodiscard]] Effects settled(const Settled& event, MonoTime now);
  [[nodiscard]] Effects give_back(const GiveBack& event, MonoTime now);
  [[nodiscard]] Effects room(const Room& event, MonoTime now);

  /// Of the session that was asked for with `serial`.
  [[nodiscard]] Effects accepted(std::uint64_t serial, ConnectionId connection);
  [[nodiscard]] Effects refused(std::uint64_t serial, mqtt::ReasonCode reason);
  [[nodiscard]] Effects subscribed(std::uint64_t serial, mqtt::ReasonCode reason, MonoTime now);
  [[nodiscard]] Effects deliver(std::uint64_t serial, SendToken token, MessagePtr message,
                                MonoTime now);
  [[nodiscard]] Effects closed(std::uint64_t serial, mqtt::ReasonCode reason);
  [[nodiscard]] Effects timer(MonoTime now);

  /// How long the session is to be kept if the group ends now, seconds.
  std::uint32_t expiry() const noexcept { return expiry_; }
  std::optional<ConnectionId> connection() const noexcept { return connection_; }

 private:
  enum class Phase : std::uint8_t { away, attaching, subscribing, open };

  Effects take() { return std::exchange(effects_, {}); }
  template <class E>
  void emit(E effect) {
    effects_.emplace_back(std::move(effect));
  }
  bool is_current(std::uint64_t serial) const noexcept {
    return phase_ != Phase::away && serial == serial_;
  }
  void remove(MemberId member);
  void dispatch(MonoTime now);
  void detach();
  /// Nobody is left.
  void rest();

  GroupsConfig config_;
  Effects effects_;
  Phase phase_ = Phase::away;
  Sharing sharing_;
  std::set<MemberId> joining_;  // not answered yet
  std::uint64_t orders_ = 0;
  std::uint64_t serial_ = 0;  // of the newest AttachSession
  std::optional<ConnectionId> connection_;
  std::uint32_t expiry_ = 0;  // the longest of members so far
  bool waking_ = false;
};

}  // namespace ff::application_server::mqtt_group
