// What an integration is told and what it asks of its actor: closed sets of values. Not how the
// effects are carried out (integration.cpp).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "actors/application_server/outbox/feed.hpp"
#include "actors/application_server/outbox/message.hpp"
#include "protocol/base/error.hpp"
#include "storage/engine/write_batch.hpp"

namespace ff::application_server::pubsub {

// Effects, carried out in order. Serials name what is asked in its answer; older answers count for
// nothing.

/// Answered with `committed`.
struct Commit {
  storage::WriteBatch records;
  bool operator==(const Commit&) const = default;
};
/// Subscribe to the application's messages; answered with `joined`.
struct Join {
  std::uint64_t serial = 0;
  bool operator==(const Join&) const = default;
};
/// Answered with `newest`.
struct AskNewest {
  bool operator==(const AskNewest&) const = default;
};
/// Answered with `read`.
struct Read {
  std::uint64_t serial = 0;
  storage::Shard shard;
  storage::OutboxSequence after;
  bool operator==(const Read&) const = default;
};
/// Answered with `connected` or `failed`. The connection before it is closed.
struct Connect {
  std::uint64_t serial = 0;
  bool operator==(const Connect&) const = default;
};
struct Disconnect {
  bool operator==(const Disconnect&) const = default;
};
/// Answered with `acknowledged`, or with `failed` for all that are under way.
struct Send {
  SendToken token;
  /// Names the message in each attempt, also after a crash.
  storage::Shard shard;
  storage::OutboxSequence sequence;
  std::shared_ptr<const OutboxMessage> message;
  bool operator==(const Send&) const = default;
};
struct TellStarted {
  bool operator==(const TellStarted&) const = default;
};
/// There is no connection, or the broker has refused a message.
struct TellFailed {
  Error error;
  bool operator==(const TellFailed&) const = default;
};
/// A message was given up.
struct GiveUp {
  DeviceId device_id;
  Error error;
  bool operator==(const GiveUp&) const = default;
};
/// Messages that were gone from the outbox, or can not be read.
struct Lost {
  storage::Shard shard;
  std::uint64_t count = 0;
  bool operator==(const Lost&) const = default;
};
/// Call `timer` after so long.
struct Wake {
  Duration after{};
  bool operator==(const Wake&) const = default;
};

using Effect = std::variant<Commit, Join, AskNewest, Read, Connect, Disconnect, Send, TellStarted,
                            TellFailed, GiveUp, Lost, Wake>;
using Effects = std::vector<Effect>;

}  // namespace ff::application_server::pubsub
