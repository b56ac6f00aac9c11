#include "actors/support/ticker.hpp"

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <vector>

#include "actors/support/shell.hpp"
#include "actors/support/timer_wheel.hpp"

namespace ff::actors {
namespace {

/// Subscribers in order of subscription, so that a run in virtual time is reproducible.
struct State {
  static inline const char* name = "ticker";
  std::vector<SubscribeTicks> subscribers;
  std::shared_ptr<const Clock> clock;
  bool running = false;
};
using Pointer = Ticker::stateful_pointer<State>;

void schedule(Pointer self) {
  if (std::exchange(self->state.running, true)) return;
  caf::delayed_anon_send(Ticker(self), TimerWheel<int>::tick, Tick{});
}

void subscribe(Pointer self, const SubscribeTicks& message) {
  auto& subscribers = self->state.subscribers;
  const bool known = std::any_of(
      subscribers.begin(), subscribers.end(),
      [&](const SubscribeTicks& entry) { return entry.subscriber == message.subscriber; });
  if (!known) {
    subscribers.push_back(message);
    self->monitor(message.subscriber);
  }
  schedule(self);
}

void unsubscribe(Pointer self, const caf::actor_addr& address) {
  const auto erased = std::erase_if(self->state.subscribers, [&](const SubscribeTicks& entry) {
    return entry.subscriber.address() == address;
  });
  // Else the subscriber keeps an entry for each time that it was one.
  if (erased > 0) self->demonitor(address);
}

void tick(Pointer self) {
  self->state.running = false;
  const auto now = self->state.clock->now().mono;
  for (const auto& [subscriber, wish] : self->state.subscribers) {
    if (!wish || wish->is_due(now)) caf::anon_send(subscriber, Tick{});
  }
  if (!self->state.subscribers.empty()) schedule(self);
}

Ticker::behavior_type ticker(Pointer self, std::shared_ptr<const Clock> clock) {
  prepare(self, "ticker");
  self->state.clock = std::move(clock);
  self->set_down_handler([self](caf::down_msg& down) { unsubscribe(self, down.source); });
  return {
      [self](const SubscribeTicks& message) { subscribe(self, message); },
      [self](const UnsubscribeTicks& message) { unsubscribe(self, message.subscriber.address()); },
      [self](const Tick&) { tick(self); },
  };
}

}  // namespace

Ticker spawn_ticker(caf::actor_system& system, std::shared_ptr<const Clock> clock) {
  return system.spawn(ticker, std::move(clock));
}

}  // namespace ff::actors
