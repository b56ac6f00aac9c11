// Sharing: which member of a group gets which message. Pure; not how a group comes by its messages
// (state.hpp). [MQTT-5 §4.8.2]
//
// A message goes to the member with the fewest under way that has room. Messages of one device stay
// with one member as long as one of them is under way, so that they are handled in order; a member
// that leaves gives back what it has not settled, and others get it, in its old place.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "actors/application_server/outbox/feed.hpp"
#include "actors/application_server/outbox/message.hpp"
#include "protocol/base/strong.hpp"
#include "protocol/base/time.hpp"

namespace ff::application_server::mqtt_group {

/// One client's part in a group, unique among all that the directory has seen.
using MemberId = Strong<struct MemberIdTag, std::uint64_t>;
using MessagePtr = std::shared_ptr<const OutboxMessage>;

/// Total: every call is legal at any time, and one that makes no sense changes nothing. The number
/// of messages is bounded by who delivers them.
class Sharing {
 public:
  struct Send {
    MemberId member;
    SendToken token;
    MessagePtr message;
    bool operator==(const Send&) const = default;
  };

  /// `window`: messages that the member takes without settling, at least 1.
  void join(MemberId member, std::uint16_t window);
  /// How many messages others are to get instead.
  std::size_t leave(MemberId member);
  /// Tokens grow in the order of messages.
  void add(SendToken token, MessagePtr message);
  /// False: it is not, or not any more, the member's.
  bool settle(MemberId member, SendToken token, MonoTime now);
  /// The member has no room now; others may have. It is asked again after room() or settle().
  void give_back(MemberId member, SendToken token);
  void room(MemberId member);
  /// Everything that can be sent now.
  [[nodiscard]] std::vector<Send> dispatch(MonoTime now);
  /// Members that others wait for: for so long they have settled nothing of what they have.
  [[nodiscard]] std::vector<MemberId> stalled(MonoTime now, Duration patience) const;

  bool has(MemberId member) const { return members_.contains(member); }
  std::vector<MemberId> members() const;
  bool is_empty() const noexcept { return members_.empty(); }
  void clear();

 private:
  struct Item {
    MessagePtr message;
    std::optional<MemberId> at;  // nothing: it waits
  };
  struct Member {
    std::size_t window = 1;
    std::size_t under_way = 0;
    std::uint64_t used = 0;  // when it got one last
    bool is_full = false;    // it said so
    MonoTime since;          // it had nothing, or settled one

    bool has_room() const noexcept { return !is_full && under_way < window; }
  };
  struct Held {
    MemberId member;
    std::size_t count = 0;
  };

  /// Nothing: nobody has room.
  std::optional<MemberId> choose() const;
  void take_back(Item& item, SendToken token);
  void let_go(const Item& item);
  void hand(Item& item, MemberId to, MonoTime now);

  std::map<MemberId, Member> members_;
  std::map<SendToken, Item> items_;
  std::set<SendToken> waiting_;
  /// Devices with messages under way.
  std::map<DeviceId, Held> held_;
  std::uint64_t sends_ = 0;
};

}  // namespace ff::application_server::mqtt_group
