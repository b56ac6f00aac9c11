// From `rate-limiting.*` to the limiter that all doors of the process ask.
#pragma once

#include <memory>

#include "actors/support/clock.hpp"
#include "actors/support/metrics.hpp"
#include "config/config.hpp"
#include "net/rate_limit/rate_limiter.hpp"
#include "protocol/base/random.hpp"

namespace ff::app {

/// Null without profiles: nobody is limited. Refusals are counted in
/// `farfield_rate_limit_refused_total{profile}`. `metrics` outlives it. Error: invalid_rate.
Result<std::shared_ptr<const net::RateLimiter>> make_rate_limiter(
    const config::RateLimiting& settings, std::shared_ptr<const actors::Clock> clock,
    actors::Metrics& metrics, Random& random);

}  // namespace ff::app
