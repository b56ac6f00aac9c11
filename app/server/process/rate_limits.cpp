#include "app/server/process/rate_limits.hpp"

#include <map>

namespace ff::app {
namespace {

constexpr std::size_t default_keys_max = 4096;  // [spec api-conventions §9]

using Counters = std::map<std::string, prometheus::Counter*>;

}  // namespace

Result<std::shared_ptr<const net::RateLimiter>> make_rate_limiter(
    const config::RateLimiting& settings, std::shared_ptr<const actors::Clock> clock,
    actors::Metrics& metrics, Random& random) {
  if (settings.profiles.empty()) return std::shared_ptr<const net::RateLimiter>();
  std::vector<net::RateProfile> profiles;
  Counters counters;
  for (const auto& profile : settings.profiles) {
    profiles.push_back(
        {profile.name, profile.max_per_min, profile.max_burst, profile.associations});
    counters[profile.name] =
        &metrics.counter("farfield_rate_limit_refused_total", "Requests refused by a rate limit.",
                         {{"profile", profile.name}});
  }
  const auto keys_max = settings.keys_max > 0 ? settings.keys_max : default_keys_max;
  return net::RateLimiter::make(
      std::move(profiles), keys_max,
      {.now = [clock = std::move(clock)] { return clock->now().mono; },
       .seed = random.next(),
       .on_refused = [counters = std::move(counters)](
                         const std::string& profile) { counters.at(profile)->Increment(); }});
}

}  // namespace ff::app
