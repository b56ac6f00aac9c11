// RateLimiter: the limits an operator configured, found by the class of what is asked for
// [spec api-conventions §9]. Not who asks what: doors know their classes and keys.
#pragma once

#include <atomic>
#include <functional>
#include <initializer_list>
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

/// The limit of one door, as the profiles of the moment have it; without one, everything is
/// allowed. Keeps the limiter alive. Any thread.
class RateLimit {
 public:
  RateLimit() = default;
  /// Whether a profile limits this door now.
  explicit operator bool() const;
  /// Whether one may at some time: false for a door without a limiter.
  bool is_possible() const noexcept { return limiter_ != nullptr; }

  /// Counts one request of `key`.
  RateVerdict take(std::string_view key) const;
  /// The same; nothing when it is allowed, else rate_limit_exceeded.
  Status check(std::string_view key) const;
  /// What a refused request of `key` is told.
  Error exceeded(std::string_view key) const;

 private:
  friend class RateLimiter;
  RateLimit(std::shared_ptr<const RateLimiter> limiter, std::vector<std::string> classes)
      : limiter_(std::move(limiter)), classes_(std::move(classes)) {}

  std::shared_ptr<const RateLimiter> limiter_;
  std::vector<std::string> classes_;
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
  static Result<std::shared_ptr<RateLimiter>> make(std::vector<RateProfile> profiles,
                                                   std::size_t keys_max, Ports ports);
  ~RateLimiter();

  /// Other profiles for all doors, in force once the result is called: counts begin anew. Keeps the
  /// limiter alive. Error: invalid_rate; nothing has changed. Any thread.
  Result<std::function<void()>> prepare(std::vector<RateProfile> profiles, std::size_t keys_max);

  /// Of the first of `classes` that has a profile.
  RateLimit limit(std::initializer_list<std::string_view> classes) const;

 private:
  friend class RateLimit;
  struct Bucket;
  struct Profiles;
  using ProfilesPtr = std::shared_ptr<const Profiles>;

  explicit RateLimiter(Ports ports);
  Result<ProfilesPtr> build(std::vector<RateProfile> profiles, std::size_t keys_max) const;
  void use(const ProfilesPtr& profiles);
  /// Null: nobody is limited.
  ProfilesPtr profiles() const;

  Ports ports_;
  MonoTime start_;
  std::atomic<ProfilesPtr> profiles_;
  /// Whether there are any: most servers have none, and datagrams ask often.
  std::atomic<bool> has_profiles_{false};
};

/// The same; no limit if there is no limiter.
RateLimit limit_of(const std::shared_ptr<const RateLimiter>& maybe_limiter,
                   std::initializer_list<std::string_view> classes);

}  // namespace ff::net
