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
  std::vector<Ticked> subscribers;
  bool running = false;
};
using Pointer = Ticker::stateful_pointer<State>;

void schedule(Pointer self) {
  if (std::exchange(self->state.running, true)) return;
  caf::delayed_anon_send(Ticker(self), TimerWheel<int>::tick, Tick{});
}

void subscribe(Pointer self, const Ticked& subscriber) {
  auto& subscribers = self->state.subscribers;
  if (std::find(subscribers.begin(), subscribers.end(), subscriber) == subscribers.end()) {
    subscribers.push_back(subscriber);
    self->monitor(subscriber);
  }
  schedule(self);
}

void unsubscribe(Pointer self, const caf::actor_addr& address) {
  std::erase_if(self->state.subscribers,
                [&](const Ticked& subscriber) { return subscriber.address() == address; });
}

void tick(Pointer self) {
  self->state.running = false;
  for (const auto& subscriber : self->state.subscribers) caf::anon_send(subscriber, Tick{});
  if (!self->state.subscribers.empty()) schedule(self);
}

Ticker::behavior_type ticker(Pointer self) {
  prepare(self, "ticker");
  self->set_down_handler([self](caf::down_msg& down) { unsubscribe(self, down.source); });
  return {
      [self](const SubscribeTicks& message) { subscribe(self, message.subscriber); },
      [self](const UnsubscribeTicks& message) { unsubscribe(self, message.subscriber.address()); },
      [self](const Tick&) { tick(self); },
  };
}

}  // namespace

Ticker spawn_ticker(caf::actor_system& system) {
  return system.spawn(ticker);
}

}  // namespace ff::actors
