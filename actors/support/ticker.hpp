// The ticker: one source of 5 ms ticks for all actors with timer wheels. Silent while nobody has a
// timer. An actor is ticked when its next timer is due, not before: an activation costs
// microseconds, and hundreds of actors have timers that are seconds away.
#pragma once

#include <atomic>
#include <caf/actor.hpp>
#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <limits>
#include <memory>
#include <optional>

#include "actors/support/clock.hpp"
#include "actors/support/local_message.hpp"

namespace ff::actors {

/// From when on its owner wants ticks. The owner changes it as its timers change, the ticker reads
/// it: no message for each change.
class TickWish {
 public:
  /// Nothing: not until it is set again.
  void set(std::optional<MonoTime> from) noexcept {
    from_.store(from ? from->time_since_epoch().count() : never, std::memory_order_relaxed);
  }
  bool is_due(MonoTime now) const noexcept {
    return from_.load(std::memory_order_relaxed) <= now.time_since_epoch().count();
  }

 private:
  static constexpr Duration::rep never = std::numeric_limits<Duration::rep>::max();
  std::atomic<Duration::rep> from_{never};
};

/// Sent to a subscriber at every tick that it wishes for, until it unsubscribes.
struct Tick {};

/// A handle that can be told of ticks; every typed actor with a Tick handler converts to it.
using Ticked = caf::typed_actor<caf::reacts_to<Tick>>;

struct SubscribeTicks {
  Ticked subscriber;
  std::shared_ptr<const TickWish> wish;  // null: every tick
};
struct UnsubscribeTicks {
  Ticked subscriber;
};

using Ticker =
    caf::typed_actor<caf::reacts_to<SubscribeTicks>,    // Ticks from now on; twice is once.
                     caf::reacts_to<UnsubscribeTicks>,  // No ticks after this.
                     caf::reacts_to<Tick>>;             // INTERNAL: time to tick.

Ticker spawn_ticker(caf::actor_system& system, std::shared_ptr<const Clock> clock);

}  // namespace ff::actors
FF_LOCAL_MESSAGE(ff::actors::Tick)
FF_LOCAL_MESSAGE(ff::actors::SubscribeTicks)
FF_LOCAL_MESSAGE(ff::actors::UnsubscribeTicks)
