// Desk: the messages that an integration holds, in which order they may leave: of one device one
// after the other, failed ones after a while, not too many at once. Not whether the receiver is
// tried at all (webhook/breaker.hpp, pubsub/back_off.hpp) and not where messages come from
// (walk.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "actors/application_server/outbox/feed.hpp"
#include "actors/application_server/outbox/message.hpp"

namespace ff::application_server::integration {

/// Why a message is delivered.
enum class Origin : std::uint8_t { live, replay, dead_letter };

struct Item {
  Origin origin = Origin::live;
  storage::Shard shard;
  storage::OutboxSequence sequence;
  std::shared_ptr<const OutboxMessage> message;
  std::uint64_t letter = 0;  // of a dead letter

  std::uint32_t attempts = 0;
  std::uint32_t refusals = 0;  // of those, the ones that count against the message
  std::optional<MonoTime> first_failure;
};

/// Total but for unknown tokens, which are ignored.
class Desk {
 public:
  void add(SendToken token, Item item);
  /// The next message that may leave, and is from now on under way. `any`: also one whose time has
  /// not come, if there is no other.
  std::optional<SendToken> take(MonoTime now, bool any);
  const Item* find(SendToken token) const;
  Item* find(SendToken token);
  /// It is not under way any more and tried again at `due`; those behind it wait.
  void postpone(SendToken token, MonoTime due);
  /// It is done with; the next one of its device may leave.
  void remove(SendToken token);
  /// All of an origin that are not under way.
  void remove_waiting(Origin origin);

  std::size_t held(Origin origin) const noexcept { return held_[static_cast<std::size_t>(origin)]; }
  std::size_t size() const noexcept { return items_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }
  std::size_t under_way() const noexcept { return under_way_.size(); }
  bool is_under_way(SendToken token) const { return under_way_.contains(token); }
  /// The oldest first.
  std::vector<SendToken> tokens_under_way() const { return {under_way_.begin(), under_way_.end()}; }
  bool has_ready() const noexcept { return !ready_.empty(); }
  /// When the first postponed message is due.
  std::optional<MonoTime> next_due() const;

 private:
  /// A replay does not wait for live messages of the same device, nor they for it.
  using ChainKey = std::pair<Origin, DeviceId>;
  static ChainKey chain_of(const Item& item) { return {item.origin, item.message->device_id}; }
  void promote_next(const ChainKey& key);

  std::map<SendToken, Item> items_;
  /// The first of a chain is ready, postponed or under way.
  std::map<ChainKey, std::deque<SendToken>> chains_;
  std::deque<SendToken> ready_;
  std::set<std::pair<MonoTime, SendToken>> postponed_;
  std::set<SendToken> under_way_;
  std::array<std::size_t, 3> held_{};  // by origin
  std::size_t bytes_ = 0;
};

}  // namespace ff::application_server::integration
