#include "actors/network_server/shard/actor.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <unordered_map>

#include "actors/network_server/session/actor.hpp"
#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/shard/device_loading.hpp"
#include "actors/network_server/shard/life.hpp"
#include "actors/network_server/shard/probe.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/euis_taken.hpp"
#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"
#include "storage/keys/keys.hpp"

namespace ff::network_server {
namespace {

/// Gateways need some time to come back after a start; and devices that wait are not woken all at
/// once.
constexpr Duration wake_after_start = std::chrono::seconds{5};
constexpr Duration wake_distance = std::chrono::milliseconds{5};
/// Frames and events that wait for a shard that is not open; changes of its index, which no later
/// reading would find, have as much room again.
constexpr std::size_t early_max = 16'384;

/// What a shard in the place of another needs before it serves.
struct Opening {
  ReadShard read;
  caf::actor_addr reader = {};
  std::optional<caf::error> end = {};  // asked for; not while the store is being read for us
  std::deque<std::function<void()>> early = {};
};

struct Shell {
  static inline const char* name = "network_server_shard";
  ContextPtr context;
  storage::Shard shard;
  std::unique_ptr<ShardState> logic;
  std::unique_ptr<ShardProbe> probe;
  std::unique_ptr<actors::MailboxProbe> mailbox;
  std::unordered_map<DeviceUid, SessionHandle> handles;
  std::unordered_map<caf::actor_addr, DeviceUid> devices;
  std::shared_ptr<const ShardLife> life;  // null: not open
  std::optional<Opening> opening;
  std::shared_ptr<actors::TickWish> wish = std::make_shared<actors::TickWish>();
  bool ticking = false;

  /// However it ends, its sessions end behind what it has told them: the next one has its own.
  ~Shell() {
    for (const auto& [device, session] : handles) caf::anon_send(session, Passivate{});
    if (probe) probe->sessions.running.Decrement(static_cast<double>(devices.size()));
  }
};
using Pointer = ShardActor::stateful_pointer<Shell>;

MonoTime now(Pointer self) {
  return self->state.context->deps.clock->now().mono;
}

/// Ticks come while there is something to wait for.
void keep_ticking(Pointer self) {
  auto& state = self->state;
  const auto due = state.logic->next_due();
  const bool wanted = due.has_value();
  state.wish->set(due);
  if (wanted == state.ticking) return;
  state.ticking = wanted;
  const auto ticker = state.context->deps.ticker.get();
  if (wanted) {
    caf::anon_send(ticker, actors::SubscribeTicks{actors::Ticked(ShardHandle(self)), state.wish});
  } else {
    caf::anon_send(ticker, actors::UnsubscribeTicks{actors::Ticked(ShardHandle(self))});
  }
}

void load(Pointer self, const DeviceUid& device) {
  const auto& state = self->state;
  load_device(state.context, {state.shard, device},
              [device, shard = ShardHandle(self)](Result<LoadedDevice> record) {
                caf::anon_send(shard, SessionLoaded{device, std::move(record)});
              });
}

/// Whoever waits for an answer to an event that no session gets hears why.
void refuse(const SessionEvent& event, const Error& error) {
  std::visit(
      [&](const auto& one) {
        if constexpr (requires { one.reply(fail(error)); }) {
          if (one.reply) one.reply(fail(error));
        }
      },
      event);
}

void deliver(Pointer self, const ToSession& message) {
  auto& state = self->state;
  switch (state.logic->sessions().accept(message, now(self))) {
    case Delivery::deliver:
      caf::anon_send(state.handles.at(message.device), message);
      break;
    case Delivery::load:
      load(self, message.device);
      break;
    case Delivery::stashed:
      break;
    case Delivery::refused:
      state.probe->stash.dropped.Increment();
      refuse(*message.event, Error(shard_overloaded));
      break;
  }
  keep_ticking(self);
}

/// To the device's home shard: here, or over there.
void send_home(Pointer self, ToSession message) {
  const auto& shards = self->state.context->shards;
  const auto home = storage::shard_of(message.device, shards.count());
  if (home == self->state.shard) return deliver(self, message);
  caf::anon_send(shards.at(home), std::move(message));
}

/// Of a copy that no session gets.
std::optional<Error> drop_reason(UplinkOutcome outcome) {
  if (outcome == UplinkOutcome::unknown_device) return Error(device_not_found);
  if (outcome == UplinkOutcome::malformed) return Error(decode_payload);
  return std::nullopt;
}

void count(const FrameProbe& probe, const UplinkFrame& frame, UplinkOutcome outcome,
           const Shell& state) {
  const auto m_type = m_type_of(frame.phy_payload);
  probe.arrived(frame, state.context->deps.clock->now().utc);
  switch (outcome) {
    case UplinkOutcome::duplicate:
    case UplinkOutcome::late_duplicate:
      return probe.count(FrameStep::duplicate, m_type);
    case UplinkOutcome::accepted:
      break;
    default:
      probe.dropped(m_type, drop_reason(outcome));
  }
  const bool is_matched =
      outcome == UplinkOutcome::accepted || outcome == UplinkOutcome::unknown_device;
  if (!phy::is_data(m_type) || !is_matched) return;
  const auto& cost = state.logic->addresses().last_cost();
  probe.matched(cost.candidates, cost.mics);
}

void on_uplink(Pointer self, const UplinkReceived& message) {
  auto& state = self->state;
  const auto outcome = state.logic->on_uplink(message.frame, now(self));
  state.probe->uplinks[static_cast<std::size_t>(outcome)]->Increment();
  if (state.context->frames) count(*state.context->frames, *message.frame, outcome, state);
  if (message.judged) {
    message.judged(state.logic->judgement(*message.frame, outcome));
  } else if (outcome == UplinkOutcome::unknown_device && state.context->unknown_join &&
             !phy::is_data(m_type_of(message.frame->phy_payload))) {
    state.context->unknown_join(message.frame);
  }
  keep_ticking(self);
}

void on_rested(Pointer self, const SessionRested& message) {
  auto& state = self->state;
  if (state.logic->kept_decisions().keep(message.device, message.decisions))
    state.probe->forgotten.Increment();
}

/// By its session, or from its record as it is in the store.
void inspect_device(Pointer self, const InspectDevice& message) {
  auto& state = self->state;
  const auto place = state.logic->sessions().place_of(message.device);
  const auto session = state.handles.find(message.device);
  if (place.phase == SessionPhase::active && session != state.handles.end())
    return caf::anon_send(session->second, InspectSession{message.reply});
  load_device(state.context, {state.shard, message.device},
              [place, device = message.device, reply = message.reply,
               decisions = state.logic->kept_decisions().find(message.device)](
                  const Result<LoadedDevice>& record) {
                if (!record) return reply(fail(record.error()));
                auto snapshot = snapshot_of(record->device.get());
                snapshot.ids.uid = device;
                snapshot.phase = place.phase;
                snapshot.stashed = place.stashed;
                snapshot.decisions = decisions;
                reply(std::move(snapshot));
              });
}

void activate(Pointer self, const SessionLoaded& loaded) {
  auto& state = self->state;
  if (!loaded.record) {
    spdlog::error("msg=\"session can not be read\" device={} error=\"{}\"",
                  to_string(loaded.device), loaded.record.error().to_string());
    // The next event tries again.
    for (const auto& message : state.logic->sessions().failed(loaded.device))
      refuse(*message.event, loaded.record.error());
    return keep_ticking(self);
  }
  auto session =
      spawn_session(self->system(), state.context,
                    std::make_shared<SessionLife>(ShardActor(self), loaded.device, state.life),
                    {.record = loaded.record->device,
                     .decisions = state.logic->kept_decisions().take(loaded.device),
                     .queue_in_rows = loaded.record->queue_in_rows});
  self->monitor(session);
  state.devices.emplace(session.address(), loaded.device);
  state.handles[loaded.device] = session;
  state.probe->sessions.spawned.Increment();
  state.probe->sessions.running.Increment();
  for (auto& message : state.logic->sessions().activated(loaded.device, now(self))) {
    caf::anon_send(session, std::move(message));
  }
  keep_ticking(self);
}

/// The session has ended, after a passivation or by an error. What comes for the device waits until
/// it is settled, which is possible already.
void on_down(Pointer self, const caf::down_msg& down) {
  auto& state = self->state;
  auto found = state.devices.find(down.source);
  if (found == state.devices.end()) return;
  const auto device = std::move(found->second);
  state.devices.erase(found);
  state.probe->sessions.running.Decrement();
  if (down.reason && down.reason != caf::exit_reason::normal) {
    state.probe->sessions.failed.Increment();
    spdlog::error("msg=\"device session ended\" device={} reason=\"{}\"", to_string(device),
                  actors::from_caf(down.reason).message());
  }
  const auto handle = state.handles.find(device);
  if (handle == state.handles.end() || handle->second.address() != down.source) return;
  state.handles.erase(handle);
  state.logic->sessions().ended(device);
  keep_ticking(self);
}

/// What is stashed finds a new session on durable state.
void on_settled(Pointer self, const SessionSettled& message) {
  if (self->state.logic->sessions().gone(message.device)) load(self, message.device);
  keep_ticking(self);
}

void count_gateways(const FrameProbe& probe, const SessionEvent& event) {
  if (const auto* data = std::get_if<UplinkMatched>(&event)) probe.heard(data->rx_metadata->size());
  if (const auto* join = std::get_if<JoinRequestReceived>(&event))
    probe.heard(join->rx_metadata->size());
}

void on_tick(Pointer self) {
  auto& state = self->state;
  const auto time = now(self);
  state.mailbox->sample(*self);
  for (auto& event : state.logic->close_windows(time)) {
    if (state.context->frames) count_gateways(*state.context->frames, *event.event);
    send_home(self, std::move(event));
  }
  for (auto& device : state.logic->due(time)) deliver(self, to_session(std::move(device), Wake{}));
  for (const auto& device : state.logic->sessions().passivate_idle(time)) {
    state.probe->passivated.Increment();
    caf::anon_send(state.handles.at(device), Passivate{});
  }
  keep_ticking(self);
}

void index_session(Pointer self, const IndexSession& message) {
  auto& addresses = self->state.logic->addresses();
  if (!message.session) {
    addresses.erase(message.dev_addr, message.device, message.pending);
  } else if (!addresses.set(message.dev_addr, *message.session)) {
    // Without a word to the session: its JoinAccept does not leave, and the device joins again,
    // with another address.
    self->state.probe->crowded.Increment();
    return spdlog::error("msg=\"session has no place on its address\" device={} dev_addr={} max={}",
                         to_string(message.device), to_string(message.dev_addr),
                         AddressIndex::sessions_per_address_max);
  }
  if (message.indexed) message.indexed();
}

void index_euis(Pointer self, const IndexJoinEuis& message) {
  auto& joins = self->state.logic->joins();
  const storage::JoinKey key{message.join_eui, message.dev_eui};
  if (message.erase) return joins.erase(key, message.device);
  const auto owner = joins.find(key);
  if (joins.set(key, std::make_shared<const DeviceUid>(message.device))) {
    if (message.claimed) message.claimed(owner == nullptr);
  } else if (message.claimed) {
    message.claimed(fail(actors::euis_taken(key, *owner)));
  } else {
    spdlog::error("msg=\"EUIs belong to another device\" device={} dev_eui={} owner={}",
                  to_string(message.device), to_string(key.dev_eui), to_string(*owner));
  }
}

void wake_at(Pointer self, const WakeSessionAt& message) {
  if (message.at) {
    self->state.logic->wake_at(message.device, *message.at);
  } else {
    self->state.logic->forget_wake(message.device);
  }
  keep_ticking(self);
}

void refuse_early(Pointer self, const UplinkReceived& message) {
  const auto outcome = UplinkOutcome::overloaded;
  self->state.probe->uplinks[static_cast<std::size_t>(outcome)]->Increment();
  if (message.judged) message.judged(fail(shard_overloaded));
}
void refuse_early(Pointer self, const ToSession& message) {
  self->state.probe->stash.dropped.Increment();
  refuse(*message.event, Error(shard_overloaded));
}
/// Without it the index would be wrong for ever: begin again, behind it.
template <class IndexChange>
void refuse_early(Pointer self, const IndexChange&) {
  self->quit(actors::to_caf(Error(shard_overloaded)));
}

/// Handles a message, or keeps it until the shard is open.
template <class Message>
void when_open(Pointer self, void (*handle)(Pointer, const Message&), const Message& message) {
  auto& state = self->state;
  if (!state.opening) return handle(self, message);
  constexpr bool is_index_change =
      std::is_same_v<Message, IndexSession> || std::is_same_v<Message, IndexJoinEuis>;
  constexpr auto room = is_index_change ? 2 * early_max : early_max;
  auto& early = state.opening->early;
  if (early.size() >= room) return refuse_early(self, message);
  early.emplace_back([self, handle, message] { handle(self, message); });
}

/// The logic with what the store holds.
std::unique_ptr<ShardState> make_logic(const Context& context, ShardStart start) {
  const auto now = context.deps.clock->now().mono;
  const auto random = context.deps.make_random();
  auto logic = std::make_unique<ShardState>(context.config.limits, std::move(start.addresses),
                                            std::move(start.joins), now, *random);
  for (std::size_t i = 0; i < start.waiting.size(); ++i)
    logic->wake_at(start.waiting[i], now + wake_after_start + i * wake_distance);
  return logic;
}

/// From now on it and its sessions write.
void serve(Pointer self, ShardStart start) {
  auto& state = self->state;
  state.life = std::make_shared<const ShardLife>(state.context, state.shard);
  state.context->shard_lives.route(state.shard).set(state.life);
  state.logic = make_logic(*state.context, std::move(start));
  keep_ticking(self);
}

/// Once, when nobody of the predecessor can write any more. A reader that fails takes the shard
/// along, which is then started again.
void open(Pointer self) {
  auto& state = self->state;
  if (!state.opening || !state.context->shard_lives.at(state.shard).expired()) return;
  if (state.opening->reader) return;
  const auto read = [read = state.opening->read, shard = ShardActor(self)] {
    auto start = read();
    if (!start) return caf::anon_send(shard, ShardRead{fail(start.error())});
    caf::anon_send(shard, ShardRead{std::make_shared<ShardStart>(*std::move(start))});
  };
  const auto reader = state.context->own_threads ? self->spawn<caf::linked + caf::detached>(read)
                                                 : self->spawn<caf::linked>(read);
  state.opening->reader = reader.address();
}

/// Whoever asks for the end closes the store behind it.
void on_exit(Pointer self, const caf::exit_msg& message) {
  auto& opening = self->state.opening;
  if (!message.reason) return;  // of a reader that is done
  if (!opening || !opening->reader || opening->reader == message.source)
    return self->quit(message.reason);
  opening->end = message.reason;
}

void on_read(Pointer self, const ShardRead& message) {
  auto& state = self->state;
  if (state.opening->end) return self->quit(*state.opening->end);
  if (!message.start) {
    spdlog::error("msg=\"shard can not be read\" shard={} error=\"{}\"", state.shard.value(),
                  message.start.error().to_string());
    return self->quit(actors::to_caf(message.start.error()));
  }
  const auto early = std::exchange(state.opening, std::nullopt)->early;
  serve(self, std::move(**message.start));
  for (const auto& handle : early) handle();
}

ShardActor::behavior_type shard_actor(Pointer self, ContextPtr context, storage::Shard shard,
                                      std::shared_ptr<ShardStart> start, ReadShard read) {
  actors::prepare(self, Shell::name);
  auto& state = self->state;
  state.probe = std::make_unique<ShardProbe>(*context->deps.metrics);
  state.mailbox = std::make_unique<actors::MailboxProbe>(*context->deps.metrics, Shell::name,
                                                         std::to_string(shard.value()));
  state.context = std::move(context);
  state.shard = shard;
  self->set_down_handler([self](caf::down_msg& down) { on_down(self, down); });
  self->set_exit_handler([self](caf::exit_msg& message) { on_exit(self, message); });
  if (start) {
    serve(self, std::move(*start));
  } else {
    state.logic = make_logic(*state.context, ShardStart());
    state.opening.emplace(std::move(read));
  }
  return {
      [self](const UplinkReceived& message) { when_open(self, on_uplink, message); },
      [self](const ToSession& message) { when_open(self, deliver, message); },
      [self](const IndexSession& message) { when_open(self, index_session, message); },
      [self](const IndexJoinEuis& message) { when_open(self, index_euis, message); },
      [self](const WakeSessionAt& message) { wake_at(self, message); },
      [self](const SessionLoaded& message) { activate(self, message); },
      [self](const actors::Tick&) { on_tick(self); },
      [self](const InspectShard& message) { message.reply(self->state.logic->snapshot()); },
      [self](const InspectAddress& message) {
        message.reply(self->state.logic->inspect(message.dev_addr));
      },
      [self](const InspectDevice& message) { inspect_device(self, message); },
      [self](const SessionRested& message) { on_rested(self, message); },
      [self](const SessionSettled& message) { on_settled(self, message); },
      [self](const OpenShard&) { open(self); },
      [self](const ShardRead& message) { on_read(self, message); },
  };
}

}  // namespace

ShardActor spawn_shard(caf::actor_system& system, ContextPtr context, storage::Shard shard,
                       ShardStart start) {
  return system.spawn(shard_actor, std::move(context), shard,
                      std::make_shared<ShardStart>(std::move(start)), ReadShard());
}

ShardActor spawn_successor(caf::actor_system& system, ContextPtr context, storage::Shard shard,
                           ReadShard read) {
  return system.spawn(shard_actor, std::move(context), shard, std::shared_ptr<ShardStart>(),
                      std::move(read));
}

}  // namespace ff::network_server
