// The deterministic actor system of our tests: one thread, virtual time, nothing runs until asked.
#pragma once

#include <gtest/gtest.h>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <memory>

#include "actors/support/clock.hpp"
#include "actors/support/deps.hpp"
#include "storage/engine/memory_engine.hpp"

namespace ff::test {

/// Fixture with a test scheduler, a manual clock, a ticker, and a committer on a MemoryEngine.
class ActorFixture : public ::testing::Test {
 protected:
  ActorFixture();
  ~ActorFixture() override;

  /// Runs every actor until all mailboxes are empty. Returns how many messages were handled.
  std::size_t run();
  /// Moves both clocks on in ticks, running everything that becomes due.
  void advance(Duration by);

  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  std::shared_ptr<actors::ManualClock> clock;
  actors::Metrics metrics;
  storage::MemoryEngine engine;
  actors::Deps deps;
};

}  // namespace ff::test
