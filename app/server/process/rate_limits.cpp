#include "app/server/process/rate_limits.hpp"

namespace ff::app {
namespace {

constexpr std::size_t default_keys_max = 4096;  // [spec api-conventions §9]

prometheus::Counter& refused(actors::Metrics& metrics, const std::string& profile) {
  return metrics.counter("farfield_rate_limit_refused_total", "Requests refused by a rate limit.",
                         {{"profile", profile}});
}

std::size_t keys_max(const config::RateLimiting& settings) {
  return settings.keys_max > 0 ? settings.keys_max : default_keys_max;
}

/// Their counters are shown from now on.
std::vector<net::RateProfile> profiles_of(const config::RateLimiting& settings,
                                          actors::Metrics& metrics) {
  std::vector<net::RateProfile> profiles;
  for (const auto& profile : settings.profiles) {
    profiles.push_back(
        {profile.name, profile.max_per_min, profile.max_burst, profile.associations});
    refused(metrics, profile.name);
  }
  return profiles;
}

}  // namespace

Result<std::shared_ptr<net::RateLimiter>> make_rate_limiter(
    const config::RateLimiting& settings, std::shared_ptr<const actors::Clock> clock,
    actors::Metrics& metrics, Random& random) {
  return net::RateLimiter::make(
      profiles_of(settings, metrics), keys_max(settings),
      {.now = [clock = std::move(clock)] { return clock->now().mono; },
       .seed = random.next(),
       .on_refused =
           [&metrics](const std::string& profile) { refused(metrics, profile).Increment(); }});
}

Result<std::function<void()>> prepare_rate_limits(net::RateLimiter& limiter,
                                                  const config::RateLimiting& settings,
                                                  actors::Metrics& metrics) {
  return limiter.prepare(profiles_of(settings, metrics), keys_max(settings));
}

}  // namespace ff::app
