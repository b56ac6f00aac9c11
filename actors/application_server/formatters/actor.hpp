// Starting the pool of formatter workers.
#pragma once

#include <caf/fwd.hpp>

#include "actors/application_server/formatters/config.hpp"
#include "actors/application_server/formatters/interface.hpp"
#include "actors/support/deps.hpp"
#include "net/child/child.hpp"

namespace ff::application_server {

struct FormattersContext {
  FormattersConfig config;
  actors::Deps deps;
  net::ChildRunner* children = nullptr;  // outlives the actor
};

/// Starts the workers; they end with the actor.
FormattersActor spawn_formatters(caf::actor_system& system, FormattersContext context);

}  // namespace ff::application_server
