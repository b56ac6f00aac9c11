// The rules a frequency plan has to keep. Not for the form of the file: plan_json.cpp reads that.
#include <algorithm>
#include <cmath>

#include "protocol/region/frequency_plan.hpp"
#include "protocol/region/plan_errors.hpp"

namespace ff::region {
namespace {

/// National plans leave the band's own channels by some MHz (AS923 in Japan by 3); a slip of a
/// digit by far more.
constexpr std::uint64_t band_margin_hz = 10'000'000;

class Checker {
 public:
  Checker(const FrequencyPlan& plan, const Region& region) : plan_(plan), region_(region) {
    for (const Channel& channel : region.default_uplink_channels) widen(channel.frequency);
    for (const Channel& channel : region.default_downlink_channels) widen(channel.frequency);
    for (const SubBand& band : region.sub_bands) {
      widen(band.min);
      widen(band.max);
    }
  }

  std::optional<PlanProblem> run() {
    table("uplink_channels", plan_.uplink_channels, Direction::uplink);
    // The reference's US_903_0 has indexes of uplinks there. Nobody reads them.
    table("downlink_channels", plan_.downlink_channels, Direction::both);
    single("lora_standard_channel", plan_.lora_standard_channel);
    single("fsk_channel", plan_.fsk_channel);
    if (plan_.ping_slot) frequency("ping_slot", plan_.ping_slot->frequency);
    if (plan_.rx2_channel) frequency("rx2_channel", plan_.rx2_channel->frequency);
    rate("ping_slot_default_data_rate", plan_.default_ping_slot_data_rate, Direction::downlink);
    rate("rx2_default_data_rate", plan_.default_rx2_data_rate, Direction::downlink);
    dwell_times();
    radios();
    sub_bands();
    const double fraction = plan_.time_off_air.fraction;
    if (fraction < 0) complain("time_off_air.fraction", "is negative");
    return std::move(problem_);
  }

 private:
  void complain(std::string key, std::string reason) {
    if (!problem_) problem_ = PlanProblem{std::move(key), std::move(reason)};
  }
  void widen(Frequency frequency) {
    if (!min_.is_set() || frequency < min_) min_ = frequency;
    if (frequency > max_) max_ = frequency;
  }

  void frequency(const std::string& key, Frequency frequency) {
    if (frequency.hz() % region_.frequency_step_hz != 0) {
      complain(key + ".frequency_hz", "no multiple of the band's frequency step");
    }
    const bool low = frequency.hz() + band_margin_hz < min_.hz();
    if (low || frequency.hz() > max_.hz() + band_margin_hz) {
      complain(key + ".frequency_hz", "outside band " + plan_.band_id);
    }
  }
  void rate(const std::string& key, std::optional<DataRateIndex> index, Direction direction) {
    if (!index || region_.data_rate(*index, direction) != nullptr) return;
    complain(key, "data rate unknown in the band");
  }
  /// No code says "SF6, but not SF5". [RP002-1.0.5 NewChannelReq]
  void fast_rates(const std::string& key, const PlanChannel& channel) {
    const auto fast = region_.fast_data_rates;
    if (fast.empty() || channel.min_data_rate > region_.adr_max_data_rate) return;
    if (channel.max_data_rate != fast.back() &&
        std::ranges::find(fast, channel.max_data_rate) != fast.end()) {
      complain(key + ".max_data_rate", "a channel has SF6 and SF5, or neither");
    }
  }
  void radio(const std::string& key, std::uint8_t index) {
    if (plan_.radios.empty() || index < plan_.radios.size()) return;
    complain(key + ".radio", "no such radio");
  }
  void dwell(const std::string& key, const ChannelDwellTime& dwell) {
    if (dwell.enabled != DwellTime::on || plan_.dwell_time.duration.count() > 0) return;
    if (!dwell.duration || dwell.duration->count() == 0) {
      complain(key + ".dwell_time", "on without a duration");
    }
  }

  void table(const std::string& name, const std::vector<PlanChannel>& channels,
             Direction direction) {
    for (std::size_t i = 0; i < channels.size(); ++i) {
      const std::string key = name + '[' + std::to_string(i) + ']';
      const PlanChannel& channel = channels[i];
      frequency(key, channel.frequency);
      radio(key, channel.radio);
      dwell(key, channel.dwell_time);
      rate(key + ".min_data_rate", channel.min_data_rate, direction);
      rate(key + ".max_data_rate", channel.max_data_rate, direction);
      if (direction == Direction::uplink) fast_rates(key, channel);
      if (channel.min_data_rate > channel.max_data_rate) {
        complain(key + ".max_data_rate", "below min_data_rate");
      }
      const auto first = std::ranges::find(channels, channel.frequency, &PlanChannel::frequency);
      if (first != channels.begin() + static_cast<std::ptrdiff_t>(i)) {
        complain(key + ".frequency_hz", "listed twice");
      }
    }
  }
  void single(const std::string& key, const std::optional<PlanSingleRateChannel>& channel) {
    if (!channel) return;
    frequency(key, channel->frequency);
    radio(key, channel->radio);
    rate(key + ".data_rate", channel->data_rate, Direction::uplink);
    dwell(key, channel->dwell_time);
  }

  void dwell_times() {
    const PlanDwellTime& dwell = plan_.dwell_time;
    const bool on = dwell.uplinks == DwellTime::on || dwell.downlinks == DwellTime::on;
    if (on && dwell.duration.count() == 0) complain("dwell_time", "on without a duration");
  }
  void radios() {
    for (std::size_t i = 0; i < plan_.radios.size(); ++i) {
      const std::string key = "radios[" + std::to_string(i) + ']';
      const PlanRadio& radio = plan_.radios[i];
      if (radio.enable) frequency(key, radio.frequency);
      const bool range = radio.tx_min && radio.tx_max && *radio.tx_min <= *radio.tx_max;
      if (!range && (radio.tx_min || radio.tx_max)) complain(key + ".tx", "no frequency range");
    }
  }
  void sub_bands() {
    for (std::size_t i = 0; i < plan_.sub_bands.size(); ++i) {
      const std::string key = "sub_bands[" + std::to_string(i) + ']';
      const PlanSubBand& band = plan_.sub_bands[i];
      if (band.min > band.max) complain(key, "min_frequency_hz above max_frequency_hz");
      if (band.duty_cycle < 0 || band.duty_cycle > 1) {
        complain(key + ".duty_cycle", "not between 0 and 1");
      }
    }
  }

  const FrequencyPlan& plan_;
  const Region& region_;
  Frequency min_;
  Frequency max_;
  std::optional<PlanProblem> problem_;
};

}  // namespace

Status validate(const FrequencyPlan& plan) {
  if (plan.id.empty()) return fail_plan(plan.id, {"id", "missing"});
  const Region* region = find_latest(plan.band_id);
  if (region == nullptr) return fail_plan(plan.id, {"band_id", "unknown band " + plan.band_id});
  if (auto problem = Checker(plan, *region).run()) return fail_plan(plan.id, *problem);
  return {};
}

}  // namespace ff::region
