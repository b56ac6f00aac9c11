#include "test/sim/air_rules.hpp"

#include <algorithm>
#include <numeric>

#include "protocol/base/assert.hpp"
#include "protocol/schedule/time_on_air.hpp"

namespace ff::test {
namespace {

constexpr std::size_t examples_max = 10;
constexpr Duration duty_window = std::chrono::hours{1};
/// Gateways are asked no longer ahead than this: a ping slot's and a join's windows.
constexpr Duration overlap_memory = std::chrono::minutes{5};
/// The request has the power in tenths of a decibel.
constexpr double power_rounding_db = 0.05;

std::string text_of(Frequency frequency) {
  return std::to_string(frequency.hz()) + " Hz";
}

const region::Region& latest_region(const region::FrequencyPlan& plan) {
  const auto* region = region::find_latest(plan.band_id);
  FF_ASSERT(region != nullptr);
  return *region;
}

}  // namespace

AirRules::AirRules(const region::FrequencyPlan& plan) : plan_(plan), region_(latest_region(plan)) {
  list_channels();
  // The plan's sub-band, the plan, the band's sub-band, the band: who says something first.
  const auto limit_of = [&](const region::SubBand* band) -> double {
    if (plan.max_eirp_dbm) return *plan.max_eirp_dbm;
    const bool has_own = band != nullptr && band->max_eirp_dbm > 0;
    return has_own ? band->max_eirp_dbm : region_.default_max_eirp_dbm;
  };
  for (const auto& band : plan.sub_bands) {
    const double usual = limit_of(region_.sub_band(band.min));
    bands_.push_back({band.min, band.max, band.duty_cycle, band.max_eirp_dbm.value_or(usual)});
  }
  if (!bands_.empty()) return;
  for (const auto& band : region_.sub_bands)
    bands_.push_back({band.min, band.max, band.duty_cycle, limit_of(&band)});
}

/// Those of the plan, and what devices begin with, whose plan nobody has told them. RX1 is on the
/// uplink's channel in most bands.
void AirRules::list_channels() {
  for (const auto& channel : region_.default_uplink_channels)
    uplink_channels_.insert(channel.frequency);
  for (const auto& channel : plan_.uplink_channels) uplink_channels_.insert(channel.frequency);
  for (const auto& single : {plan_.lora_standard_channel, plan_.fsk_channel})
    if (single) uplink_channels_.insert(single->frequency);
  auto& down = downlink_channels_;
  if (region_.rx1_channel_kind == region::Rx1ChannelKind::same_index) down = uplink_channels_;
  for (const auto& channel : region_.default_downlink_channels) down.insert(channel.frequency);
  for (const auto& channel : plan_.downlink_channels) down.insert(channel.frequency);
  for (const auto& special : {plan_.rx2_channel, plan_.ping_slot})
    if (special) down.insert(special->frequency);
  down.insert(region_.ping_slot_frequencies.begin(), region_.ping_slot_frequencies.end());
  down.insert(region_.rx2_frequency);
  for (const auto& join : region_.join_channels) {
    uplink_channels_.insert(join.uplink);
    down.insert(join.rx1);
    down.insert(join.rx2);
  }
  for (const auto& relay : region_.relay_channels) {
    uplink_channels_.insert({relay.frequency, relay.ack_frequency});
    down.insert({relay.frequency, relay.ack_frequency});
  }
}

const AirRules::Band* AirRules::band_of(Frequency frequency) const {
  const auto found = std::find_if(bands_.begin(), bands_.end(), [&](const Band& band) {
    return band.min <= frequency && frequency <= band.max;
  });
  return found == bands_.end() ? nullptr : &*found;
}

std::uint64_t AirRules::broken_total() const {
  return std::accumulate(broken_.begin(), broken_.end(), std::uint64_t{0});
}

void AirRules::report(AirRule rule, std::string text) {
  ++broken_[static_cast<std::size_t>(rule)];
  if (examples_.size() < examples_max) examples_.push_back(std::move(text));
}

void AirRules::downlink(std::size_t gateway, const sim::Emission& emission, double power_dbm) {
  ++frames_;
  const auto sender = "gateway " + std::to_string(gateway);
  const auto who = sender + " on " + text_of(emission.frequency);
  const auto* band = band_of(emission.frequency);
  if (band == nullptr) return report(AirRule::frequency, who + ": not in a sub-band");
  if (!downlink_channels_.contains(emission.frequency))
    report(AirRule::channel, who + ": no downlink channel");
  if (power_dbm > band->max_eirp_dbm + power_rounding_db)
    report(AirRule::power, who + ": " + std::to_string(power_dbm) + " dBm");
  const auto air =
      schedule::time_on_air(emission.phy_payload.size(), emission.data_rate, emission.frequency);
  if (!air) return report(AirRule::frequency, who + ": unknown modulation");
  check_dwell(region::Direction::downlink, emission.frequency, *air, who);
  check_overlap(gateway, {emission.start, *air}, who);
  check_duty(sender, *band, {emission.start, *air}, Duration{0});
}

/// What it sends where, and how loud, the network has told the device. A device is silent after a
/// frame, as long as the frame was worth: in an hour that begins with a frame there is one more.
void AirRules::uplink(const std::string& device, const sim::Transmission& transmission,
                      MonoTime end) {
  ++frames_;
  const auto who = device + " on " + text_of(transmission.frequency);
  const auto* band = band_of(transmission.frequency);
  if (band == nullptr) return report(AirRule::frequency, who + ": not in a sub-band");
  if (!uplink_channels_.contains(transmission.frequency))
    report(AirRule::channel, who + ": no uplink channel");
  const auto limit = std::min<double>(band->max_eirp_dbm, region_.default_max_eirp_dbm);
  if (transmission.eirp_dbm > limit + power_rounding_db)
    report(AirRule::power, who + ": " + std::to_string(transmission.eirp_dbm) + " dBm");
  const auto air = schedule::time_on_air(transmission.phy_payload.size(), transmission.data_rate,
                                         transmission.frequency);
  if (!air) return report(AirRule::frequency, who + ": unknown modulation");
  // LR-FHSS hops: no channel is taken for longer than a header, 234 ms.
  if (!std::holds_alternative<LrFhssDataRate>(transmission.data_rate))
    check_dwell(region::Direction::uplink, transmission.frequency, *air, who);
  check_duty(device, *band, {end - *air, *air}, *air);
}

/// Where the plan says nothing of uplinks, devices keep to the band's limit: the network tells them
/// to, and until it does they reckon with it.
std::optional<Duration> AirRules::dwell_limit(region::Direction direction,
                                              Frequency frequency) const {
  if (const auto limit = plan_.dwell_time_limit(direction, frequency)) return *limit;
  const bool silent = plan_.dwell_time.uplinks == region::DwellTime::unknown;
  if (direction != region::Direction::uplink || !silent || region_.dwell_time_limit.count() == 0)
    return std::nullopt;
  return region_.dwell_time_limit;
}

void AirRules::check_dwell(region::Direction direction, Frequency frequency, Duration length,
                           const std::string& who) {
  const auto limit = dwell_limit(direction, frequency);
  if (limit && length > *limit)
    report(AirRule::dwell_time, who + ": " + std::to_string(length.count() / 1'000'000) + " ms");
}

/// Frames of class C are asked for while one of class A waits: in any order of time.
void AirRules::check_overlap(std::size_t gateway, OnAir frame, const std::string& who) {
  auto& others = transmitting_[gateway];
  std::erase_if(others, [&](const OnAir& other) {
    return other.start + other.length + overlap_memory < frame.start;
  });
  const auto end = frame.start + frame.length;
  for (const auto& other : others) {
    if (frame.start < other.start + other.length && other.start < end)
      report(AirRule::overlap, who + ": while it sends another frame");
  }
  others.push_back(frame);
}

/// The hour that ends with the frame. Transmissions are asked for in any order of time.
void AirRules::check_duty(const std::string& sender, const Band& band, OnAir frame,
                          Duration tolerance) {
  if (band.duty_cycle >= 1) return;
  auto& sent = sent_[{sender, &band}];
  const auto place =
      std::upper_bound(sent.begin(), sent.end(), frame.start,
                       [](MonoTime start, const OnAir& other) { return start < other.start; });
  sent.insert(place, frame);
  while (sent.back().start - sent.front().start > 2 * duty_window) sent.pop_front();
  const auto end = frame.start + frame.length;
  Duration total{0};
  for (const auto& other : sent) {
    const auto from = std::max(other.start, end - duty_window);
    const auto to = std::min(other.start + other.length, end);
    if (to > from) total += to - from;
  }
  const auto allowed =
      std::chrono::duration_cast<Duration>(duty_window * band.duty_cycle) + tolerance;
  if (total > allowed)
    report(AirRule::duty_cycle, sender + " above " + text_of(band.min) + ": " +
                                    std::to_string(total.count() / 1'000'000) + " ms in an hour");
}

}  // namespace ff::test
