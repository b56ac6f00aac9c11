// Starts an interop client.
#pragma once

#include "actors/interop/config.hpp"
#include "actors/interop/interface.hpp"

namespace ff::interop {

ClientHandle spawn_client(caf::actor_system& system, ClientConfig config);

}  // namespace ff::interop
