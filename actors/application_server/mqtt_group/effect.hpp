// What a group is told by its members and what it asks of its actor: closed sets of values. Not how
// the effects are carried out (group.cpp).
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "actors/application_server/mqtt_group/sharing.hpp"
#include "actors/application_server/mqtt_session/effect.hpp"
#include "net/mqtt/codec/reason.hpp"

namespace ff::application_server::mqtt_group {

using mqtt_session::ConnectionId;

// What a group is told.

struct Join {
  MemberId member;
  /// Messages that it takes without settling.
  std::uint16_t window = 1;
  /// Seconds that the member's own session outlives its connection; the group is kept for as long.
  std::uint32_t expiry = 0;
};
struct Leave {
  MemberId member;
};
/// A message needs no further care: acknowledged, sent at QoS 0, or such that the client can never
/// have it.
struct Settled {
  MemberId member;
  SendToken token;
};
/// There is no room for it now; Room says when there may be.
struct GiveBack {
  MemberId member;
  SendToken token;
};
struct Room {
  MemberId member;
};

// Effects, carried out in order.

/// Ask for the group's stored session; answered with `accepted` or `refused`.
struct AttachSession {
  std::uint64_t serial = 0;
  bool operator==(const AttachSession&) const = default;
};
/// Answered with `subscribed`.
struct SubscribeSession {
  ConnectionId connection;
  bool operator==(const SubscribeSession&) const = default;
};
struct SettleSession {
  ConnectionId connection;
  SendToken token;
  bool operator==(const SettleSession&) const = default;
};
/// What was not settled comes again to whoever is there next.
struct DetachSession {
  ConnectionId connection;
  std::uint32_t expiry = 0;
  bool operator==(const DetachSession&) const = default;
};
struct TellJoined {
  MemberId member;
  bool operator==(const TellJoined&) const = default;
};
/// … and forget it.
struct TellRefused {
  MemberId member;
  mqtt::ReasonCode reason = mqtt::ReasonCode::unspecified_error;
  bool operator==(const TellRefused&) const = default;
};
struct Deliver {
  MemberId member;
  SendToken token;
  MessagePtr message;
  bool operator==(const Deliver&) const = default;
};
/// End the member's connection, and forget it.
struct Close {
  MemberId member;
  mqtt::ReasonCode reason = mqtt::ReasonCode::server_busy;
  bool operator==(const Close&) const = default;
};
/// Messages of a member that left or was cut off, which others get.
struct HandedOver {
  std::size_t count = 0;
  bool operator==(const HandedOver&) const = default;
};
/// Call `timer` after so long.
struct Wake {
  Duration after{};
  bool operator==(const Wake&) const = default;
};
/// To the directory: nobody is a member. `orders` counts the members it was told of.
struct ReportIdle {
  std::uint64_t orders = 0;
  bool operator==(const ReportIdle&) const = default;
};

using Effect = std::variant<AttachSession, SubscribeSession, SettleSession, DetachSession,
                            TellJoined, TellRefused, Deliver, Close, HandedOver, Wake, ReportIdle>;
using Effects = std::vector<Effect>;

}  // namespace ff::application_server::mqtt_group
