// The ticker: one source of 5 ms ticks for all actors with timer wheels. Silent while nobody has a
// timer.
#pragma once

#include <caf/actor.hpp>
#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/support/local_message.hpp"

namespace ff::actors {

/// Sent to a subscriber at every tick until it unsubscribes.
struct Tick {};

/// A handle that can be told of ticks; every typed actor with a Tick handler converts to it.
using Ticked = caf::typed_actor<caf::reacts_to<Tick>>;

struct SubscribeTicks {
  Ticked subscriber;
};
struct UnsubscribeTicks {
  Ticked subscriber;
};

using Ticker =
    caf::typed_actor<caf::reacts_to<SubscribeTicks>,    // Ticks from now on; twice is once.
                     caf::reacts_to<UnsubscribeTicks>,  // No ticks after this.
                     caf::reacts_to<Tick>>;             // INTERNAL: time to tick.

Ticker spawn_ticker(caf::actor_system& system);

}  // namespace ff::actors
FF_LOCAL_MESSAGE(ff::actors::Tick)
FF_LOCAL_MESSAGE(ff::actors::SubscribeTicks)
FF_LOCAL_MESSAGE(ff::actors::UnsubscribeTicks)
