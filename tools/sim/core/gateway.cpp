#include "tools/sim/core/gateway.hpp"

#include <algorithm>

#include "protocol/schedule/time_on_air.hpp"
#include "tools/sim/core/class_b.hpp"

namespace ff::sim {

using std::chrono::microseconds;

std::uint32_t SimGateway::counter(MonoTime time) const noexcept {
  const auto since = time - powered_at_;
  const auto count = std::chrono::duration_cast<microseconds>(since + drift(since)).count();
  return static_cast<std::uint32_t>(count) + counter_offset_;
}

/// What the counter gains in `span`. Whole seconds first: the product of all would overflow.
Duration SimGateway::drift(Duration span) const noexcept {
  constexpr std::int64_t second = 1'000'000'000;
  const auto rest = span.count() % second;
  return Duration{span.count() / second * drift_ppb_ + rest * drift_ppb_ / second};
}

void SimGateway::restart(MonoTime now) noexcept {
  powered_at_ = now;
  up_at_ = now + boot_time;
  counter_offset_ = 0;
  ++restarts_;
  next_token_ = 1;
  queue_.clear();
  downlink_path_open = false;
}

std::optional<GpsTime> SimGateway::gps(MonoTime time) const noexcept {
  if (!gps_epoch_) return std::nullopt;
  return GpsTime{time - *gps_epoch_};
}

/// Of the beacon before the frame and the one after it.
bool SimGateway::collides_with_beacon(Span span, Duration guard) const noexcept {
  const auto start = gps(span.start);
  if (!start) return false;
  const auto next = beacon_after(*start);
  const auto end = *start + (span.end - span.start);
  return *start < next - beacon_interval + beacon_reserved_time || end > next - guard;
}

TxError SimGateway::place(Span span, MonoTime now) {
  std::erase_if(queue_, [now](const Span& other) { return other.end < now; });
  if (span.start - now < transmit_lead) return TxError::too_late;
  if (span.start - now > transmit_ahead_max) return TxError::too_early;
  const bool collides = std::ranges::any_of(queue_, [&](const Span& other) {
    return span.start < other.end + transmit_gap && other.start < span.end + transmit_gap;
  });
  if (collides || queue_.size() >= transmit_queue_max) return TxError::collision_packet;
  queue_.push_back(span);
  return TxError::none;
}

SimGateway::Decision SimGateway::schedule(TxRequest& request, MonoTime now) {
  ++requests;
  MonoTime start = now + transmit_lead;
  if (request.tmst) {
    // The counter wraps every 71 minutes: the nearest reading counts.
    const auto ahead = static_cast<std::int32_t>(*request.tmst - counter(now));
    const Duration by_counter = microseconds{ahead};
    start = now + by_counter - drift(by_counter);
  } else if (request.gps_ms) {
    if (!gps_epoch_) return {TxError::gps_unlocked, std::nullopt, Duration{0}};
    start = *gps_epoch_ + std::chrono::milliseconds{*request.gps_ms};
  }
  const auto air =
      schedule::time_on_air(request.phy_payload.size(), request.data_rate, request.frequency);
  if (!air) return {TxError::tx_freq, std::nullopt, start - now};
  const Span span{start, start + *air};
  // The guard time is for ping slots: windows of class A come when they come.
  const auto guard = request.tmst ? Duration{0} : beacon_guard_time;
  const auto error =
      collides_with_beacon(span, guard) ? TxError::collision_beacon : place(span, now);
  if (error != TxError::none) return {error, std::nullopt, start - now};
  ++transmissions;
  return {TxError::none,
          Emission{.start = start,
                   .gps_start = gps(start).value_or(GpsTime{}),
                   .frequency = request.frequency,
                   .data_rate = request.data_rate,
                   .inverted_polarity = request.inverted_polarity,
                   .phy_payload = std::move(request.phy_payload)},
          start - now};
}

}  // namespace ff::sim
