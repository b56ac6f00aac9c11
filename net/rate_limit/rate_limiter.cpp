#include "net/rate_limit/rate_limiter.hpp"

#include <algorithm>
#include <map>

namespace ff::net {

struct RateLimiter::Bucket {
  std::string profile;
  std::uint32_t per_minute;
  BucketTable table;
};

/// What an operator wrote at one time.
struct RateLimiter::Profiles {
  std::vector<std::unique_ptr<Bucket>> buckets;
  std::map<std::string, Bucket*, std::less<>> by_class;

  /// Null: none of them has a profile.
  Bucket* find(const std::vector<std::string>& classes) const {
    for (const auto& name : classes) {
      const auto found = by_class.find(name);
      if (found != by_class.end()) return found->second;
    }
    return nullptr;
  }
};

RateLimit::operator bool() const {
  if (!limiter_) return false;
  const auto profiles = limiter_->profiles();
  return profiles && profiles->find(classes_) != nullptr;
}

RateVerdict RateLimit::take(std::string_view key) const {
  if (!limiter_) return {};
  const auto profiles = limiter_->profiles();
  auto* bucket = profiles ? profiles->find(classes_) : nullptr;
  if (bucket == nullptr) return {};
  const auto& ports = limiter_->ports_;
  const auto verdict = bucket->table.take(key, ports.now() - limiter_->start_);
  if (!verdict.allowed && ports.on_refused) ports.on_refused(bucket->profile);
  return verdict;
}

Error RateLimit::exceeded(std::string_view key) const {
  const auto profiles = limiter_ ? limiter_->profiles() : nullptr;
  const auto* bucket = profiles ? profiles->find(classes_) : nullptr;
  return Error(rate_limit_exceeded, {{"rate", std::to_string(bucket ? bucket->per_minute : 0)},
                                     {"key", std::string(key)}});
}

Status RateLimit::check(std::string_view key) const {
  if (take(key).allowed) return {};
  return fail(exceeded(key));
}

RateLimiter::RateLimiter(Ports ports) : ports_(std::move(ports)), start_(ports_.now()) {}
RateLimiter::~RateLimiter() = default;

Result<std::shared_ptr<RateLimiter>> RateLimiter::make(std::vector<RateProfile> profiles,
                                                       std::size_t keys_max, Ports ports) {
  std::shared_ptr<RateLimiter> limiter(new RateLimiter(std::move(ports)));
  FF_TRY(const auto use, limiter->prepare(std::move(profiles), keys_max));
  use();
  return limiter;
}

Result<std::function<void()>> RateLimiter::prepare(std::vector<RateProfile> profiles,
                                                   std::size_t keys_max) {
  FF_TRY(auto built, build(std::move(profiles), keys_max));
  return std::function<void()>(
      [self = shared_from_this(), built = std::move(built)] { self->use(built); });
}

void RateLimiter::use(const ProfilesPtr& profiles) {
  profiles_.store(profiles);
  has_profiles_ = profiles != nullptr;
}

RateLimiter::ProfilesPtr RateLimiter::profiles() const {
  return has_profiles_ ? profiles_.load() : nullptr;
}

Result<RateLimiter::ProfilesPtr> RateLimiter::build(std::vector<RateProfile> profiles,
                                                    std::size_t keys_max) const {
  if (profiles.empty()) return ProfilesPtr();
  auto out = std::make_shared<Profiles>();
  for (auto& profile : profiles) {
    const auto rate = profile.max_per_minute;
    const auto burst =
        profile.max_burst != 0 ? profile.max_burst : std::min(rate, Quota::burst_max);
    if (rate == 0 || rate > Quota::per_minute_max || burst > Quota::burst_max)
      return fail(invalid_rate, {{"rate", std::to_string(rate)}, {"name", profile.name}});
    const auto seed = ports_.seed + out->buckets.size();
    out->buckets.push_back(std::make_unique<Bucket>(
        Bucket{std::move(profile.name), rate, BucketTable(Quota(rate, burst), keys_max, seed)}));
    for (auto& name : profile.associations)
      out->by_class.emplace(std::move(name), out->buckets.back().get());
  }
  return ProfilesPtr(std::move(out));
}

RateLimit RateLimiter::limit(std::initializer_list<std::string_view> classes) const {
  return {shared_from_this(), {classes.begin(), classes.end()}};
}

RateLimit limit_of(const std::shared_ptr<const RateLimiter>& maybe_limiter,
                   std::initializer_list<std::string_view> classes) {
  return maybe_limiter ? maybe_limiter->limit(classes) : RateLimit();
}

}  // namespace ff::net
