// RateLimiter: the limits an operator configured, found by the class of what is asked for
// [spec api-conventions §9]. Not who asks what: doors know their classes and keys.
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/rate_limit/bucket_table.hpp"
#include "protocol/base/result.hpp"

namespace ff::net {

inline constexpr ErrorDef invalid_rate{"pkg/ratelimit", "invalid_rate", Code::invalid_argument,
                                       "invalid rate `{rate}` for profile `{name}`"};
inline constexpr ErrorDef rate_limit_exceeded{
    "pkg/ratelimit", "rate_limit_exceeded", Code::resource_exhausted,
    "rate limit of `{rate}` accesses per minute exceeded for resource `{key}`"};

struct RateProfile {
  std::string name;
  std::uint32_t max_per_minute = 0;
  std::uint32_t max_burst = 0;            ///< 0: `max_per_minute`.
  std::vector<std::string> associations;  ///< Classes.
};

class RateLimiter;

/// The limit of one door; without one, everything is allowed. Cheap to copy, keeps the limiter
/// alive. Any thread.
class RateLimit {
 public:
  RateLimit() = default;
  explicit operator bool() const noexcept { return bucket_ != nullptr; }

  /// Counts one request of `key`.
  RateVerdict take(std::string_view key) const;
  /// The same; nothing when it is allowed, else rate_limit_exceeded.
  Status check(std::string_view key) const;
  /// What a refused request of `key` is told.
  Error exceeded(std::string_view key) const;

 private:
  friend class RateLimiter;
  struct Bucket;
  RateLimit(std::shared_ptr<const RateLimiter> limiter, Bucket* bucket)
      : limiter_(std::move(limiter)), bucket_(bucket) {}

  std::shared_ptr<const RateLimiter> limiter_;
  Bucket* bucket_ = nullptr;
};

class RateLimiter : public std::enable_shared_from_this<RateLimiter> {
 public:
  struct Ports {
    std::function<MonoTime()> now;  ///< Any thread.
    std::uint64_t seed = 0;         ///< Secret in production.
    /// Told of every refusal; any thread. May be null.
    std::function<void(const std::string& profile)> on_refused;
  };
  /// `keys_max` (1 or more) for each profile. A class that two profiles name belongs to the first.
  /// Error: invalid_rate.
  static Result<std::shared_ptr<const RateLimiter>> make(std::vector<RateProfile> profiles,
                                                         std::size_t keys_max, Ports ports);
  ~RateLimiter();

  /// Of the first of `classes` that has a profile.
  RateLimit limit(std::initializer_list<std::string_view> classes) const;

 private:
  friend class RateLimit;
  explicit RateLimiter(Ports ports);
  Status add(RateProfile profile, std::size_t keys_max);

  Ports ports_;
  MonoTime start_;
  std::vector<std::unique_ptr<RateLimit::Bucket>> buckets_;
  std::map<std::string, RateLimit::Bucket*, std::less<>> by_class_;
};

/// The same; no limit if there is no limiter.
RateLimit limit_of(const std::shared_ptr<const RateLimiter>& maybe_limiter,
                   std::initializer_list<std::string_view> classes);

}  // namespace ff::net
