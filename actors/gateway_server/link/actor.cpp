#include "actors/gateway_server/link/actor.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/gateway_server/connection/actor.hpp"
#include "actors/gateway_server/connection/admission.hpp"
#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/connection/uplink_limit.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"

namespace ff::gateway_server {
namespace {

struct Shell {
  static inline const char* name = "gateway_link";
  LinkRequest request;
  ConnectionHandle connection;
  UplinkLimit limit;
  caf::actor_id id = 0;

  /// Also of an actor that failed: its transport must not wait for it.
  ~Shell() {
    if (request.of_frontend) request.of_frontend->remove(id);
    if (request.port) request.port->ended(Error(frontend_ended));
    if (request.probe) request.probe->actors.running.Decrement();
  }
};
using Pointer = LinkHandle::stateful_pointer<Shell>;

void end(Pointer self, const Error& reason) {
  auto& state = self->state;
  if (auto connection = std::exchange(state.connection, nullptr))
    caf::anon_send(connection, Disconnect{reason});
  if (const auto port = std::exchange(state.request.port, nullptr)) port->ended(reason);
  self->quit();
}

void on_ended(Pointer self, const Error& reason) {
  self->state.connection = nullptr;
  end(self, reason);
}

/// The connection, without a word.
void on_down(Pointer self, const caf::down_msg& down) {
  if (!self->state.connection) return;
  on_ended(self, down.reason ? actors::from_caf(down.reason) : Error(not_connected));
}

/// One overload per kind of message.
struct PassOn {
  Shell& state;

  void operator()(GatewayUp& message) const {
    state.request.probe->count(message.status ? LinkOutcome::status : LinkOutcome::uplink);
    caf::anon_send(state.connection, std::move(message));
  }
  void operator()(const TxAcked& message) const {
    state.request.probe->count(LinkOutcome::report);
    caf::anon_send(state.connection, message);
  }
  void operator()(const DownlinkPathChanged& message) const {
    caf::anon_send(state.connection, message);
  }
  void operator()(const Malformed& message) const {
    state.request.probe->count(LinkOutcome::malformed);
    spdlog::debug("msg=\"message of a gateway dropped\" gateway={} error=\"{}\"",
                  gateway_uid(state.request.connect.ids), message.error.to_string());
    if (!message.is_status) return;
    GatewayUp up;
    up.refused_status = message.error;
    caf::anon_send(state.connection, std::move(up));
  }
};

void on_received(Pointer self, LinkReceived& received) {
  auto& state = self->state;
  if (!state.connection) return;
  // That it can be sent to is nothing the gateway sends.
  const bool counts = !std::holds_alternative<DownlinkPathChanged>(received.message);
  if (counts) {
    if (const auto admitted = state.limit.check(); !admitted) return end(self, admitted.error());
  }
  std::visit(PassOn{state}, received.message);
}

LinkHandle::behavior_type link(Pointer self, const ContextPtr& context, LinkRequest request) {
  actors::prepare(self, Shell::name);
  auto& state = self->state;
  state.request = std::move(request);
  state.limit = UplinkLimit(*context, state.request.connect.ids);
  state.request.probe->actors.spawned.Increment();
  state.request.probe->actors.running.Increment();
  state.id = self->id();
  self->set_down_handler([self](caf::down_msg& down) { on_down(self, down); });
  self->set_exit_handler([self](caf::exit_msg&) { end(self, Error(frontend_ended)); });
  state.request.of_frontend->add(LinkHandle(self));
  state.request.port->opened(LinkHandle(self));
  state.connection = spawn_connection(self->system(), context, state.request.connect,
                                      FrontendHandle(LinkHandle(self)));
  self->monitor(state.connection);
  return {
      [self](const ConnectionReady& message) {
        if (self->state.request.port) self->state.request.port->ready(message);
      },
      [self](const ConnectionEnded& message) { on_ended(self, message.reason); },
      [self](const SendDownlink& message) {
        if (self->state.request.port) self->state.request.port->send(message);
      },
      [self](LinkReceived& message) { on_received(self, message); },
      [self](const LinkClosed& message) { end(self, message.reason); },
  };
}

}  // namespace

LinkHandle spawn_link(caf::actor_system& system, ContextPtr context, LinkRequest request) {
  return system.spawn(link, std::move(context), std::move(request));
}

}  // namespace ff::gateway_server
