#include "app/api/services/base/deadline_keeper.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/support/shell.hpp"
#include "actors/support/timer_wheel.hpp"

namespace ff::api {
namespace {

using Expired = std::weak_ptr<const std::function<void()>>;

struct State {
  static inline const char* name = "api_deadlines";
  std::shared_ptr<const actors::Clock> clock;
  actors::Route<actors::Ticker> ticker;
  std::unique_ptr<actors::TimerWheel<Expired>> wheel;
  std::shared_ptr<actors::TickWish> wish = std::make_shared<actors::TickWish>();
};
using Pointer = DeadlineKeeper::stateful_pointer<State>;

void start(Pointer self, const StartDeadline& message) {
  auto& state = self->state;
  if (state.wheel->empty()) {
    if (auto ticker = state.ticker.get())
      caf::anon_send(ticker, actors::SubscribeTicks{DeadlineKeeper(self), state.wish});
  }
  state.wheel->start(state.clock->now().mono + message.within, message.expired);
  state.wish->set(state.wheel->next_due());
}

void tick(Pointer self) {
  auto& state = self->state;
  for (const auto& expired : state.wheel->advance(state.clock->now().mono)) {
    if (auto call = expired.lock()) (*call)();
  }
  state.wish->set(state.wheel->next_due());
  if (!state.wheel->empty()) return;
  if (auto ticker = state.ticker.get())
    caf::anon_send(ticker, actors::UnsubscribeTicks{DeadlineKeeper(self)});
}

DeadlineKeeper::behavior_type keeper(Pointer self,
                                     const std::shared_ptr<const actors::Clock>& clock,
                                     const actors::Route<actors::Ticker>& ticker) {
  actors::prepare(self, "api_deadlines");
  self->state.clock = clock;
  self->state.ticker = ticker;
  self->state.wheel = std::make_unique<actors::TimerWheel<Expired>>(clock->now().mono);
  return {
      [self](const StartDeadline& message) { start(self, message); },
      [self](const actors::Tick&) { tick(self); },
  };
}

}  // namespace

DeadlineKeeper spawn_deadline_keeper(caf::actor_system& system,
                                     std::shared_ptr<const actors::Clock> clock,
                                     const actors::Route<actors::Ticker>& ticker) {
  return system.spawn(keeper, std::move(clock), ticker);
}

}  // namespace ff::api
