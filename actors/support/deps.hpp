// What every component gets from the process: clock, ticker, committer, metrics, randomness. Copied
// freely.
#pragma once

#include <functional>
#include <memory>

#include "actors/support/clock.hpp"
#include "actors/support/committer.hpp"
#include "actors/support/loader.hpp"
#include "actors/support/metrics.hpp"
#include "actors/support/route.hpp"
#include "actors/support/ticker.hpp"
#include "protocol/base/random.hpp"

namespace ff::actors {

struct Deps {
  std::shared_ptr<const Clock> clock;
  Route<Ticker> ticker;
  Route<Committer> committer;
  Route<Loader> loader;
  Metrics* metrics = nullptr;  // outlives all actors
  /// A generator of its own for each actor: seeded from one seed in tests, the system's in
  /// production. Any thread.
  std::function<std::unique_ptr<Random>()> make_random;
};

}  // namespace ff::actors
