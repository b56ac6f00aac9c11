// Purges once a day what was deleted so long ago that nobody can have it back, where
// `is.delete.purge` wants it: ids are free then. Not how: that is expired_entities.hpp's. [spec
// cli: is-db cleanup, which operators of the reference run themselves]
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <functional>

#include "actors/support/local_message.hpp"
#include "actors/support/metrics.hpp"
#include "actors/support/reply.hpp"
#include "app/api/services/identity/expired_entities.hpp"

namespace ff::api {

/// INTERNAL: it is time for a run.
struct PurgeDue {};
/// INTERNAL: a run has ended.
struct PurgeEnded {
  Result<Purged> result;
};

}  // namespace ff::api
FF_LOCAL_MESSAGE(ff::api::PurgeDue)
FF_LOCAL_MESSAGE(ff::api::PurgeEnded)

namespace ff::api {

using ExpiryKeeper = caf::typed_actor<caf::reacts_to<PurgeDue>,     // INTERNAL: begins a run.
                                      caf::reacts_to<PurgeEnded>>;  // INTERNAL: a run has ended.

struct ExpiryKeeperConfig {
  actors::Metrics* metrics = nullptr;  // outlives the actor
  /// A bounded run, such as purge_expired(). Answers once, on any thread; must not block.
  std::function<void(actors::Reply<Purged>)> purge;
  Duration first = std::chrono::minutes{5};
  Duration period = std::chrono::hours{24};
  /// Between the runs of a day that one run does not suffice for.
  Duration pause = std::chrono::seconds{1};
};

/// One run at a time; a run that fails is done again after `period`.
ExpiryKeeper spawn_expiry_keeper(caf::actor_system& system, ExpiryKeeperConfig config);

}  // namespace ff::api
