// GroupMember: a client as its group sees it. The front end implements it on net/mqtt, tests in
// memory.
#pragma once

#include "actors/application_server/mqtt_group/interface.hpp"

namespace ff::application_server::mqtt_group {

/// What a member is told when it is in: whom to tell of what the client does.
struct Joined {
  GroupHandle group;
  MemberId member;
};

/// Port. Any thread, one call at a time, in order; must not block.
class GroupMember {
 public:
  virtual ~GroupMember() = default;
  /// First, unless `refused` or `close` comes instead. A Leave must follow when the subscription
  /// or its connection ends, also if it has ended already.
  virtual void joined(const Joined& joined) noexcept = 0;
  virtual void refused(mqtt::ReasonCode reason) noexcept = 0;
  /// Settled or GiveBack must follow, unless the member leaves.
  virtual void deliver(SendToken token, const MessagePtr& message) noexcept = 0;
  /// The connection is to end: the client takes too long, or the group's session has ended.
  virtual void close(mqtt::ReasonCode reason) noexcept = 0;
};

}  // namespace ff::application_server::mqtt_group
