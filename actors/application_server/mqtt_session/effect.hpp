// What a stored session is told and what it asks of its actor: closed sets of values. Not how the
// effects are carried out (session.cpp).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/application_server/mqtt_session/record.hpp"
#include "actors/application_server/outbox/feed.hpp"
#include "actors/application_server/outbox/message.hpp"
#include "net/mqtt/codec/reason.hpp"
#include "protocol/base/strong.hpp"

namespace ff::application_server::mqtt_session {

/// One connection of a client, unique among all that the directory has seen.
using ConnectionId = Strong<struct ConnectionIdTag, std::uint64_t>;
using Reasons = std::vector<mqtt::ReasonCode>;

// What a session is told.

/// A client connects.
struct Attach {
  ConnectionId connection;
  bool clean_start = false;
  std::uint32_t expiry = 0;  // seconds
  /// Messages the client takes without acknowledging.
  std::uint16_t window = 64;
  /// False: nothing is delivered, whatever is subscribed to.
  bool may_read = false;
  /// It is a group's: its members share a wider window, and it is kept as long as it was promised
  /// to any of them.
  bool is_group = false;
};
/// The connection ended.
struct Detach {
  ConnectionId connection;
  /// As the client said last; nothing: as it said when it connected.
  std::optional<std::uint32_t> expiry;
  std::vector<std::uint16_t> unreleased;
};
struct Wish {
  /// Nothing: refused. Shared ones are remembered for the client; its groups have accepted them.
  std::optional<std::string> filter;
  mqtt::QoS qos = mqtt::QoS::at_most_once;
  mqtt::ReasonCode refusal = mqtt::ReasonCode::not_authorized;
};
struct Subscribe {
  ConnectionId connection;
  std::uint16_t packet_id = 0;
  std::vector<Wish> wishes;
  std::uint32_t subscription_id = 0;
};
struct Unsubscribe {
  ConnectionId connection;
  std::uint16_t packet_id = 0;
  std::vector<std::optional<std::string>> filters;  // nothing: not one of ours
};
/// A message needs no further care: acknowledged, sent at QoS 0, or such that the client can never
/// have it.
struct Settled {
  ConnectionId connection;
  SendToken token;
};
/// The stored session as found; without record there is none.
struct Loaded {
  std::optional<SessionRecord> record;
  std::vector<storage::OutboxSequence> cursors;  // by shard number; empty without subscriptions
};

// Effects, carried out in order.

/// Answered with `committed`, in the order of the commits.
struct Commit {
  storage::WriteBatch records;
  bool operator==(const Commit&) const = default;
};
/// Subscribe to the application's messages; answered with `joined`.
struct Join {
  std::uint64_t serial = 0;
  bool operator==(const Join&) const = default;
};
struct Leave {
  bool operator==(const Leave&) const = default;
};
/// Answered with `newest`.
struct AskNewest {
  std::uint64_t serial = 0;
  bool operator==(const AskNewest&) const = default;
};
/// Answered with `read`.
struct Read {
  std::uint64_t serial = 0;
  storage::Shard shard;
  storage::OutboxSequence after;
  bool operator==(const Read&) const = default;
};
struct Accept {
  ConnectionId connection;
  bool session_present = false;
  std::vector<std::uint16_t> unreleased;
  std::vector<Subscription> shared;
  bool operator==(const Accept&) const = default;
};
struct AnswerSubscribe {
  ConnectionId connection;
  std::uint16_t packet_id = 0;
  Reasons reasons;
  bool operator==(const AnswerSubscribe&) const = default;
};
struct AnswerUnsubscribe {
  ConnectionId connection;
  std::uint16_t packet_id = 0;
  Reasons reasons;
  bool operator==(const AnswerUnsubscribe&) const = default;
};
/// Answered with Settled, unless the connection ends first.
struct Deliver {
  ConnectionId connection;
  SendToken token;
  storage::Shard shard;
  storage::OutboxSequence sequence;
  std::shared_ptr<const OutboxMessage> message;
  mqtt::QoS qos = mqtt::QoS::at_most_once;
  std::vector<std::uint32_t> subscription_ids;
  bool operator==(const Deliver&) const = default;
};
/// End the connection; a Detach of it may follow and changes nothing.
struct Close {
  ConnectionId connection;
  mqtt::ReasonCode reason = mqtt::ReasonCode::session_taken_over;
  bool operator==(const Close&) const = default;
};
/// Messages that were gone from the outbox, or can not be read. `first`: since the client
/// connected.
struct Lost {
  storage::Shard shard;
  std::uint64_t count = 0;
  bool first = false;
  bool operator==(const Lost&) const = default;
};
/// Call `timer` after so long.
struct Wake {
  Duration after{};
  bool operator==(const Wake&) const = default;
};
/// To the directory: disconnected and durable. `orders` counts attaches and removals seen.
struct ReportIdle {
  std::uint64_t orders = 0;
  UtcTime expires_at;
  bool operator==(const ReportIdle&) const = default;
};
/// To the directory, and to those who asked for the removal: nothing is stored any more.
struct ReportGone {
  std::uint64_t orders = 0;
  bool operator==(const ReportGone&) const = default;
};

using Effect = std::variant<Commit, Join, Leave, AskNewest, Read, Accept, AnswerSubscribe,
                            AnswerUnsubscribe, Deliver, Close, Lost, Wake, ReportIdle, ReportGone>;
using Effects = std::vector<Effect>;

}  // namespace ff::application_server::mqtt_session
