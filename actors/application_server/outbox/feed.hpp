// Feed: one shard's outbox as one durable consumer goes through it: where it reads, what is under
// way, where its cursor is. Not which messages are wanted: the consumer knows (mqtt_session/,
// integration/webhook/).
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "protocol/base/strong.hpp"

namespace ff::application_server {

/// One sending of a message; only grows within a consumer's actor, from 1.
using SendToken = Strong<struct SendTokenTag, std::uint64_t>;

///     ─ acknowledged ─┤ cursor ─ under way ─┤ position ─ not looked at ─┤ newest ─ not known ─
class Feed {
 public:
  explicit Feed(std::uint64_t cursor = 0) : position_(cursor), newest_(cursor), stored_(cursor) {}

  /// Everything up to it is acknowledged, or needs no acknowledgement.
  std::uint64_t cursor() const noexcept {
    return under_way_.empty() ? position_ : under_way_.front().sequence - 1;
  }
  /// The last message looked at.
  std::uint64_t position() const noexcept { return position_; }
  /// The newest message that is known to exist.
  std::uint64_t newest() const noexcept { return newest_; }
  bool is_behind() const noexcept { return newest_ > position_; }
  /// The cursor differs from the one that was written.
  bool is_dirty() const noexcept { return cursor() != stored_; }
  void written() noexcept { stored_ = cursor(); }

  void note(std::uint64_t newest) noexcept { newest_ = std::max(newest_, newest); }
  /// There is nothing behind the position after all.
  void found_nothing() noexcept { newest_ = position_; }
  void pass(std::uint64_t sequence) noexcept {
    position_ = sequence;
    note(sequence);
  }
  void send(std::uint64_t sequence, SendToken token) {
    under_way_.push_back({sequence, token, false});
    pass(sequence);
  }
  void settle(SendToken token) {
    const auto found = std::ranges::find(under_way_, token, &UnderWay::token);
    if (found != under_way_.end()) found->settled = true;
    const auto first_open = std::ranges::find(under_way_, false, &UnderWay::settled);
    under_way_.erase(under_way_.begin(), first_open);
  }
  /// The receiver is gone: what was not acknowledged is looked at again.
  void rewind() noexcept {
    position_ = cursor();
    under_way_.clear();
  }
  /// Begins behind `sequence`, whatever was before.
  void begin_at(std::uint64_t sequence) noexcept {
    under_way_.clear();
    pass(sequence);
  }

 private:
  struct UnderWay {
    std::uint64_t sequence = 0;
    SendToken token;
    bool settled = false;
  };
  std::uint64_t position_;
  std::uint64_t newest_;
  std::uint64_t stored_;
  /// At most a window. A consumer has a feed per shard, most of them idle: no memory of its own
  /// then.
  std::vector<UnderWay> under_way_;
};

}  // namespace ff::application_server
