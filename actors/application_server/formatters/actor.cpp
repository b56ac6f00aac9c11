#include "actors/application_server/formatters/actor.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/application_server/formatters/probe.hpp"
#include "actors/application_server/formatters/state.hpp"
#include "actors/support/shell.hpp"

namespace ff::application_server {
namespace {

struct Shell {
  static inline const char* name = "formatters";
  FormattersContext context;
  std::unique_ptr<FormattersProbe> probe;
  std::unique_ptr<PoolState> logic;
  std::vector<std::shared_ptr<net::Child>> children;  // by place
  std::uint64_t refused = 0;
  std::shared_ptr<actors::TickWish> wish = std::make_shared<actors::TickWish>();
};
using Pointer = FormattersActor::stateful_pointer<Shell>;

/// What suspects' processes leave of a busy machine: frames and other scripts go first.
constexpr int nice_of_suspects = 10;

/// What one process writes, on the runner's thread: frames become messages.
class Listener {
 public:
  Listener(FormattersActor pool, WorkerId worker) : pool_(std::move(pool)), worker_(worker) {}

  void on_bytes(ByteView bytes) {
    frames_.append(bytes);
    while (const auto body = frames_.next()) {
      auto message = formatter::decode_from_worker(*body);
      if (!message) return babble();
      caf::anon_send(pool_, WorkerSaid{worker_, *std::move(message)});
    }
    if (!frames_.is_sound()) babble();
  }
  void on_ended(const net::ChildEnd& end) const {
    caf::anon_send(pool_, WorkerEnded{worker_, end});
  }

 private:
  void babble() const { caf::anon_send(pool_, WorkerBabbled{worker_}); }

  FormattersActor pool_;
  WorkerId worker_;
  formatter::FrameReader frames_;
};

/// Carries out one effect.
struct Runner {
  Pointer self;

  std::shared_ptr<net::Child>& child(const WorkerId& worker) const {
    return self->state.children.at(worker.place);
  }

  void operator()(const StartWorker& effect) const {
    const auto& config = self->state.context.config;
    const auto cpu = std::chrono::ceil<std::chrono::milliseconds>(config.timeout).count();
    net::ChildOptions options{
        .program = config.program,
        .arguments = {std::to_string(cpu), std::to_string(config.memory_bytes),
                      std::to_string(config.realms),
                      std::to_string(effect.apart ? nice_of_suspects : 0)}};
    auto listener = std::make_shared<Listener>(FormattersActor(self), effect.worker);
    net::ChildEvents events{[listener](ByteView bytes) { listener->on_bytes(bytes); },
                            [listener](const net::ChildEnd& end) { listener->on_ended(end); }};
    self->state.probe->started.Increment();
    child(effect.worker) =
        self->state.context.children->start(std::move(options), std::move(events));
  }
  void operator()(const KillWorker& effect) const {
    self->state.probe->killed.Increment();
    if (child(effect.worker)) child(effect.worker)->kill();
  }
  void operator()(SendCall& effect) const {
    // It is about to end, or reads nothing: both are noticed by time.
    if (child(effect.worker)) child(effect.worker)->write(std::move(effect.frame));
  }
  void operator()(AnswerCall& effect) const {
    auto& probe = *self->state.probe;
    const bool ok = effect.answer && effect.answer->ending == formatter::Ending::done;
    (ok ? probe.ok : probe.failed).Increment();
    if (!effect.ran) probe.unanswered.Increment();
    probe.latency.Observe(std::chrono::duration<double>(effect.took).count());
    if (effect.reply) effect.reply(std::move(effect.answer));
  }
  void operator()(const CountCompilations& effect) const {
    auto& probe = *self->state.probe;
    for (const auto& one : effect.compilations) {
      (one.ok ? probe.compiled : probe.not_compiled).Increment();
      probe.compilation_latency.Observe(std::chrono::duration<double>(one.took).count());
    }
  }
};

void carry_out(Pointer self, PoolEffects effects) {
  for (auto& effect : effects) std::visit(Runner{self}, effect);
  auto& state = self->state;
  state.wish->set(state.logic->next_due());
  state.probe->waiting.depth.Set(static_cast<double>(state.logic->waiting()));
  const auto refused = state.logic->refused();
  state.probe->waiting.dropped.Increment(
      static_cast<double>(refused - std::exchange(state.refused, refused)));
}

MonoTime now(Pointer self) {
  return self->state.context.deps.clock->now().mono;
}

void on_ended(Pointer self, const WorkerEnded& message) {
  if (!message.end.started)
    spdlog::error("msg=\"formatter worker can not be started\" error=\"{}\"", message.end.how);
  carry_out(self, self->state.logic->ended(message, now(self)));
}

void start(Pointer self, FormattersContext context) {
  auto& state = self->state;
  state.context = std::move(context);
  state.probe = std::make_unique<FormattersProbe>(*state.context.deps.metrics);
  state.logic = std::make_unique<PoolState>(state.context.config);
  state.children.resize(state.context.config.workers + 2);
  caf::anon_send(state.context.deps.ticker.get(),
                 actors::SubscribeTicks{actors::Ticked{FormattersActor(self)}, state.wish});
  carry_out(self, state.logic->begin(now(self)));
}

FormattersActor::behavior_type formatters(Pointer self, FormattersContext context) {
  actors::prepare(self, Shell::name);
  start(self, std::move(context));
  return {
      [self](const RunFormatter& call) {
        carry_out(self, self->state.logic->run(call, now(self)));
      },
      [self](const InspectFormatters& message) { message.reply(self->state.logic->snapshot()); },
      [self](const WorkerSaid& message) {
        carry_out(self, self->state.logic->said(message, now(self)));
      },
      [self](const WorkerBabbled& message) {
        carry_out(self, self->state.logic->babbled(message));
      },
      [self](const WorkerEnded& message) { on_ended(self, message); },
      [self](const actors::Tick&) { carry_out(self, self->state.logic->expire(now(self))); },
  };
}

}  // namespace

FormattersActor spawn_formatters(caf::actor_system& system, FormattersContext context) {
  return system.spawn(formatters, std::move(context));
}

}  // namespace ff::application_server
