#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <optional>

#include "actors/application_server/link/actor.hpp"
#include "actors/application_server/link/link.hpp"
#include "actors/application_server/link/probe.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"

namespace ff::application_server {
namespace {

struct Link {
  LinkHandle handle;
  std::uint64_t subscriptions = 0;
  /// What a successor starts with.
  std::vector<std::shared_ptr<Subscriber>> subscribers;
};

struct Shell {
  static inline const char* name = "application_links";
  LinksConfig config;
  std::unique_ptr<LinkProbe> probe;
  std::optional<actors::MailboxProbe> mailbox;
  std::unordered_map<ApplicationId, Link> links;
  std::unordered_map<caf::actor_addr, ApplicationId> addresses;

  ~Shell() {
    config.table.clear();
    for (const auto& [application_id, link] : links) caf::anon_send(link.handle, EndLink{});
  }
};
using Pointer = LinksHandle::stateful_pointer<Shell>;

void start(Pointer self, const ApplicationId& application_id, Link& link) {
  auto& state = self->state;
  link.handle = spawn_link(self->system(), state.config, LinksHandle(self), application_id,
                           state.config.table.add(application_id));
  link.subscriptions = 0;
  self->monitor(link.handle);
  state.addresses.insert_or_assign(link.handle.address(), application_id);
  state.probe->started.Increment();
  state.probe->links.spawned.Increment();
  state.probe->links.running.Increment();
}

void subscribe(Pointer self, const SubscribeUps& message) {
  auto& link = self->state.links[message.application_id];
  if (!link.handle) start(self, message.application_id, link);
  ++link.subscriptions;
  link.subscribers.push_back(message.subscriber);
  caf::anon_send(link.handle, message);
}

void unsubscribe(Pointer self, const UnsubscribeUps& message) {
  const auto found = self->state.links.find(message.application_id);
  if (found == self->state.links.end()) return;
  std::erase(found->second.subscribers, message.subscriber);
  caf::anon_send(found->second.handle, message);
}

/// Unless somebody has subscribed meanwhile.
void end(Pointer self, const LinkIdle& message) {
  auto& state = self->state;
  const auto found = state.links.find(message.application_id);
  if (found == state.links.end() || found->second.subscriptions != message.subscriptions) return;
  state.config.table.erase(message.application_id);
  caf::anon_send(found->second.handle, EndLink{});
  state.links.erase(found);
}

void on_down(Pointer self, const caf::down_msg& down) {
  auto& state = self->state;
  const auto address = state.addresses.find(down.source);
  if (address == state.addresses.end()) return;
  const auto application_id = std::move(address->second);
  state.addresses.erase(address);
  state.probe->stopped.Increment();
  state.probe->links.running.Decrement();
  const auto found = state.links.find(application_id);
  if (found == state.links.end() || found->second.handle.address() != down.source) return;
  spdlog::error("msg=\"application link ended\" application={} reason=\"{}\"",
                application_id.text(), actors::from_caf(down.reason).message());
  state.probe->links.failed.Increment();
  state.probe->links.restarted.Increment();
  auto& link = found->second;
  start(self, application_id, link);
  for (const auto& subscriber : link.subscribers) {
    ++link.subscriptions;
    caf::anon_send(link.handle, SubscribeUps{application_id, subscriber, {}});
  }
}

LinksHandle::behavior_type links(Pointer self, LinksConfig config) {
  actors::prepare(self, Shell::name);
  auto& state = self->state;
  state.probe = std::make_unique<LinkProbe>(*config.deps.metrics);
  state.mailbox.emplace(*config.deps.metrics, Shell::name);
  state.config = std::move(config);
  self->set_down_handler([self](caf::down_msg& down) { on_down(self, down); });
  return {
      [self](const SubscribeUps& message) {
        self->state.mailbox->sample(*self);
        subscribe(self, message);
      },
      [self](const UnsubscribeUps& message) { unsubscribe(self, message); },
      [self](const InspectLinks& message) {
        std::vector<LinkSnapshot> out;
        for (const auto& [id, link] : self->state.links)
          out.push_back({id, link.subscribers.size()});
        message.reply(std::move(out));
      },
      [self](const LinkIdle& message) { end(self, message); },
  };
}

}  // namespace

LinksHandle spawn_links(caf::actor_system& system, LinksConfig config) {
  return system.spawn(links, std::move(config));
}

}  // namespace ff::application_server
