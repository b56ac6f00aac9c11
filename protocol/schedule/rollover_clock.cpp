#include "protocol/schedule/rollover_clock.hpp"

namespace ff::schedule {
namespace {

Duration from_counter(std::uint32_t counter_us) noexcept {
  return std::chrono::microseconds{counter_us};
}

/// `duration` to the nearest multiple of the counter's period, halves upwards.
std::int64_t periods_in(Duration duration) noexcept {
  const auto period = RolloverClock::counter_period.count();
  const auto shifted = duration.count() + period / 2;
  return shifted >= 0 ? shifted / period : -((-shifted + period - 1) / period);
}

}  // namespace

std::uint32_t counter_at(ConcentratorTime time) noexcept {
  const auto us = std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count();
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(us));
}

std::optional<UtcTime> RolloverClock::synced_at() const noexcept {
  if (!sync_) return std::nullopt;
  return sync_->other;
}

bool RolloverClock::is_jump(const Sample& from, const Sample& to) noexcept {
  const auto drift = (to.concentrator - from.concentrator) - (to.other - from.other);
  return drift > out_of_order_max || drift < -reorder_time_max;
}

bool RolloverClock::continues(const RolloverClock& before) const noexcept {
  return sync_ && before.sync_ && !is_jump(*before.sync_, *sync_);
}

ConcentratorTime RolloverClock::sync(std::uint32_t counter_us, UtcTime server,
                                     std::optional<UtcTime> gateway) noexcept {
  if (!sync_) {
    const auto first = ConcentratorTime{from_counter(counter_us)};
    sync_at(first, server, gateway);
    return first;
  }
  const auto passed_server = server - sync_->other;
  auto passed = from_counter(counter_us) - from_counter(counter_at(sync_->concentrator));
  passed += periods_in(passed_server - passed) * counter_period;
  while (passed < -out_of_order_max) passed += counter_period;
  const auto now = sync_->concentrator + passed;
  if (passed < Duration::zero() && passed_server <= reorder_time_max) return now;
  sync_at(now, server, gateway);
  return now;
}

void RolloverClock::sync_at(ConcentratorTime concentrator, UtcTime server,
                            std::optional<UtcTime> gateway) noexcept {
  const Sample sample{concentrator, server};
  if (sync_ && is_jump(*sync_, sample)) gps_.reset();
  sync_ = sample;
  if (gateway) gps_ = Sample{concentrator, *gateway};
  if (gps_ && concentrator - gps_->concentrator > gateway_time_age_max) gps_.reset();
}

ConcentratorTime RolloverClock::unroll(std::uint32_t counter_us) const noexcept {
  const auto counter = ConcentratorTime{from_counter(counter_us)};
  if (!sync_) return counter;
  return counter + periods_in(sync_->concentrator - counter) * counter_period;
}

std::optional<ConcentratorTime> RolloverClock::from_server_time(UtcTime server) const noexcept {
  if (!sync_) return std::nullopt;
  return sync_->concentrator + (server - sync_->other);
}

std::optional<UtcTime> RolloverClock::to_server_time(ConcentratorTime time) const noexcept {
  if (!sync_) return std::nullopt;
  return sync_->other + (time - sync_->concentrator);
}

std::optional<ConcentratorTime> RolloverClock::from_gateway_time(UtcTime gateway) const noexcept {
  if (!gps_) return std::nullopt;
  return gps_->concentrator + (gateway - gps_->other);
}

std::optional<UtcTime> RolloverClock::to_gateway_time(ConcentratorTime time) const noexcept {
  if (!gps_) return std::nullopt;
  return gps_->other + (time - gps_->concentrator);
}

}  // namespace ff::schedule
