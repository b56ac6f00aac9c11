#include "actors/gateway_server/connection/late_frames.hpp"

namespace ff::gateway_server {
namespace {

constexpr Duration same_age_within = std::chrono::milliseconds{500};
/// Between what a counter says, and a gateway's clock that is set now and then.
constexpr Duration same_time_within = std::chrono::minutes{1};
constexpr Duration period = schedule::RolloverClock::counter_period;

/// Behind what the clock expects of the counter, by half a period at most; negative: ahead. Nothing
/// when the clock does not run, or the counter may have been started anew.
std::optional<Duration> behind_of(const schedule::RolloverClock& clock, std::uint32_t counter_us,
                                  UtcTime now) noexcept {
  const auto expected = clock.from_server_time(now);
  if (!expected) return std::nullopt;
  const Duration running = std::chrono::microseconds{counter_us};
  if (running <= now - *clock.synced_at() + LateFrames::delayed_min) return std::nullopt;
  const auto behind =
      static_cast<std::int32_t>(schedule::counter_at(*expected) - counter_us);  // nearest
  return std::chrono::microseconds{behind};
}

/// Whether the two differ by whole periods.
bool is_same_but_for_periods(Duration age, Duration behind) noexcept {
  const auto rest = (age - behind) % period;
  return rest <= same_time_within || rest >= period - same_time_within;
}

}  // namespace

Duration LateFrames::reported_age(const Heard& heard, UtcTime now) const noexcept {
  if (!heard.gateway_time) return Duration::zero();
  const Duration age = now - *heard.gateway_time - gateway_behind_;
  const bool is_old = age > answerable_max && age <= reported_age_max;
  return is_old ? age : Duration::zero();
}

Duration LateFrames::age_of(std::optional<Duration> behind, const Heard& heard,
                            UtcTime now) const noexcept {
  if (heard.gps_time) return now - *heard.gps_time;
  const auto reported = reported_age(heard, now);
  if (!behind || *behind <= -delayed_min) return reported;
  if (reported > period / 2 && is_same_but_for_periods(reported, *behind)) return reported;
  return *behind < delayed_min ? Duration::zero() : *behind;
}

void LateFrames::came_at_once(const Heard& heard, UtcTime now) noexcept {
  if (heard.gateway_time) gateway_behind_ = now - *heard.gateway_time;
}

LateFrames::Verdict LateFrames::judge(const schedule::RolloverClock& clock, const Heard& heard,
                                      UtcTime now) noexcept {
  const auto behind = behind_of(clock, heard.counter_us, now);
  const Verdict verdict{age_of(behind, heard, now)};
  if (verdict.may_sync()) {
    run_.reset();
    // What neither GPS nor counter tells is only taken for new.
    if (heard.gps_time || (behind && *behind > -delayed_min)) came_at_once(heard, now);
    return verdict;
  }
  const auto difference = run_ ? verdict.age - run_->age : same_age_within;
  if (difference >= same_age_within || difference <= -same_age_within) {
    run_ = Run{verdict.age, now};
  } else if (now - run_->since >= settled_after) {
    came_at_once(heard, now);
    return {};
  }
  return verdict;
}

}  // namespace ff::gateway_server
