// Calls functions when their time is up: the time-outs of requests from the API to actors. Not for
// timers of actors, which have wheels of their own.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <functional>
#include <memory>

#include "actors/support/clock.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/route.hpp"
#include "actors/support/ticker.hpp"

namespace ff::api {

/// `expired` is called on the keeper's thread, once, if it is still alive then; must not block.
struct StartDeadline {
  Duration within{0};
  std::weak_ptr<const std::function<void()>> expired;
};

}  // namespace ff::api
FF_LOCAL_MESSAGE(ff::api::StartDeadline)

namespace ff::api {

using DeadlineKeeper =
    caf::typed_actor<caf::reacts_to<StartDeadline>,  // Calls `expired` when the time is up.
                     caf::reacts_to<actors::Tick>>;  // INTERNAL: time has passed.

DeadlineKeeper spawn_deadline_keeper(caf::actor_system& system,
                                     std::shared_ptr<const actors::Clock> clock,
                                     const actors::Route<actors::Ticker>& ticker);

}  // namespace ff::api
