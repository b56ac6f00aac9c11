// What a consumer is told and what it asks of its actor: closed sets of values. Not how the effects
// are carried out (consumer.cpp).
#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "actors/application_server/integration/packages/run.hpp"
#include "actors/application_server/outbox/feed.hpp"
#include "actors/application_server/outbox/message.hpp"
#include "protocol/base/error.hpp"
#include "storage/engine/write_batch.hpp"

namespace ff::application_server::packages {

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
/// Have the package handle the message; answered with `handled`.
struct Handle {
  SendToken token;
  storage::Shard shard;
  storage::OutboxSequence sequence;
  std::shared_ptr<const OutboxMessage> message;
  Pair pair;
  bool operator==(const Handle&) const = default;
};
/// A message was never answered: what still comes for it counts for nothing.
struct Abandon {
  SendToken token;
  bool operator==(const Abandon&) const = default;
};
struct TellDone {
  bool operator==(const TellDone&) const = default;
};
/// An attempt failed. `is_last`: the message is given up.
struct TellFailed {
  DeviceId device_id;
  Error error;
  bool is_last = false;
  bool operator==(const TellFailed&) const = default;
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

using Effect =
    std::variant<Commit, Join, AskNewest, Read, Handle, Abandon, TellDone, TellFailed, Lost, Wake>;
using Effects = std::vector<Effect>;

}  // namespace ff::application_server::packages
