#include "actors/gateway_server/connection/late_frames.hpp"

namespace ff::gateway_server {
namespace {

constexpr Duration same_age_within = std::chrono::milliseconds{500};

/// Behind what the clock expects of the counter; zero when it is not, or was started anew.
Duration counter_age(const schedule::RolloverClock& clock, std::uint32_t counter_us,
                     UtcTime now) noexcept {
  const auto expected = clock.from_server_time(now);
  if (!expected) return Duration::zero();
  const auto behind =
      static_cast<std::int32_t>(schedule::counter_at(*expected) - counter_us);  // nearest
  const Duration age = std::chrono::microseconds{behind};
  const Duration running = std::chrono::microseconds{counter_us};
  const auto since_sample = now - *clock.synced_at();
  if (age < LateFrames::delayed_min || running <= since_sample + LateFrames::delayed_min)
    return Duration::zero();
  return age;
}

}  // namespace

LateFrames::Verdict LateFrames::judge(const schedule::RolloverClock& clock,
                                      std::uint32_t counter_us, std::optional<UtcTime> gps_time,
                                      UtcTime now) noexcept {
  Verdict verdict{gps_time ? now - *gps_time : counter_age(clock, counter_us, now)};
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
