#include "protocol/schedule/scheduler.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "protocol/schedule/time_on_air.hpp"
#include "protocol/types/beacon.hpp"

namespace ff::schedule {
namespace {

constexpr std::array<double, 7> ceilings = {0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0};
constexpr std::array<const char*, 7> priority_names = {
    "LOWEST", "LOW", "BELOW_NORMAL", "NORMAL", "ABOVE_NORMAL", "HIGH", "HIGHEST"};

std::size_t rank(TxPriority priority) noexcept {
  return std::min<std::size_t>(static_cast<std::size_t>(priority), ceilings.size() - 1);
}

Duration scaled(Duration duration, double factor) {
  return Duration{std::llround(static_cast<double>(duration.count()) * factor)};
}

double share_of_window(Duration duration) {
  return static_cast<double>(duration.count()) / static_cast<double>(duty_cycle_window.count());
}

Duration off_air(const region::TimeOffAir& rule, Duration duration) {
  return std::max({Duration{rule.duration}, scaled(duration, rule.fraction), queue_delay});
}

/// Basic Station's own limiter: the sub-band rests until duration / duty cycle after the start.
ConcentratorTime blocked_until(const Emission& emission, double duty_cycle) {
  return emission.starts + scaled(emission.duration, 1 / duty_cycle);
}

Result<ConcentratorTime> concentrator_now(const ScheduleContext& context) {
  if (!context.clock.is_synced()) return fail(no_clock_sync);
  const auto now = context.clock.from_server_time(context.now);
  if (!now) return fail(no_server_time);
  return *now;
}

/// What a sub-band's beacons take of an hour, if the gateway sends any.
Duration beacons_of(const Scheduler& scheduler, std::size_t sub_band) {
  return scheduler.keeps_beacons_free() ? scheduler.settings().sub_bands[sub_band].beacons
                                        : Duration::zero();
}

}  // namespace

double duty_cycle_ceiling(TxPriority priority) noexcept {
  return ceilings[rank(priority)];
}
const char* to_string(TxPriority priority) noexcept {
  return priority_names[rank(priority)];
}

Scheduler::Scheduler(SchedulerSettings settings) : settings_(std::move(settings)) {}

Duration Scheduler::lead_time(const RoundTrips& round_trips, UtcTime now) noexcept {
  if (round_trips.count(now) < RoundTrips::samples_for_estimates) return schedule_time_short;
  return *round_trips.percentile(90, now) / 2 + queue_delay;
}

Result<ConcentratorTime> Scheduler::resolve(UtcTime starts, const ScheduleContext& context) {
  if (!context.clock.is_synced()) return fail(no_clock_sync);
  if (const auto by_gps = context.clock.from_gateway_time(starts)) return *by_gps;
  const auto round_trips = context.round_trips.stats(context.now);
  if (!round_trips || round_trips->count < RoundTrips::samples_for_estimates)
    return fail(no_absolute_gateway_time);
  const auto by_server = context.clock.from_server_time(starts);
  if (!by_server) return fail(no_server_time);
  // A sample's server time is when it arrived: half a round trip after the counter had its value.
  return *by_server + round_trips->median / 2;
}

Result<Emission> Scheduler::prepare(const Transmission& transmission) const {
  const auto sub_band = sub_band_of(transmission.frequency);
  if (!sub_band) return fail(sub_band_not_found, {{"frequency", transmission.frequency.hz()}});
  // The reference counts the CRC although downlinks have none; accounting stays comparable.
  FF_TRY(const auto duration,
         time_on_air(transmission.payload_bytes, transmission.data_rate, transmission.frequency));
  FF_CHECK(check_dwell_time(transmission.frequency, duration));
  Emission emission;
  emission.duration = duration;
  emission.off_air = off_air(settings_.time_off_air, duration);
  emission.sub_band = *sub_band;
  emission.frequency = transmission.frequency;
  return emission;
}

std::optional<std::size_t> Scheduler::sub_band_of(Frequency frequency) const noexcept {
  const auto band = std::find_if(settings_.sub_bands.begin(), settings_.sub_bands.end(),
                                 [&](const auto& limit) { return limit.contains(frequency); });
  if (band == settings_.sub_bands.end()) return std::nullopt;
  return static_cast<std::size_t>(band - settings_.sub_bands.begin());
}

Status Scheduler::check_dwell_time(Frequency frequency, Duration duration) const {
  const auto allows = [&](const region::FrequencyPlan* plan) {
    const auto limit = plan->dwell_time_limit(region::Direction::downlink, frequency);
    return !limit || duration <= *limit;
  };
  const auto& plans = settings_.plans;
  if (plans.empty() || std::any_of(plans.begin(), plans.end(), allows)) return {};
  return fail(dwell_time_exceeded);
}

Duration Scheduler::budget(std::size_t sub_band, TxPriority priority) const noexcept {
  const auto usable = scaled(
      duty_cycle_window, settings_.sub_bands[sub_band].duty_cycle * duty_cycle_ceiling(priority));
  return std::max(usable - beacons_of(*this, sub_band), Duration::zero());
}

Status Scheduler::check_duty_cycle(const Emission& emission, TxPriority priority) const {
  if (settings_.sub_bands[emission.sub_band].duty_cycle >= 1) return {};
  const auto usable = budget(emission.sub_band, priority);
  // Every hour that would hold this emission counts, also those that begin with it: what was
  // promised before must keep its share. The reference looks at the first and the last of these
  // hours only, and can exceed those between.
  const auto used = emission.duration + emissions_.peak_use(emission.sub_band, emission.starts,
                                                            emission.ends(), duty_cycle_window);
  if (used > usable) {
    return fail(duty_cycle_exceeded, {{"used", share_of_window(used)},
                                      {"usable", share_of_window(usable)},
                                      {"priority", to_string(priority)}});
  }
  return check_blocking(emission);
}

Status Scheduler::check_blocking(const Emission& emission) const {
  if (settings_.style != DutyCycleStyle::blocking_window) return {};
  const auto duty_cycle = settings_.sub_bands[emission.sub_band].duty_cycle;
  if (const auto* last = emissions_.last_before(emission.sub_band, emission.starts)) {
    if (const auto until = blocked_until(*last, duty_cycle); until > emission.starts)
      return fail(band_blocked, {{"duration", to_duration_text(until - emission.starts)}});
  }
  if (const auto* next = emissions_.first_from(emission.sub_band, emission.starts)) {
    if (const auto until = blocked_until(emission, duty_cycle); until > next->starts)
      return fail(band_blocked, {{"duration", to_duration_text(until - next->starts)}});
  }
  return {};
}

/// The end of the beacon that `emission` would disturb: one that it overlaps, or, for classes B and
/// C, whose guard time it reaches into. Packet forwarders refuse the same. [TS001-1.0.4 §10]
std::optional<ConcentratorTime> Scheduler::beacon_end(const Emission& emission,
                                                      DeviceClass device_class,
                                                      const ScheduleContext& context) const {
  if (!keeps_beacons_free_) return std::nullopt;
  const auto starts = context.clock.to_gateway_time(emission.starts);
  if (!starts) return std::nullopt;
  const Duration guard = device_class == DeviceClass::a ? queue_delay : Duration{beacon_guard};
  const auto gps = to_gps(*starts);
  const auto before = beacon_before(gps);
  const auto ends = gps + emission.duration;
  if (gps < before + beacon_reserved) return emission.starts + (before + beacon_reserved - gps);
  const auto next = before + beacon_period;
  if (ends > next - guard) return emission.starts + (next + beacon_reserved - gps);
  return std::nullopt;
}

Status Scheduler::check(const Emission& emission, const Transmission& transmission,
                        const ScheduleContext& context) const {
  if (emissions_.conflict(emission) != nullptr)
    return fail(schedule_conflict, {{"with", "transmission"}});
  if (beacon_end(emission, transmission.device_class, context))
    return fail(schedule_conflict, {{"with", "beacon"}});
  return check_duty_cycle(emission, transmission.priority);
}

/// Nothing when it is longer than a whole budget.
std::optional<ConcentratorTime> Scheduler::first_free(Emission emission,
                                                      const Transmission& transmission,
                                                      const ScheduleContext& context) const {
  const auto fits = [&](ConcentratorTime starts) {
    emission.starts = starts;
    const auto after_beacon = beacon_end(emission, transmission.device_class, context);
    emission.starts = after_beacon.value_or(starts);
    return check(emission, transmission, context).has_value();
  };
  const auto from = emission.starts;
  if (fits(from)) return emission.starts;
  for (const auto& other : emissions_.all()) {
    if (other.clear_at() > from && fits(other.clear_at())) return emission.starts;
  }
  if (emission.duration > budget(emission.sub_band, transmission.priority)) return std::nullopt;
  emission.starts = from;
  emission.starts = earliest_with_budget(emission, transmission.priority);
  return beacon_end(emission, transmission.device_class, context).value_or(emission.starts);
}

/// `error` passes with time: says when.
Error Scheduler::with_next_free(const Error& error, const Emission& emission,
                                const Transmission& transmission,
                                const ScheduleContext& context) const {
  const auto free = first_free(emission, transmission, context);
  const auto now = context.clock.from_server_time(context.now);
  if (!free || !now) return error;
  auto attributes = error.attributes();
  attributes.emplace_back("next_free", to_duration_text(*free - *now));
  return Error(error.def(), std::move(attributes));
}

Result<Emission> Scheduler::schedule_at(const Transmission& transmission, ConcentratorTime starts,
                                        const ScheduleContext& context) {
  FF_TRY(const auto now, concentrator_now(context));
  const auto minimum = lead_time(context.round_trips, context.now);
  if (const auto delay = starts - now; delay < minimum) {
    return fail(too_late, {{"delay", to_duration_text(delay)}, {"min", to_duration_text(minimum)}});
  }
  FF_TRY(auto emission, prepare(transmission));
  emission.starts = starts;
  if (const auto status = check(emission, transmission, context); !status)
    return fail(with_next_free(status.error(), emission, transmission, context));
  emissions_.insert(emission);
  return emission;
}

Result<Emission> Scheduler::schedule_at_absolute(const Transmission& transmission, UtcTime starts,
                                                 const ScheduleContext& context) {
  FF_TRY(const auto at, resolve(starts, context));
  return schedule_at(transmission, at, context);
}

Result<Emission> Scheduler::schedule_anytime(const Transmission& transmission,
                                             std::optional<ConcentratorTime> earliest,
                                             const ScheduleContext& context) {
  FF_TRY(const auto now, concentrator_now(context));
  FF_TRY(auto emission, prepare(transmission));
  emission.starts = earliest
                        ? std::max(*earliest, now + lead_time(context.round_trips, context.now))
                        : now + settings_.anytime_delay;
  const auto free = first_free(emission, transmission, context);
  if (!free)
    return tl::unexpected<Error>(check_duty_cycle(emission, transmission.priority).error());
  emission.starts = *free;
  emissions_.insert(emission);
  return emission;
}

ConcentratorTime Scheduler::earliest_with_budget(const Emission& emission,
                                                 TxPriority priority) const {
  const auto& list = emissions_.all();
  const auto duty_cycle = settings_.sub_bands[emission.sub_band].duty_cycle;
  auto starts = std::max(emission.starts, list.empty() ? emission.starts : list.back().clear_at());
  auto excess = emission.duration - budget(emission.sub_band, priority);
  for (const auto& other : list) {
    if (other.sub_band == emission.sub_band) excess += other.duration;
  }
  for (const auto& other : list) {
    if (other.sub_band != emission.sub_band) continue;
    if (excess > Duration::zero()) {
      // The hour that ends with the new emission must begin this far into the old one.
      const auto window_begin = other.starts + std::min(excess, other.duration);
      starts = std::max(starts, window_begin + duty_cycle_window - emission.duration);
      excess -= other.duration;
    }
    if (settings_.style == DutyCycleStyle::blocking_window)
      starts = std::max(starts, blocked_until(other, duty_cycle));
  }
  return starts;
}

void Scheduler::collect_garbage(const ScheduleContext& context) noexcept {
  if (const auto now = context.clock.from_server_time(context.now))
    emissions_.drop_before(*now - duty_cycle_window);
}

std::vector<PastEmission> Scheduler::history(const ScheduleContext& context) const {
  std::vector<PastEmission> history;
  std::vector<std::optional<std::size_t>> open(settings_.sub_bands.size());  // in history
  const auto now = context.clock.from_server_time(context.now);
  if (!now) return history;
  for (const auto& emission : emissions_.all()) {
    if (emission.ends() <= *now - duty_cycle_window) continue;
    const auto starts = *context.clock.to_server_time(emission.starts);
    auto& last = open[emission.sub_band];
    // What is to come stays where it is.
    const bool is_past = emission.ends() <= *now;
    if (last && is_past && starts - history[*last].starts < history_grain) {
      history[*last].duration += emission.duration;
      continue;
    }
    last = history.size();
    history.push_back({starts, emission.duration, emission.frequency});
  }
  return history;
}

void Scheduler::carry(std::span<const PastEmission> emissions, const ScheduleContext& context) {
  for (const auto& past : emissions) {
    const auto starts = context.clock.from_server_time(past.starts);
    const auto sub_band = sub_band_of(past.frequency);
    if (!starts || !sub_band) continue;
    Emission emission{*starts, past.duration, {}, *sub_band, past.frequency};
    // Joined emissions and two clocks do not agree to the microsecond; the air time counts wherever
    // it is put.
    while (const auto* other = emissions_.conflict(emission)) emission.starts = other->clear_at();
    emissions_.insert(emission);
  }
}

void Scheduler::move(const ScheduleContext& before, const ScheduleContext& after) {
  const auto emissions = history(before);
  emissions_ = {};
  carry(emissions, after);
}

std::vector<SubBandUsage> Scheduler::usage(const ScheduleContext& context) const {
  std::vector<SubBandUsage> usages;
  const auto now = context.clock.from_server_time(context.now);
  for (std::size_t i = 0; i < settings_.sub_bands.size(); ++i) {
    const auto used = now ? emissions_.used(i, *now - duty_cycle_window, *now) : Duration::zero();
    usages.push_back({settings_.sub_bands[i], share_of_window(used + beacons_of(*this, i))});
  }
  return usages;
}

}  // namespace ff::schedule
