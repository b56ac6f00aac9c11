// What the registry's actors are given.
#pragma once

#include <functional>
#include <memory>

#include "actors/identity_server/policy/settings.hpp"
#include "actors/identity_server/registry/entity.hpp"
#include "actors/support/deps.hpp"

namespace ff::identity_server {

/// Immutable after start; lives as long as the actors.
struct RegistryContext {
  actors::Deps deps;
  const storage::Reader* store = nullptr;  // outlives the actors
  /// Own thread for the reader, because scans block; false in virtual time.
  bool own_thread = true;
  /// Changes that may wait for their turn; more are refused.
  std::size_t waiting_max = 4096;
  /// Changes written together.
  std::size_t turn_max = 256;
  /// Told of every durable change before its asker is answered (null: the entity is gone). Must not
  /// block. May be null.
  std::function<void(const storage::EntityKey&, const EntityPtr&)> changed;
  /// For access.
  SettingsPtr settings = std::make_shared<const Settings>();
};
using RegistryContextPtr = std::shared_ptr<const RegistryContext>;

}  // namespace ff::identity_server
