// From `rate-limiting.*` to the limiter that all doors of the process ask.
#pragma once

#include <functional>
#include <memory>

#include "actors/support/clock.hpp"
#include "actors/support/metrics.hpp"
#include "config/config.hpp"
#include "net/rate_limit/rate_limiter.hpp"
#include "protocol/base/random.hpp"

namespace ff::app {

/// Refusals are counted in `farfield_rate_limit_refused_total{profile}`. `metrics` outlives it.
/// Error: invalid_rate.
Result<std::shared_ptr<net::RateLimiter>> make_rate_limiter(
    const config::RateLimiting& settings, std::shared_ptr<const actors::Clock> clock,
    actors::Metrics& metrics, Random& random);

/// Other settings for the same limiter, in force once the result is called. Error: invalid_rate.
Result<std::function<void()>> prepare_rate_limits(net::RateLimiter& limiter,
                                                  const config::RateLimiting& settings,
                                                  actors::Metrics& metrics);

}  // namespace ff::app
