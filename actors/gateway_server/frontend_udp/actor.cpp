#include "actors/gateway_server/frontend_udp/actor.hpp"

#include <spdlog/spdlog.h>

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <stdexcept>
#include <unordered_map>

#include "actors/gateway_server/connection/actor.hpp"
#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/frontend_udp/probe.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"

namespace ff::gateway_server {
namespace {

/// Bounds what waits between the socket's thread and the actor.
struct Intake {
  std::atomic<std::size_t> waiting{0};
  std::size_t waiting_max = 0;
  std::unique_ptr<UdpProbe> probe;
};

struct Shell {
  static inline const char* name = "gateway_frontend_udp";
  ContextPtr context;
  UdpFrontendConfig config;
  std::shared_ptr<Intake> intake;
  std::unique_ptr<actors::MailboxProbe> mailbox;
  std::unique_ptr<UdpFrontendState> logic;
  std::unique_ptr<net::DatagramSocket> socket;
  std::unordered_map<LinkId, ConnectionHandle> connections;
  std::unordered_map<caf::actor_addr, LinkId> links;
};
using Pointer = UdpFrontendHandle::stateful_pointer<Shell>;

Instant now(Pointer self) {
  return self->state.context->deps.clock->now();
}

void start_connection(Pointer self, const StartConnection& effect) {
  auto& state = self->state;
  ConnectRequest request;
  request.link = effect.link;
  request.ids.eui = effect.eui;
  request.protocol = Protocol::udp;
  request.remote_address = effect.from.to_string();
  request.fallback_plan_id = state.config.fallback_plan_id;
  request.has_downlink_path = false;
  auto connection = spawn_connection(self->system(), state.context, std::move(request),
                                     FrontendHandle(UdpFrontendHandle(self)));
  self->monitor(connection);
  state.links.emplace(connection.address(), effect.link);
  state.connections[effect.link] = std::move(connection);
}

/// One overload per effect.
struct Runner {
  Pointer self;

  template <class Message>
  void tell(LinkId link, Message message) const {
    const auto found = self->state.connections.find(link);
    if (found != self->state.connections.end()) caf::anon_send(found->second, std::move(message));
  }
  void operator()(const SendDatagram& effect) const {
    self->state.socket->send(effect.to, effect.bytes);
  }
  void operator()(const StartConnection& effect) const { start_connection(self, effect); }
  void operator()(HandUp& effect) const { tell(effect.link, std::move(effect.up)); }
  void operator()(const HandAcknowledgment& effect) const { tell(effect.link, effect.acked); }
  void operator()(const TellPath& effect) const {
    tell(effect.link, DownlinkPathChanged{effect.available});
  }
  void operator()(const CloseConnection& effect) const {
    tell(effect.link, Disconnect{effect.reason});
  }
  void operator()(const CountDatagram& effect) const {
    self->state.intake->probe->outcomes[static_cast<std::size_t>(effect.outcome)]->Increment();
  }
  void operator()(const CountLostDownlink&) const {
    self->state.intake->probe->lost_downlinks.Increment();
  }
};

void run(Pointer self, UdpEffects effects) {
  for (auto& effect : effects) std::visit(Runner{self}, effect);
}

void on_datagrams(Pointer self, const DatagramsReceived& message) {
  auto& state = self->state;
  for (const auto& datagram : *message.datagrams)
    run(self, state.logic->on_datagram(datagram.from, datagram.bytes, now(self)));
  state.intake->waiting -= message.datagrams->size();
  state.intake->probe->datagrams.depth.Set(static_cast<double>(state.intake->waiting));
  state.intake->probe->links.Set(static_cast<double>(state.logic->size()));
}

void on_ended(Pointer self, const ConnectionEnded& message) {
  spdlog::info("msg=\"gateway not connected\" reason=\"{}\"", message.reason.message());
  run(self, self->state.logic->on_ended(message, now(self)));
}

/// Whatever ended it, the handle is gone. A connection that failed without a word is reported in
/// its place.
void on_down(Pointer self, const caf::down_msg& down) {
  auto& state = self->state;
  const auto found = state.links.find(down.source);
  if (found == state.links.end()) return;
  const auto link = found->second;
  state.links.erase(found);
  const auto current = state.connections.find(link);
  if (current == state.connections.end() || current->second.address() != down.source) return;
  state.connections.erase(current);
  if (down.reason && down.reason != caf::exit_reason::normal)
    on_ended(self, ConnectionEnded{link, actors::from_caf(down.reason)});
}

/// Runs on the socket's thread.
net::DatagramHandler make_handler(UdpFrontendHandle frontend, std::shared_ptr<Intake> intake) {
  return [frontend, intake](std::span<const net::Datagram> batch) {
    intake->probe->received.Increment(static_cast<double>(batch.size()));
    if (intake->waiting + batch.size() > intake->waiting_max) {
      intake->probe->datagrams.dropped.Increment(static_cast<double>(batch.size()));
      return;
    }
    intake->waiting += batch.size();
    auto datagrams = std::make_shared<std::vector<ReceivedDatagram>>();
    datagrams->reserve(batch.size());
    for (const auto& datagram : batch)
      datagrams->push_back({datagram.from, to_owned(datagram.bytes)});
    caf::anon_send(frontend, DatagramsReceived{std::move(datagrams)});
  };
}

void open_socket(Pointer self) {
  auto& state = self->state;
  net::DatagramOptions options;
  options.datagram_size_max = gateway::semtech_udp::datagram_bytes_max;
  auto socket = state.config.network->open(state.config.local, options,
                                           make_handler(UdpFrontendHandle(self), state.intake));
  if (!socket) throw std::runtime_error(socket.error().to_string());
  state.socket = std::move(*socket);
}

UdpFrontendHandle::behavior_type frontend(Pointer self, ContextPtr context,
                                          UdpFrontendConfig config) {
  actors::prepare(self, Shell::name);
  self->set_down_handler([self](caf::down_msg& down) { on_down(self, down); });
  auto& state = self->state;
  state.context = std::move(context);
  state.config = std::move(config);
  const auto& udp = state.context->config.udp;
  state.intake = std::make_shared<Intake>();
  state.intake->waiting_max = udp.datagrams_max;
  state.intake->probe = std::make_unique<UdpProbe>(*state.context->deps.metrics);
  state.mailbox = std::make_unique<actors::MailboxProbe>(*state.context->deps.metrics, Shell::name);
  state.logic = std::make_unique<UdpFrontendState>(udp, state.context->server_version, now(self));
  open_socket(self);
  caf::anon_send(state.context->deps.ticker.get(),
                 actors::SubscribeTicks{actors::Ticked(UdpFrontendHandle(self)), {}});
  return {
      [self](const DatagramsReceived& message) { on_datagrams(self, message); },
      [self](const ConnectionReady& message) {
        run(self, self->state.logic->on_ready(message, now(self)));
      },
      [self](const ConnectionEnded& message) { on_ended(self, message); },
      [self](const SendDownlink& message) {
        run(self, self->state.logic->on_downlink(message, now(self)));
      },
      [self](const actors::Tick&) {
        self->state.mailbox->sample(*self);
        run(self, self->state.logic->on_tick(now(self)));
      },
  };
}

}  // namespace

UdpFrontendHandle spawn_udp_frontend(caf::actor_system& system, ContextPtr context,
                                     UdpFrontendConfig config) {
  return system.spawn(frontend, std::move(context), std::move(config));
}

}  // namespace ff::gateway_server
