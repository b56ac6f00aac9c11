// What a webhook's delivery is told and what it asks of its actor: closed sets of values. Not how
// the effects are carried out (delivery.cpp).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "actors/application_server/integration/webhook/record.hpp"
#include "actors/application_server/outbox/feed.hpp"
#include "actors/application_server/outbox/message.hpp"

namespace ff::application_server::webhook {

// What a delivery is told.

/// The stored delivery as found.
struct Loaded {
  DeliveryRecord record;
  std::vector<storage::OutboxSequence> cursors;  // by shard number
  std::set<std::uint64_t> letters;               // numbers of the dead letters
};
/// What became of a request.
struct Outcome {
  bool delivered = false;
  /// Of a failure: `request`, with its cause.
  std::optional<Error> error;
  /// Repeating does not help unless the endpoint changes its mind: a status that says so, a URL
  /// that is none, a target that is not allowed.
  bool refused = false;
  /// The endpoint asks for patience, and says nothing of the message.
  bool busy = false;
  /// The endpoint was not asked at all: we were too busy, or are about to end.
  bool not_tried = false;
};
struct ReplayOrder {
  DeviceId device_id;  // empty: all
  UtcTime after;
  UtcTime before;  // zero: no end
  /// By shard: behind `first`, up to `last`.
  std::vector<Replay::Part> parts;
};

// Effects, carried out in order.

/// A request of an operator, to be answered.
using RequestId = std::uint64_t;

/// Answered with `committed`. `answers`: the request that is done when it is durable; 0: none.
struct Commit {
  storage::WriteBatch records;
  RequestId answers = 0;
  bool operator==(const Commit&) const = default;
};
/// Subscribe to the application's messages; answered with `joined`.
struct Join {
  std::uint64_t serial = 0;
  bool operator==(const Join&) const = default;
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
/// Dead letters from this number on; answered with `letters`.
struct ReadLetters {
  std::uint64_t serial = 0;
  std::uint64_t from = 0;
  bool operator==(const ReadLetters&) const = default;
};
/// Answered with `sent`.
struct Send {
  SendToken token;
  /// Names the message in each attempt, also after a crash.
  storage::Shard shard;
  storage::OutboxSequence sequence;
  std::shared_ptr<const OutboxMessage> message;
  bool operator==(const Send&) const = default;
};
/// An attempt did not succeed.
struct TellFailure {
  DeviceId device_id;
  Error error;
  bool operator==(const TellFailure&) const = default;
};
/// How the webhook fares has changed.
struct TellHealth {
  Health health;
  bool operator==(const TellHealth&) const = default;
};
/// A message was given up.
struct TellDead {
  DeviceId device_id;
  std::uint64_t dropped = 0;  // letters that had to go for it
  bool operator==(const TellDead&) const = default;
};
/// Messages that were gone from the outbox, or can not be read.
struct Lost {
  storage::Shard shard;
  std::uint64_t count = 0;
  bool operator==(const Lost&) const = default;
};
/// A request can not be done.
struct Refuse {
  RequestId request = 0;
  Error error;
  bool operator==(const Refuse&) const = default;
};
/// Call `timer` after so long.
struct Wake {
  Duration after{};
  bool operator==(const Wake&) const = default;
};

using Effect = std::variant<Commit, Join, AskNewest, Read, ReadLetters, Send, TellFailure,
                            TellHealth, TellDead, Lost, Refuse, Wake>;
using Effects = std::vector<Effect>;

}  // namespace ff::application_server::webhook
