#include "actors/gateway_server/router/actor.hpp"

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <unordered_map>

#include "actors/gateway_server/connection/admission.hpp"
#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/router/state.hpp"
#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"

namespace ff::gateway_server {
namespace {

/// Of a connection that was announced; it may have been replaced by a newer one of its gateway.
struct Announced {
  GatewayId gateway_id;
  ConnectionNumber number;
};

/// A gateway's newest connection, and how many older ones have not ended yet.
struct Known {
  ConnectionHandle connection;
  bool authenticated = false;
  bool registered = false;
  std::size_t older = 0;
};

struct Shell {
  static inline const char* name = "gateway_router";
  RouterState logic;
  std::optional<actors::MailboxProbe> mailbox;
  std::shared_ptr<GatewayMemories> memories;
  std::unordered_map<GatewayId, Known> connections;
  std::unordered_map<caf::actor_addr, Announced> announced;
  std::uint64_t last_number = 0;

  /// Connections do not monitor it [actors/support/dependants.hpp]; they are to know its successor.
  ~Shell() {
    for (const auto& [gateway_id, known] : connections)
      caf::anon_send(known.connection, AnnounceAgain{std::chrono::milliseconds{100}});
  }
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
  const auto& connection = found->second.connection;
  self->state.logic.asked(path.attempt, self->state.announced.at(connection.address()).number);
  caf::anon_send(connection, ScheduleOnPath{path.frame, path.path, reply});
}

/// Tells a connection what is known of its gateway, which may be nothing.
void recall(Pointer self, const GatewayId& gateway_id, const ConnectionHandle& connection) {
  const auto& memories = self->state.memories;
  if (!memories) return caf::anon_send(connection, MemoryRecalled{});
  memories->recall(gateway_id, [connection](Result<GatewayMemory> memory) {
    caf::anon_send(connection, MemoryRecalled{memory ? *std::move(memory) : GatewayMemory{}});
  });
}

/// An older connection of the gateway has ended. It may have said nothing to its heir: then what it
/// had stored is what there is. Whoever was told already does not count it again.
void on_older_ended(Pointer self, const GatewayId& gateway_id, Known& known) {
  if (--known.older == 0) recall(self, gateway_id, known.connection);
}

void forget(Pointer self, const caf::actor_addr& connection) {
  auto& state = self->state;
  const auto found = state.announced.find(connection);
  if (found == state.announced.end()) return;
  const auto gone = std::move(found->second);
  state.announced.erase(found);
  const auto known = state.connections.find(gone.gateway_id);
  if (known != state.connections.end()) {
    if (known->second.connection.address() == connection)
      state.connections.erase(known);
    else if (known->second.older > 0)
      on_older_ended(self, gone.gateway_id, known->second);
  }
  for (auto& step : state.logic.connection_gone(gone.number)) run(self, std::move(step));
}

void know(Pointer self, const KnowConnection& message) {
  auto& state = self->state;
  auto& known = state.connections[message.gateway_id];
  if (known.connection == message.connection) return;
  if (known.connection && known.authenticated && !message.authenticated) {
    const Error refusal(unauthenticated_gateway_connection);
    return caf::anon_send(message.connection, Disconnect{refusal});
  }
  if (known.connection && known.registered && !message.registered) {
    const Error refusal(gateway_not_registered, {{"gateway_uid", message.gateway_id.text()}});
    return caf::anon_send(message.connection, Disconnect{refusal});
  }
  // What was sent until now counts for the new connection, too.
  if (known.connection) {
    auto heir = [heir = message.connection](const GatewayMemory& memory) {
      caf::anon_send(heir, MemoryRecalled{memory});
    };
    caf::anon_send(known.connection, Disconnect{Error(new_connection), std::move(heir)});
    ++known.older;
  } else {
    recall(self, message.gateway_id, message.connection);
  }
  known.connection = message.connection;
  known.authenticated = message.authenticated;
  known.registered = message.registered;
  state.announced[message.connection.address()] = {message.gateway_id,
                                                   ConnectionNumber{++state.last_number}};
  self->monitor(message.connection);
}

/// A question on its way to a connection. One that ends drops what it has not read: the router,
/// which hears of the end, then answers itself.
template <class Question>
class Asked {
 public:
  Asked(RouterHandle router, Question question)
      : router_(std::move(router)), question_(std::move(question)) {}
  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;
  ~Asked() {
    if (question_.reply) caf::anon_send(router_, std::move(question_));
  }

  template <class Answer>
  void answer(Answer answer) {
    std::exchange(question_.reply, nullptr)(std::move(answer));
  }

 private:
  RouterHandle router_;
  Question question_;
};

/// Passes a question about a gateway to its connection; whether there is one.
template <class ToConnection, class Question>
bool ask_connection(Pointer self, const Question& question) {
  const auto& connections = self->state.connections;
  const auto found = connections.find(question.gateway_id);
  if (found == connections.end()) return false;
  auto asked = std::make_shared<Asked<Question>>(RouterHandle(self), question);
  caf::anon_send(found->second.connection, ToConnection{[asked = std::move(asked)](auto answer) {
                   asked->answer(std::move(answer));
                 }});
  return true;
}

/// Of a gateway that is connected.
template <class ToConnection, class Question>
void ask_connected(Pointer self, const Question& question) {
  if (!ask_connection<ToConnection>(self, question))
    question.reply(fail(not_connected, {{"gateway_uid", question.gateway_id.text()}}));
}

void get_stats(Pointer self, const GetGatewayStats& message) {
  if (ask_connection<GetConnectionStats>(self, message)) return;
  const auto& state = self->state;
  if (!state.memories)
    return message.reply(fail(not_connected, {{"gateway_uid", message.gateway_id.text()}}));
  state.memories->recall(message.gateway_id, [reply = message.reply](Result<GatewayMemory> memory) {
    if (!memory) return reply(fail(memory.error()));
    reply(last_stats(*std::move(memory)));
  });
}

void change(Pointer self, const GatewayChanged& message) {
  const auto& connections = self->state.connections;
  if (const auto found = connections.find(message.ids.gateway_id); found != connections.end()) {
    if (message.settings) {
      caf::anon_send(found->second.connection, RegistryAnswered{*message.settings});
    } else {
      const Error gone(gateway_not_registered, {{"gateway_uid", message.ids.gateway_id.text()}});
      caf::anon_send(found->second.connection, Disconnect{gone});
    }
  }
  if (!message.settings || !message.ids.eui) return;
  // It was connected before it was registered.
  const auto unregistered = connections.find(synthetic_gateway_id(*message.ids.eui));
  if (unregistered != connections.end() && unregistered->first != message.ids.gateway_id)
    caf::anon_send(unregistered->second.connection, Disconnect{Error(gateway_changed)});
}

void check_rights(Pointer self, const GatewayRightsChanged& message) {
  const auto& connections = self->state.connections;
  const auto found = connections.find(message.gateway_id);
  if (found != connections.end()) caf::anon_send(found->second.connection, RightsChanged{});
}

RouterSnapshot snapshot(const Shell& state) {
  RouterSnapshot out{state.connections.size(), state.logic.waiting(), {}};
  for (const auto& [gateway_id, known] : state.connections) {
    if (out.gateways.size() == RouterSnapshot::gateways_max) break;
    out.gateways.push_back(gateway_id);
  }
  std::sort(out.gateways.begin(), out.gateways.end());
  return out;
}

RouterHandle::behavior_type router(Pointer self, const actors::MailboxProbe& mailbox,
                                   std::shared_ptr<GatewayMemories> memories) {
  actors::prepare(self, Shell::name);
  self->state.mailbox.emplace(mailbox);
  self->state.memories = std::move(memories);
  self->set_down_handler([self](caf::down_msg& down) { forget(self, down.source); });
  return {
      [self](const ScheduleDownlink& message) {
        self->state.mailbox->sample(*self);
        run(self, self->state.logic.start(message));
      },
      [self](const GetGatewayStats& message) { get_stats(self, message); },
      [self](const InspectGateway& message) { ask_connected<InspectConnection>(self, message); },
      [self](const FindStationControl& message) {
        ask_connected<GetStationControl>(self, message);
      },
      [self](const InspectRouter& message) { message.reply(snapshot(self->state)); },
      [self](const GatewayChanged& message) { change(self, message); },
      [self](const GatewayRightsChanged& message) { check_rights(self, message); },
      [self](const KnowConnection& message) { know(self, message); },
      [self](const ForgetConnection& message) { forget(self, message.connection.address()); },
      [self](const PathAnswered& message) {
        if (auto step = self->state.logic.answered(message)) run(self, std::move(*step));
      },
  };
}

}  // namespace

RouterHandle spawn_router(caf::actor_system& system, actors::Metrics& metrics,
                          std::shared_ptr<GatewayMemories> memories, bool own_thread) {
  const actors::MailboxProbe mailbox(metrics, Shell::name);
  if (own_thread) return system.spawn<caf::detached>(router, mailbox, std::move(memories));
  return system.spawn(router, mailbox, std::move(memories));
}

}  // namespace ff::gateway_server
