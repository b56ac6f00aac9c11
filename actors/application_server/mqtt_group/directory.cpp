#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <map>
#include <unordered_map>

#include "actors/application_server/mqtt_group/group.hpp"
#include "actors/application_server/mqtt_group/probe.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"

namespace ff::application_server::mqtt_group {
namespace {

struct Group {
  GroupActor handle;
  std::uint64_t orders = 0;
};

struct Shell {
  static inline const char* name = "mqtt_groups";
  GroupsContextPtr context;
  std::unique_ptr<GroupsProbe> probe;
  std::map<GroupKey, Group> groups;
  std::unordered_map<caf::actor_addr, GroupKey> addresses;
  std::uint64_t members = 0;

  ~Shell() {
    for (const auto& [key, group] : groups) caf::anon_send(group.handle, EndGroup{});
  }
};
using Pointer = GroupsHandle::stateful_pointer<Shell>;

void join(Pointer self, const JoinGroup& message) {
  auto& state = self->state;
  auto& group = state.groups[message.key];
  if (!group.handle) {
    group.handle = spawn_mqtt_group(self->system(), state.context, GroupsHandle(self), message.key);
    self->monitor(group.handle);
    state.addresses.insert_or_assign(group.handle.address(), message.key);
    state.probe->actors.spawned.Increment();
    state.probe->actors.running.Increment();
  }
  ++group.orders;
  JoinMember member{message.join, message.member};
  member.join.member = MemberId{++state.members};
  caf::anon_send(group.handle, std::move(member));
}

using Groups = std::map<GroupKey, Group>;

/// No monitor: its end is expected.
Groups::iterator end(Pointer self, Groups::iterator group) {
  auto& state = self->state;
  const auto handle = group->second.handle;
  self->demonitor(handle.address());
  state.addresses.erase(handle.address());
  state.probe->actors.running.Decrement();
  caf::anon_send(handle, EndGroup{});
  return state.groups.erase(group);
}

/// Unless somebody has joined meanwhile.
void idle(Pointer self, const GroupIdle& message) {
  auto& groups = self->state.groups;
  const auto found = groups.find(message.key);
  if (found != groups.end() && found->second.orders == message.orders) end(self, found);
}

/// Members are disconnected; the groups' stored sessions are the directory of sessions' to remove.
void forget(Pointer self, const ForgetApplication& message) {
  auto& groups = self->state.groups;
  auto group = groups.lower_bound({message.application_id, {}});
  while (group != groups.end() && group->first.application_id == message.application_id)
    group = end(self, group);
}

/// Its members' connections are closed by its end; they come back and make it anew.
void on_down(Pointer self, const caf::down_msg& down) {
  auto& state = self->state;
  const auto address = state.addresses.find(down.source);
  if (address == state.addresses.end()) return;
  const auto key = std::move(address->second);
  state.addresses.erase(address);
  state.groups.erase(key);
  state.probe->actors.running.Decrement();
  state.probe->actors.failed.Increment();
  spdlog::error("msg=\"group of a shared subscription ended\" application={} reason=\"{}\"",
                key.application_id.text(), actors::from_caf(down.reason).message());
}

GroupsHandle::behavior_type groups(Pointer self, GroupsContextPtr context) {
  actors::prepare(self, Shell::name);
  self->state.probe = std::make_unique<GroupsProbe>(*context->deps.metrics);
  self->state.context = std::move(context);
  self->set_down_handler([self](caf::down_msg& down) { on_down(self, down); });
  return {
      [self](const JoinGroup& message) { join(self, message); },
      [self](const ForgetApplication& message) { forget(self, message); },
      [self](const GroupIdle& message) { idle(self, message); },
  };
}

}  // namespace

GroupsHandle spawn_mqtt_groups(caf::actor_system& system, GroupsContextPtr context) {
  return system.spawn(groups, std::move(context));
}

}  // namespace ff::application_server::mqtt_group
