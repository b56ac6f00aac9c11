#include "net/rate_limit/rate_limiter.hpp"

namespace ff::net {

struct RateLimit::Bucket {
  std::string profile;
  std::uint32_t per_minute;
  BucketTable table;
};

RateVerdict RateLimit::take(std::string_view key) const {
  if (bucket_ == nullptr) return {};
  const auto verdict = bucket_->table.take(key, limiter_->ports_.now() - limiter_->start_);
  if (!verdict.allowed && limiter_->ports_.on_refused)
    limiter_->ports_.on_refused(bucket_->profile);
  return verdict;
}

Error RateLimit::exceeded(std::string_view key) const {
  return Error(rate_limit_exceeded, {{"rate", std::to_string(bucket_ ? bucket_->per_minute : 0)},
                                     {"key", std::string(key)}});
}

Status RateLimit::check(std::string_view key) const {
  if (take(key).allowed) return {};
  return fail(exceeded(key));
}

RateLimiter::RateLimiter(Ports ports) : ports_(std::move(ports)), start_(ports_.now()) {}
RateLimiter::~RateLimiter() = default;

Result<std::shared_ptr<const RateLimiter>> RateLimiter::make(std::vector<RateProfile> profiles,
                                                             std::size_t keys_max, Ports ports) {
  std::shared_ptr<RateLimiter> limiter(new RateLimiter(std::move(ports)));
  for (auto& profile : profiles) FF_CHECK(limiter->add(std::move(profile), keys_max));
  return limiter;
}

Status RateLimiter::add(RateProfile profile, std::size_t keys_max) {
  const auto rate = profile.max_per_minute;
  const auto burst = profile.max_burst != 0 ? profile.max_burst : std::min(rate, Quota::burst_max);
  if (rate == 0 || rate > Quota::per_minute_max || burst > Quota::burst_max)
    return fail(invalid_rate, {{"rate", std::to_string(rate)}, {"name", profile.name}});
  auto bucket = std::make_unique<RateLimit::Bucket>(
      RateLimit::Bucket{profile.name, rate,
                        BucketTable(Quota(rate, burst), keys_max, ports_.seed + buckets_.size())});
  for (const auto& name : profile.associations) by_class_.emplace(name, bucket.get());
  buckets_.push_back(std::move(bucket));
  return {};
}

RateLimit RateLimiter::limit(std::initializer_list<std::string_view> classes) const {
  for (const auto name : classes) {
    const auto found = by_class_.find(name);
    if (found != by_class_.end()) return {shared_from_this(), found->second};
  }
  return {};
}

RateLimit limit_of(const std::shared_ptr<const RateLimiter>& maybe_limiter,
                   std::initializer_list<std::string_view> classes) {
  return maybe_limiter ? maybe_limiter->limit(classes) : RateLimit();
}

}  // namespace ff::net
