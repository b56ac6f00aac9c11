// INTERNAL: what the connections of one MQTT listener share.
#pragma once

#include <caf/fwd.hpp>

#include <memory>

#include "actors/gateway_server/connection/context.hpp"
#include "actors/gateway_server/frontend_mqtt/format.hpp"
#include "actors/gateway_server/link/probe.hpp"
#include "actors/support/dependants.hpp"
#include "actors/support/log_budget.hpp"

namespace ff::gateway_server {

/// Immutable; lives as long as connections.
struct MqttContext {
  ContextPtr context;
  const MqttFormat* format = nullptr;
  std::shared_ptr<LinkProbe> probe;
  caf::actor_system* system = nullptr;
  std::shared_ptr<actors::Dependants> links;  // of this listener
  std::shared_ptr<actors::LogBudget> refusal_lines;
};
using MqttContextPtr = std::shared_ptr<const MqttContext>;

}  // namespace ff::gateway_server
