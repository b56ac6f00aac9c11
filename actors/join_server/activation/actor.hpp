// Starts the registry of activation settings.
#pragma once

#include <caf/fwd.hpp>

#include "actors/join_server/activation/interface.hpp"
#include "actors/join_server/activation/table.hpp"
#include "actors/support/deps.hpp"
#include "storage/codec/key_seal.hpp"
#include "storage/engine/engine.hpp"

namespace ff::join_server::activation {

struct RegistryConfig {
  actors::Deps deps;
  const storage::Reader* store = nullptr;  // outlives the actor
  TablePtr table;                          // it writes, others read
  storage::KeySealPtr key_seal;            // null: KEKs lie in clear
  bool own_thread = false;                 // it reads the store itself
};

/// When it returns, the table is filled; what a predecessor was writing follows. Blocking. Throws
/// std::runtime_error when the store can not be read.
RegistryHandle spawn_registry(caf::actor_system& system, RegistryConfig config);

}  // namespace ff::join_server::activation
