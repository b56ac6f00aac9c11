#include "actors/gateway_server/frontend_udp/actor.hpp"

#include <spdlog/spdlog.h>

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
#include "actors/support/log_budget.hpp"
#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"

namespace ff::gateway_server {
namespace {

struct Shell {
  static inline const char* name = "gateway_frontend_udp";
  ContextPtr context;
  UdpFrontendConfig config;
  std::shared_ptr<UdpProbe> probe;  // the socket's thread has it, too
  std::shared_ptr<Intake> intake;
  std::unique_ptr<actors::MailboxProbe> mailbox;
  std::unique_ptr<UdpFrontendState> logic;
  std::unique_ptr<net::DatagramSocket> socket;
  std::unordered_map<LinkId, ConnectionHandle> connections;
  std::unordered_map<caf::actor_addr, LinkId> links;
  // Anybody can invent EUIs.
  actors::LogBudget failure_lines{10, std::chrono::minutes{1}};

  ~Shell() {
    // They do not monitor it. [actors/support/dependants.hpp]
    for (const auto& [link, connection] : connections)
      caf::anon_send(connection, Disconnect{Error(frontend_ended)});
    if (probe) probe->links.Decrement(static_cast<double>(counted_links));
    if (config.share) config.share->close(config.number);
  }
  std::size_t counted_links = 0;
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

void run(Pointer self, UdpEffects effects);

/// One overload per effect.
struct Runner {
  Pointer self;

  template <class Message>
  void tell(LinkId link, Message message) const {
    const auto found = self->state.connections.find(link);
    if (found != self->state.connections.end()) caf::anon_send(found->second, std::move(message));
  }
  void operator()(const SendDatagram& effect) const {
    const bool is_sent = self->state.socket->send(effect.to, effect.bytes);
    if (!is_sent && effect.downlink) run(self, self->state.logic->on_refused(*effect.downlink));
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
  void operator()(const CountDatagram& effect) const { self->state.probe->count(effect.outcome); }
  void operator()(const CountForwarded& effect) const {
    self->state.probe->forwarded[static_cast<std::size_t>(effect.type)]->Increment();
  }
  void operator()(const CountWrongField& effect) const {
    self->state.probe->count_wrong_field(effect.field, effect.reason);
  }
  void operator()(const CountRefusedFrames& effect) const {
    self->state.probe->refused_frames.Increment(static_cast<double>(effect.count));
  }
  void operator()(const CountLostDownlink&) const { self->state.probe->lost_downlinks.Increment(); }
  void operator()(const CountForgottenFailure&) const {
    self->state.probe->forgotten_failures.Increment();
  }
};

void run(Pointer self, UdpEffects effects) {
  for (auto& effect : effects) std::visit(Runner{self}, effect);
}

/// The gauge is the sum of all frontends.
void count_links(Shell& state) {
  const auto links = state.logic->size();
  state.probe->links.Increment(static_cast<double>(links) -
                               static_cast<double>(std::exchange(state.counted_links, links)));
}

void on_datagrams(Pointer self, const DatagramsReceived& message) {
  auto& state = self->state;
  for (const auto& datagram : *message.datagrams)
    run(self, state.logic->on_datagram(datagram.from, datagram.bytes, now(self)));
  state.intake->handled(message.datagrams->size());
  count_links(state);
}

void on_ended(Pointer self, const ConnectionEnded& message) {
  if (const auto left_out = self->state.failure_lines.take(now(self).mono))
    spdlog::info("msg=\"gateway not connected\" reason=\"{}\" left_out={}",
                 message.reason.message(), *left_out);
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

void open_socket(Pointer self) {
  auto& state = self->state;
  auto& config = state.config;
  if (!config.share)
    config.share = std::make_shared<const UdpListenerShare>(1, net::AddressRules{});
  net::DatagramOptions options;
  options.datagram_size_max = gateway::semtech_udp::datagram_bytes_max;
  options.reuse_port = config.share->frontends() > 1;
  auto socket = config.network->open(
      config.local, options,
      [share = config.share, probe = state.probe](auto batch) { share->deliver(batch, *probe); });
  if (!socket) throw std::runtime_error(socket.error().to_string());
  state.socket = std::move(*socket);
  config.share->open(config.number, {UdpFrontendHandle(self), state.intake});
}

UdpFrontendHandle::behavior_type frontend(Pointer self, ContextPtr context,
                                          UdpFrontendConfig config) {
  actors::prepare(self, Shell::name);
  self->set_down_handler([self](caf::down_msg& down) { on_down(self, down); });
  auto& state = self->state;
  state.context = std::move(context);
  state.config = std::move(config);
  const auto& udp = state.context->config.udp;
  state.probe = std::make_shared<UdpProbe>(*state.context->deps.metrics);
  state.intake = std::make_shared<Intake>(udp.datagrams_max, state.probe);
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
        self->state.probe->sample(self->state.socket->counters());
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
