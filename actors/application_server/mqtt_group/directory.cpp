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

/// Unless somebody has joined meanwhile. No monitor: its end is expected.
void end(Pointer self, const GroupIdle& message) {
  auto& state = self->state;
  const auto found = state.groups.find(message.key);
  if (found == state.groups.end() || found->second.orders != message.orders) return;
  const auto handle = found->second.handle;
  self->demonitor(handle.address());
  state.addresses.erase(handle.address());
  state.groups.erase(found);
  state.probe->actors.running.Decrement();
  caf::anon_send(handle, EndGroup{});
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
      [self](const GroupIdle& message) { end(self, message); },
  };
}

}  // namespace

GroupsHandle spawn_mqtt_groups(caf::actor_system& system, GroupsContextPtr context) {
  return system.spawn(groups, std::move(context));
}

}  // namespace ff::application_server::mqtt_group
