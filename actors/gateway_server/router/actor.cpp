#include "actors/gateway_server/router/actor.hpp"

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <unordered_map>

#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/router/state.hpp"
#include "actors/support/shell.hpp"

namespace ff::gateway_server {
namespace {

struct Shell {
  static inline const char* name = "gateway_router";
  RouterState logic;
  std::unordered_map<GatewayId, ConnectionHandle> connections;
  std::unordered_map<caf::actor_addr, GatewayId> gateways;
};
using Pointer = RouterHandle::stateful_pointer<Shell>;

void run(Pointer self, DownlinkStep step) {
  if (auto* answer = std::get_if<AnswerDownlink>(&step))
    return answer->reply(std::move(answer->answer));
  const auto& path = std::get<TryPath>(step);
  const auto& connections = self->state.connections;
  const auto found = connections.find(path.gateway_id);
  if (found == connections.end()) {
    const Error error(not_connected, {{"gateway_uid", path.gateway_id.text()}});
    caf::anon_send(RouterHandle(self), PathAnswered{path.attempt, fail(error)});
    return;
  }
  const auto reply = [router = RouterHandle(self),
                      id = path.attempt](Result<ScheduledDownlink> answer) {
    caf::anon_send(router, PathAnswered{id, std::move(answer)});
  };
  caf::anon_send(found->second, ScheduleOnPath{path.frame, path.path, reply});
}

void forget(Pointer self, const caf::actor_addr& connection) {
  auto& state = self->state;
  const auto found = state.gateways.find(connection);
  if (found == state.gateways.end()) return;
  const auto gateway_id = std::move(found->second);
  state.gateways.erase(found);
  const auto known = state.connections.find(gateway_id);
  if (known != state.connections.end() && known->second.address() == connection)
    state.connections.erase(known);
  for (auto& step : state.logic.gateway_gone(gateway_id)) run(self, std::move(step));
}

void know(Pointer self, const KnowConnection& message) {
  auto& state = self->state;
  auto& known = state.connections[message.gateway_id];
  if (known && known != message.connection)
    caf::anon_send(known, Disconnect{Error(new_connection)});
  known = message.connection;
  state.gateways[message.connection.address()] = message.gateway_id;
  self->monitor(message.connection);
}

/// Passes a question about a gateway to its connection.
template <class ToConnection, class Question>
void ask_connection(Pointer self, const Question& question) {
  const auto& connections = self->state.connections;
  const auto found = connections.find(question.gateway_id);
  if (found == connections.end())
    return question.reply(fail(not_connected, {{"gateway_uid", question.gateway_id.text()}}));
  caf::anon_send(found->second, ToConnection{question.reply});
}

RouterSnapshot snapshot(const Shell& state) {
  RouterSnapshot out{state.connections.size(), state.logic.waiting(), {}};
  for (const auto& [gateway_id, connection] : state.connections) {
    if (out.gateways.size() == RouterSnapshot::gateways_max) break;
    out.gateways.push_back(gateway_id);
  }
  std::sort(out.gateways.begin(), out.gateways.end());
  return out;
}

RouterHandle::behavior_type router(Pointer self) {
  actors::prepare(self, Shell::name);
  self->set_down_handler([self](caf::down_msg& down) { forget(self, down.source); });
  return {
      [self](const ScheduleDownlink& message) { run(self, self->state.logic.start(message)); },
      [self](const GetGatewayStats& message) { ask_connection<GetConnectionStats>(self, message); },
      [self](const InspectGateway& message) { ask_connection<InspectConnection>(self, message); },
      [self](const InspectRouter& message) { message.reply(snapshot(self->state)); },
      [self](const KnowConnection& message) { know(self, message); },
      [self](const ForgetConnection& message) { forget(self, message.connection.address()); },
      [self](const PathAnswered& message) {
        if (auto step = self->state.logic.answered(message)) run(self, std::move(*step));
      },
  };
}

}  // namespace

RouterHandle spawn_router(caf::actor_system& system, bool own_thread) {
  if (own_thread) return system.spawn<caf::detached>(router);
  return system.spawn(router);
}

}  // namespace ff::gateway_server
