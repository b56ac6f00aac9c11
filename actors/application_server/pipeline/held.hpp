// Messages on their way to the outbox that wait for a payload to be decoded, and those of the same
// device behind them.
//
// A script may take its time, a device's session may not: its answer has to leave within a second.
// So the commit of an uplink does not wait for its script. It writes the network server's records
// and a row of family `entity` with the message; when the script has answered, a second commit
// moves the message to the outbox, and then it leaves. After a crash what is held is decoded again,
// in its order. [app/docs/adr/0011-decoding-after-the-commit.md]
#pragma once

#include <optional>
#include <variant>

#include "actors/application_server/outbox/message.hpp"
#include "protocol/base/result.hpp"
#include "protocol/formatter/formatters.hpp"
#include "protocol/formatter/wire.hpp"
#include "storage/engine/engine.hpp"

namespace ff::application_server {

/// A message that only waits for its turn.
struct ReadyUp {
  ApplicationId application_id;
  OutboxMessage message;
  bool operator==(const ReadyUp&) const = default;
};

/// What is stored of a held message: an uplink that is still to be decoded, or a finished message.
using HeldRow = std::variant<ApplicationUp, ReadyUp>;

/// ON-DISK: a sealed record. Golden test: test/actors/application_server/pipeline/held_test.cpp.
/// Of an ApplicationUp an uplink, without what decoding adds and without keys; others are not for
/// this. Decoding is total on any bytes.
Bytes encode_held(const ApplicationUp& up);
Bytes encode_held(const ReadyUp& ready);
Result<HeldRow> decode_held(ByteView row);

/// `number` grows with every message that a shard holds.
Bytes held_key(storage::Shard shard, std::uint64_t number);
storage::KeyRange held_rows(storage::Shard shard);
Result<std::uint64_t> parse_held_key(ByteView key);

/// One held message in memory.
struct Held {
  std::uint64_t number = 0;
  HeldRow up;
  /// What the script is still to answer; nothing: it has, or there is nothing to decode.
  std::optional<formatter::Function> waits_for;
  std::optional<Result<formatter::Answer>> answer;
};

}  // namespace ff::application_server
