// Run: one message on its way through one package: what is done next, what answers mean. Pure; not
// when it is tried again (state.hpp) and not how steps are carried out (consumer.cpp).
#pragma once

#include <deque>
#include <optional>
#include <string_view>

#include "actors/application_server/integration/packages/geolocation.hpp"
#include "actors/application_server/integration/packages/reaction.hpp"
#include "net/http_client/client.hpp"

namespace ff::application_server::packages {

/// What became of a message.
struct Outcome {
  std::optional<Error> error = {};  // nothing: all is done
  /// Later it may succeed.
  bool temporary = false;
  /// It was not even tried: counts against nobody.
  bool not_tried = false;
  bool operator==(const Outcome&) const = default;
};

/// The message's number, in each attempt the same. [spec api-conventions §3, correlation ids]
struct MessageNumber {
  storage::Shard shard;
  storage::OutboxSequence sequence;
};
/// `as:packages:<package>:<ULID>`; the ULID is of the message's time and number, so that
/// repetitions can be told.
std::string correlation_id(Package package, UtcTime received_at, const MessageNumber& number);

/// Asks of one message at most; streams of a modem may have many scans.
inline constexpr std::size_t asks_max = 16;

/// Call begin(), then next() until it has nothing; after a step that is answered, its answer first.
class Run {
 public:
  /// `servers` outlives the run.
  Run(Package package, Pair pair, Incoming incoming, const Servers& servers);

  void begin(FrameHistory& history);
  /// The next step; Push, Publish and Ask are answered. Nothing: outcome() is final.
  std::optional<Step> next();
  /// Of a Push or a Publish.
  void answered(const Status& status);
  /// Of an Ask.
  void answered(const Ask& ask, const Result<net::http_client::ClientAnswer>& answer);
  const Outcome& outcome() const noexcept { return outcome_; }
  const Incoming& incoming() const noexcept { return incoming_; }

 private:
  void take(Reaction&& reaction);
  void fail_with(Error error, bool temporary);

  Package package_;
  Pair pair_;
  Incoming incoming_;
  const Servers* servers_;
  std::deque<Step> steps_;
  std::size_t asks_ = 0;
  Outcome outcome_;
};

}  // namespace ff::application_server::packages
