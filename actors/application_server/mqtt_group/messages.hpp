// What groups of shared subscriptions and their directory are asked and told.
#pragma once

#include <memory>
#include <variant>

#include "actors/application_server/mqtt_group/effect.hpp"
#include "actors/application_server/mqtt_session/peer.hpp"
#include "actors/support/local_message.hpp"

namespace ff::application_server::mqtt_group {

class GroupMember;

/// The application, and `$share/{group}/{filter}` with the filter below the application's own
/// topics: the name of the group's stored session.
using GroupKey = mqtt_session::SessionKey;

/// A client subscribes. `join.member` is the directory's to set.
struct JoinGroup {
  GroupKey key;
  Join join;
  std::shared_ptr<GroupMember> member;
};

/// INTERNAL, from the directory.
struct JoinMember {
  Join join;
  std::shared_ptr<GroupMember> member;
};
/// INTERNAL, from the directory: nobody will send to it any more.
struct EndGroup {};
/// INTERNAL
struct GroupTimer {};

/// INTERNAL: what the group's stored session says.
struct SessionAccepted {
  mqtt_session::Accepted accepted;
};
struct SessionRefused {
  mqtt::ReasonCode reason;
};
struct SessionSubscribed {
  mqtt::ReasonCode reason;
};
struct SessionDelivers {
  SendToken token;
  MessagePtr message;
};
struct SessionClosed {
  mqtt::ReasonCode reason;
};
struct FromSession {
  std::uint64_t serial = 0;
  std::variant<SessionAccepted, SessionRefused, SessionSubscribed, SessionDelivers, SessionClosed>
      what;
};

/// INTERNAL, from a group: nobody is a member. `orders` counts those it was told of.
struct GroupIdle {
  GroupKey key;
  std::uint64_t orders = 0;
};

}  // namespace ff::application_server::mqtt_group
FF_LOCAL_MESSAGE(ff::application_server::mqtt_group::JoinGroup)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_group::JoinMember)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_group::EndGroup)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_group::GroupTimer)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_group::FromSession)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_group::GroupIdle)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_group::Leave)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_group::Settled)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_group::GiveBack)
FF_LOCAL_MESSAGE(ff::application_server::mqtt_group::Room)
