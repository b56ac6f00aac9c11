#include "actors/application_server/mqtt_group/group.hpp"

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <map>

#include "actors/application_server/mqtt_group/probe.hpp"
#include "actors/application_server/mqtt_group/state.hpp"
#include "actors/support/shell.hpp"
#include "net/mqtt/topic.hpp"

namespace ff::application_server::mqtt_group {
namespace {

using mqtt::ReasonCode;

struct Shell {
  static inline const char* name = "mqtt_group";
  GroupsContextPtr context;
  GroupsHandle directory;
  GroupKey key;
  std::unique_ptr<GroupState> logic;
  std::unique_ptr<GroupProbe> probe;
  std::map<MemberId, std::shared_ptr<GroupMember>> members;
  mqtt_session::SessionHandle session;

  ~Shell() {
    if (!context) return;
    probe->members.Decrement(static_cast<double>(members.size()));
    for (const auto& [id, member] : members) member->close(ReasonCode::server_unavailable);
    // Its members have not left: they come back.
    const auto expiry = std::max(logic->expiry(), context->config.expiry);
    const auto connection = logic->connection();
    if (connection && session)
      caf::anon_send(session, mqtt_session::Detach{*connection, expiry, {}});
  }
};
using Pointer = GroupActor::stateful_pointer<Shell>;

/// The group's stored session speaks to the group as to a client's connection.
class GroupPeer final : public mqtt_session::SessionPeer {
 public:
  GroupPeer(const GroupActor& group, std::uint64_t serial)
      : group_(group.address()), serial_(serial) {}

  void accepted(const mqtt_session::Accepted& accepted) noexcept override {
    if (const auto group = caf::actor_cast<GroupActor>(group_))
      return caf::anon_send(group, FromSession{serial_, SessionAccepted{accepted}});
    caf::anon_send(accepted.session, mqtt_session::Detach{accepted.connection, std::nullopt, {}});
  }
  void refused(ReasonCode reason) noexcept override { tell(SessionRefused{reason}); }
  void subscribed(std::uint16_t, const mqtt_session::Reasons& reasons) noexcept override {
    tell(SessionSubscribed{reasons.empty() ? ReasonCode::unspecified_error : reasons.front()});
  }
  void unsubscribed(std::uint16_t, const mqtt_session::Reasons&) noexcept override {}
  void deliver(const mqtt_session::Deliver& delivery) noexcept override {
    tell(SessionDelivers{delivery.token, delivery.message});
  }
  void close(ReasonCode reason) noexcept override { tell(SessionClosed{reason}); }

 private:
  template <class What>
  void tell(What what) {
    if (const auto group = caf::actor_cast<GroupActor>(group_))
      caf::anon_send(group, FromSession{serial_, std::move(what)});
  }

  caf::actor_addr group_;
  std::uint64_t serial_;
};

/// Carries out one effect.
struct Runner {
  Pointer self;

  Shell& state() const { return self->state; }
  template <class Call>
  void to_member(MemberId id, Call call) const {
    const auto found = state().members.find(id);
    if (found != state().members.end()) call(*found->second);
  }
  void forget(MemberId id) const {
    if (state().members.erase(id) > 0) state().probe->members.Decrement();
  }

  void operator()(const AttachSession& effect) const {
    const auto& context = *state().context;
    auto peer = std::make_shared<GroupPeer>(GroupActor(self), effect.serial);
    const auto sessions = context.sessions.get();
    if (!sessions) return peer->refused(ReasonCode::server_unavailable);
    caf::anon_send(sessions, mqtt_session::AttachSession{state().key,
                                                         {.expiry = context.config.expiry,
                                                          .window = context.config.window,
                                                          .may_read = true,
                                                          .is_group = true},
                                                         std::move(peer)});
  }
  void operator()(const SubscribeSession& effect) const {
    const auto shared = mqtt::split_shared_filter(state().key.client_id);
    mqtt_session::Subscribe message{effect.connection, 1, {}, 0};
    auto& wish = message.wishes.emplace_back();
    wish.qos = mqtt::QoS::at_least_once;
    if (shared) wish.filter = std::string(shared->filter);
    caf::anon_send(state().session, std::move(message));
  }
  void operator()(const SettleSession& effect) const {
    caf::anon_send(state().session, mqtt_session::Settled{effect.connection, effect.token});
  }
  void operator()(const DetachSession& effect) const {
    caf::anon_send(state().session, mqtt_session::Detach{effect.connection, effect.expiry, {}});
  }
  void operator()(const TellJoined& effect) const {
    to_member(effect.member, [&](GroupMember& member) {
      member.joined({GroupHandle(GroupActor(self)), effect.member});
    });
  }
  void operator()(const TellRefused& effect) const {
    to_member(effect.member, [&](GroupMember& member) { member.refused(effect.reason); });
    forget(effect.member);
  }
  void operator()(const Deliver& effect) const {
    to_member(effect.member,
              [&](GroupMember& member) { member.deliver(effect.token, effect.message); });
  }
  void operator()(const Close& effect) const {
    if (effect.reason == ReasonCode::server_busy) state().probe->cut_off.Increment();
    to_member(effect.member, [&](GroupMember& member) { member.close(effect.reason); });
    forget(effect.member);
  }
  void operator()(const HandedOver& effect) const {
    state().probe->handed_over.Increment(static_cast<double>(effect.count));
  }
  void operator()(const Wake& effect) const {
    self->delayed_send(self, std::chrono::duration_cast<caf::timespan>(effect.after), GroupTimer{});
  }
  void operator()(const ReportIdle& effect) const {
    caf::anon_send(state().directory, GroupIdle{state().key, effect.orders});
  }
};

void carry_out(Pointer self, const Effects& effects) {
  for (const auto& effect : effects) std::visit(Runner{self}, effect);
}

MonoTime now(Pointer self) {
  return self->state.context->deps.clock->now().mono;
}

/// Passes what the session says to the logic.
struct Listener {
  Pointer self;
  std::uint64_t serial;

  GroupState& logic() const { return *self->state.logic; }
  Effects operator()(const SessionAccepted& said) const {
    // Sessions answer in the order in which they were asked for: this is the newest.
    self->state.session = said.accepted.session;
    return logic().accepted(serial, said.accepted.connection);
  }
  Effects operator()(const SessionRefused& said) const {
    return logic().refused(serial, said.reason);
  }
  Effects operator()(const SessionSubscribed& said) const {
    return logic().subscribed(serial, said.reason, now(self));
  }
  Effects operator()(const SessionDelivers& said) const {
    return logic().deliver(serial, said.token, said.message, now(self));
  }
  Effects operator()(const SessionClosed& said) const {
    return logic().closed(serial, said.reason);
  }
};

void join(Pointer self, const JoinMember& message) {
  self->state.members.insert_or_assign(message.join.member, message.member);
  self->state.probe->members.Increment();
  carry_out(self, self->state.logic->join(message.join, now(self)));
}

void leave(Pointer self, const Leave& message) {
  Runner{self}.forget(message.member);
  carry_out(self, self->state.logic->leave(message, now(self)));
}

void start(Pointer self, GroupsContextPtr context, GroupsHandle directory, GroupKey key) {
  auto& state = self->state;
  state.probe = std::make_unique<GroupProbe>(*context->deps.metrics);
  state.logic = std::make_unique<GroupState>(context->config);
  state.directory = std::move(directory);
  state.key = std::move(key);
  state.context = std::move(context);
}

GroupActor::behavior_type group(Pointer self, GroupsContextPtr context, GroupsHandle directory,
                                GroupKey key) {
  actors::prepare(self, Shell::name);
  start(self, std::move(context), std::move(directory), std::move(key));
  return {
      [self](const Settled& message) {
        carry_out(self, self->state.logic->settled(message, now(self)));
      },
      [self](const GiveBack& message) {
        carry_out(self, self->state.logic->give_back(message, now(self)));
      },
      [self](const Room& message) { carry_out(self, self->state.logic->room(message, now(self))); },
      [self](const Leave& message) { leave(self, message); },
      [self](const JoinMember& message) { join(self, message); },
      [self](const EndGroup&) { self->quit(); },
      [self](const FromSession& message) {
        carry_out(self, std::visit(Listener{self, message.serial}, message.what));
      },
      [self](const GroupTimer&) { carry_out(self, self->state.logic->timer(now(self))); },
  };
}

}  // namespace

GroupActor spawn_mqtt_group(caf::actor_system& system, GroupsContextPtr context,
                            GroupsHandle directory, GroupKey key) {
  return system.spawn(group, std::move(context), std::move(directory), std::move(key));
}

}  // namespace ff::application_server::mqtt_group
