#include "actors/application_server/link/link.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <map>

#include "actors/application_server/link/probe.hpp"
#include "actors/support/shell.hpp"

namespace ff::application_server {
namespace {

struct Shell {
  static inline const char* name = "application_link";
  LinksConfig config;
  LinksHandle directory;
  ApplicationId application_id;
  std::vector<std::shared_ptr<Subscriber>> subscribers;
  std::map<std::string, SubscriptionProbe, std::less<>> probes;
  std::uint64_t subscriptions = 0;
  bool checking = false;
};
using Pointer = LinkHandle::stateful_pointer<Shell>;

SubscriptionProbe& probe(Shell& state, const Subscriber& subscriber) {
  const auto protocol = subscriber.protocol();
  const auto found = state.probes.find(protocol);
  if (found != state.probes.end()) return found->second;
  return state.probes.try_emplace(std::string(protocol), *state.config.deps.metrics, protocol)
      .first->second;
}

void tell(const Shell& state, std::string_view name, const Subscriber& subscriber) {
  if (!state.config.publish) return;
  state.config.publish({name,
                        state.config.deps.clock->now().utc,
                        state.application_id,
                        {},
                        std::string(subscriber.protocol())});
}

void fan_out(Shell& state, const UpPublished& up) {
  for (const auto& subscriber : state.subscribers) {
    auto& counters = probe(state, *subscriber);
    if (subscriber->take_credit()) {
      counters.delivered.Increment();
      subscriber->deliver(up);
    } else if (!subscriber->defer(up)) {
      counters.dropped.Increment();
    }
  }
}

void check_later(Pointer self) {
  auto& state = self->state;
  if (!state.subscribers.empty() || std::exchange(state.checking, true)) return;
  self->delayed_send(self, std::chrono::duration_cast<caf::timespan>(state.config.timeout),
                     CheckIdle{});
}

void subscribe(Pointer self, const SubscribeUps& message) {
  auto& state = self->state;
  ++state.subscriptions;
  state.subscribers.push_back(message.subscriber);
  probe(state, *message.subscriber).started.Increment();
  tell(state, "as.application.subscribe", *message.subscriber);
  if (message.subscribed) message.subscribed();
}

void unsubscribe(Pointer self, const UnsubscribeUps& message) {
  auto& state = self->state;
  if (std::erase(state.subscribers, message.subscriber) == 0) return;
  probe(state, *message.subscriber).stopped.Increment();
  tell(state, "as.application.unsubscribe", *message.subscriber);
  check_later(self);
}

void check_idle(Pointer self) {
  auto& state = self->state;
  state.checking = false;
  if (state.subscribers.empty())
    caf::anon_send(state.directory, LinkIdle{state.application_id, state.subscriptions});
}

LinkHandle::behavior_type link(Pointer self, const LinksConfig& config, LinksHandle directory,
                               ApplicationId application_id) {
  actors::prepare(self, Shell::name);
  auto& state = self->state;
  state.config = config;
  state.directory = std::move(directory);
  state.application_id = std::move(application_id);
  return {
      [self](const UpPublished& up) { fan_out(self->state, up); },
      [self](const SubscribeUps& message) { subscribe(self, message); },
      [self](const UnsubscribeUps& message) { unsubscribe(self, message); },
      [self](const CheckIdle&) { check_idle(self); },
      [self](const EndLink&) { self->quit(); },
  };
}

}  // namespace

LinkHandle spawn_link(caf::actor_system& system, const LinksConfig& config, LinksHandle directory,
                      ApplicationId application_id) {
  return system.spawn(link, config, std::move(directory), std::move(application_id));
}

}  // namespace ff::application_server
