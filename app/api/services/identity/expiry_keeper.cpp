#include "app/api/services/identity/expiry_keeper.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <utility>

#include "actors/support/shell.hpp"

namespace ff::api {
namespace {

struct State {
  static inline const char* name = "expiry_keeper";
  ExpiryKeeperConfig config;
  prometheus::Counter* purged = nullptr;
};
using Pointer = ExpiryKeeper::stateful_pointer<State>;

void run_after(Pointer self, Duration wait) {
  caf::delayed_anon_send(ExpiryKeeper(self), wait, PurgeDue{});
}

void begin(Pointer self) {
  self->state.config.purge([handle = ExpiryKeeper(self)](Result<Purged> result) {
    caf::anon_send(handle, PurgeEnded{std::move(result)});
  });
}

void ended(Pointer self, const Result<Purged>& result) {
  const auto& config = self->state.config;
  if (!result) {
    spdlog::warn("msg=\"deleted entities are not purged\" error=\"{}\"",
                 result.error().to_string());
    return run_after(self, config.period);
  }
  self->state.purged->Increment(static_cast<double>(result->purged));
  if (result->purged + result->kept > 0)
    spdlog::info("msg=\"deleted entities are purged\" purged={} kept={}", result->purged,
                 result->kept);
  // What a run could not purge would be all that the next one finds.
  const bool goes_on = result->more && result->purged > 0;
  run_after(self, goes_on ? config.pause : config.period);
}

ExpiryKeeper::behavior_type keeper(Pointer self, ExpiryKeeperConfig config) {
  actors::prepare(self, State::name);
  auto& state = self->state;
  state.config = std::move(config);
  state.purged =
      &state.config.metrics->counter("farfield_is_entities_purged_total",
                                     "Entities purged because nobody can restore them any more.");
  run_after(self, state.config.first);
  return {
      [self](const PurgeDue&) { begin(self); },
      [self](const PurgeEnded& message) { ended(self, message.result); },
  };
}

}  // namespace

ExpiryKeeper spawn_expiry_keeper(caf::actor_system& system, ExpiryKeeperConfig config) {
  return system.spawn(keeper, std::move(config));
}

}  // namespace ff::api
