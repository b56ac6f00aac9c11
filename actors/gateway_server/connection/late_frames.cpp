#include "actors/gateway_server/connection/late_frames.hpp"

namespace ff::gateway_server {
namespace {

constexpr Duration same_age_within = std::chrono::milliseconds{500};

/// Behind what the clock expects of the counter, zero when it is not; nothing when the clock does
/// not run, or the counter may have been started anew.
std::optional<Duration> counter_age(const schedule::RolloverClock& clock, std::uint32_t counter_us,
                                    UtcTime now) noexcept {
  const auto expected = clock.from_server_time(now);
  if (!expected) return std::nullopt;
  const Duration running = std::chrono::microseconds{counter_us};
  if (running <= now - *clock.synced_at() + LateFrames::delayed_min) return std::nullopt;
  const auto behind =
      static_cast<std::int32_t>(schedule::counter_at(*expected) - counter_us);  // nearest
  const Duration age = std::chrono::microseconds{behind};
  return age < LateFrames::delayed_min ? Duration::zero() : age;
}

Duration reported_age(std::optional<UtcTime> gateway_time, UtcTime now) noexcept {
  if (!gateway_time) return Duration::zero();
  const Duration age = now - *gateway_time;
  const bool is_old = age > LateFrames::answerable_max && age <= LateFrames::reported_age_max;
  return is_old ? age : Duration::zero();
}

Duration age_of(const schedule::RolloverClock& clock, const LateFrames::Heard& heard,
                UtcTime now) noexcept {
  if (heard.gps_time) return now - *heard.gps_time;
  const auto age = counter_age(clock, heard.counter_us, now);
  return age ? *age : reported_age(heard.gateway_time, now);
}

}  // namespace

LateFrames::Verdict LateFrames::judge(const schedule::RolloverClock& clock, const Heard& heard,
                                      UtcTime now) noexcept {
  const Verdict verdict{age_of(clock, heard, now)};
  if (verdict.may_sync()) {
    run_.reset();
    return verdict;
  }
  const auto difference = run_ ? verdict.age - run_->age : same_age_within;
  if (difference >= same_age_within || difference <= -same_age_within) {
    run_ = Run{verdict.age, now};
  } else if (now - run_->since >= settled_after) {
    return {};
  }
  return verdict;
}

}  // namespace ff::gateway_server
