#include "actors/gateway_server/frontend_grpc/actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/gateway_server/link/actor.hpp"
#include "actors/support/shell.hpp"

namespace ff::gateway_server {
namespace {

struct Shell {
  static inline const char* name = "gateway_frontend_grpc";
  ContextPtr context;
  std::shared_ptr<LinkProbe> probe;
  std::shared_ptr<actors::Dependants> links = std::make_shared<actors::Dependants>();

  ~Shell() { links->end(); }
};
using Pointer = GrpcFrontendHandle::stateful_pointer<Shell>;

void open(Pointer self, const OpenLink& message) {
  const auto& state = self->state;
  spawn_link(self->system(), state.context,
             {message.connect, message.port, state.probe, state.links});
}

GrpcFrontendHandle::behavior_type frontend(Pointer self, ContextPtr context) {
  actors::prepare(self, Shell::name);
  auto& state = self->state;
  state.probe = std::make_shared<LinkProbe>(*context->deps.metrics, "grpc");
  state.context = std::move(context);
  return {[self](const OpenLink& message) { open(self, message); }};
}

}  // namespace

GrpcFrontendHandle spawn_grpc_frontend(caf::actor_system& system, ContextPtr context) {
  return system.spawn(frontend, std::move(context));
}

}  // namespace ff::gateway_server
