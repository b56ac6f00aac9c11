#include "actors/network_server/session/actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/session/state.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"
#include "protocol/phy/frame_view.hpp"

namespace ff::network_server {
namespace {

/// Runs a session's effects. Called on the committer's thread: sends messages and nothing else.
struct EffectRunner {
  const Context& context;
  const ShardActor& home;
  const DeviceUid& device;

  template <class Event>
  static std::function<void()> tell(ShardHandle shard, DeviceUid uid, Event event) {
    return [shard = std::move(shard), uid = std::move(uid), event = std::move(event)] {
      caf::anon_send(shard, to_session(uid, event));
    };
  }

  void operator()(const SendTransmission& effect) const {
    context.transmit(effect.frame, [shard = home, uid = device,
                                    attempt = effect.attempt](Result<ScheduledDownlink> outcome) {
      caf::anon_send(shard, to_session(uid, DownlinkScheduled{attempt, std::move(outcome)}));
    });
  }
  void operator()(const AskJoinServer& effect) const {
    join_server::HandleJoin question{.join_request = effect.join_request,
                                     .join_eui = effect.join_eui,
                                     .dev_eui = effect.dev_eui,
                                     .dev_addr = effect.dev_addr,
                                     .mac_version = effect.mac_version,
                                     .net_id = effect.net_id,
                                     .dl_settings = effect.dl_settings,
                                     .rx_delay = effect.rx_delay,
                                     .cf_list = effect.cf_list,
                                     .device = device,
                                     .external = {},
                                     .correlation_ids = effect.correlation_ids,
                                     .reply = {}};
    question.reply = [shard = home, uid = device,
                      attempt = effect.attempt](Result<JoinAnswer> answer) {
      caf::anon_send(shard, to_session(uid, JoinAnswered{attempt, std::move(answer)}));
    };
    if (effect.interop) {
      const auto client = context.interop.get();
      if (!client) return question.reply(fail(join_server_not_found));
      return caf::anon_send(client, std::move(question));
    }
    const storage::JoinKey key{effect.join_eui, effect.dev_eui};
    caf::anon_send(context.join_servers.of(key), std::move(question));
  }
  void operator()(const UpdateIndex& effect) const {
    auto entry = effect.entry;
    if (effect.then_wake) entry.indexed = tell(home, device, Wake{});
    caf::anon_send(context.shards.of(entry.dev_addr), std::move(entry));
  }
  void operator()(const UpdateJoinIndex& effect) const {
    caf::anon_send(context.shards.of(effect.entry.dev_eui), effect.entry);
  }
  void operator()(const TellSession& effect) const {
    caf::anon_send(context.shards.of(effect.message.device), effect.message);
  }
  void operator()(const TakeIn& effect) const {
    const auto decoded = phy::decode_frame(effect.frame->phy_payload);
    if (!decoded) return;
    const auto sender = phy::uplink_identifiers(*decoded);
    if (sender.dev_addr) {
      caf::anon_send(context.shards.of(*sender.dev_addr), UplinkReceived{effect.frame});
    } else if (sender.dev_eui) {
      caf::anon_send(context.shards.of(*sender.dev_eui), UplinkReceived{effect.frame});
    }
  }
  void operator()(const RefuseForwarded& effect) const {
    if (context.forwarded_refused) context.forwarded_refused(effect.uplink_token, effect.error);
  }
  void operator()(const WakeAt& effect) const {
    caf::anon_send(home, WakeSessionAt{device, effect.at});
  }
  void operator()(const CountFrame& effect) const {
    if (!context.frames) return;
    if (effect.step) return context.frames->count(*effect.step, effect.m_type);
    context.frames->dropped(effect.m_type, effect.error);
  }
  void operator()(PublishEvent& effect) const { context.publish(std::move(effect.event)); }
  void operator()(const Answer& effect) const { effect.run(); }
};

/// What waits for one outcome's commit. Dropped uncalled, it counts as failed. Holds the event, so
/// that an uplink counts as under way until it is durable.
/// [gateway_server/connection/uplink_budget]
class OutcomeRelease final : public actors::Release {
 public:
  OutcomeRelease(ContextPtr context, SessionLifePtr life, SessionHandle session, ToSession message,
                 std::vector<Effect> effects)
      : context_(std::move(context)),
        life_(std::move(life)),
        session_(std::move(session)),
        message_(std::move(message)),
        effects_(std::move(effects)) {}
  ~OutcomeRelease() override {
    if (!called_)
      failed(Error(actors::receiver_down, {{"reason", "a component on the way ended"}}));
  }

  void committed() noexcept override {
    called_ = true;
    const EffectRunner run{*context_, life_->home(), life_->device()};
    for (auto& effect : effects_) std::visit(run, effect);
  }
  void failed(const Error& error) noexcept override {
    called_ = true;
    caf::anon_send(session_, OutcomeFailed{error});
  }

 private:
  ContextPtr context_;
  SessionLifePtr life_;
  SessionHandle session_;
  ToSession message_;
  std::vector<Effect> effects_;
  bool called_ = false;
};

struct Shell {
  static inline const char* name = "device_session";
  ContextPtr context;
  SessionLifePtr life;
  std::unique_ptr<Random> random;
  std::unique_ptr<SessionState> logic;
};
using Pointer = SessionHandle::stateful_pointer<Shell>;

void handle(Pointer self, ToSession& message) {
  auto& state = self->state;
  const Turn turn{state.context->deps.clock->now(), *state.random};
  auto outcome = state.logic->handle(*message.event, turn);
  if (outcome.records.empty() && outcome.ups.empty() && outcome.effects.empty()) return;
  auto release = std::make_shared<OutcomeRelease>(state.context, state.life, SessionHandle(self),
                                                  std::move(message), std::move(outcome.effects));
  const auto& device = state.life->device();
  caf::anon_send(state.context->pipelines.of(device),
                 application_server::SessionAccepted{.ups = std::move(outcome.ups),
                                                     .records = std::move(outcome.records),
                                                     .release = std::move(release),
                                                     .device = device,
                                                     .must_sync = outcome.must_sync});
}

void end(Pointer self) {
  const auto& state = self->state;
  caf::anon_send(state.life->home(), SessionRested{state.life->device(), state.logic->decisions()});
  self->quit();
}

SessionHandle::behavior_type session(Pointer self, ContextPtr context, SessionLifePtr life,
                                     SessionStart start) {
  actors::prepare(self, Shell::name);
  auto& state = self->state;
  state.context = std::move(context);
  state.life = std::move(life);
  state.random = state.context->deps.make_random();
  const Surroundings surroundings{state.context->config, *state.context->plans,
                                  state.context->shards.count()};
  state.logic =
      std::make_unique<SessionState>(surroundings, state.life->device(), std::move(start.record),
                                     std::move(start.decisions), start.queue_in_rows);
  return {
      [self](ToSession& message) { handle(self, message); },
      [self](const Passivate&) { end(self); },
      [self](const InspectSession& message) { message.reply(self->state.logic->snapshot()); },
      [self](const OutcomeFailed& failure) { self->quit(actors::to_caf(failure.error)); },
  };
}

}  // namespace

SessionHandle spawn_session(caf::actor_system& system, ContextPtr context, SessionLifePtr life,
                            SessionStart start) {
  return system.spawn(session, std::move(context), std::move(life), std::move(start));
}

}  // namespace ff::network_server
