// The law of the air, checked on what devices and gateways really send: an onlooker that knows the
// plan and nothing of the server's decisions.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/region/frequency_plan.hpp"
#include "tools/sim/core/device.hpp"

namespace ff::test {

/// `channel`: within the band, but no channel of the plan or of devices that know only their band.
/// `overlap`: a gateway, which has one transmitter, sends two frames at once.
enum class AirRule : std::uint8_t { frequency, channel, power, dwell_time, duty_cycle, overlap };
inline constexpr std::size_t air_rule_count = 6;

class AirRules {
 public:
  /// `plan` outlives it.
  explicit AirRules(const region::FrequencyPlan& plan);

  /// A frame that a gateway sends; `power_dbm` is EIRP (simulated antennas have no gain).
  void downlink(std::size_t gateway, const sim::Emission& emission, double power_dbm);
  /// A frame that a device has sent until `end`.
  void uplink(const std::string& device, const sim::Transmission& transmission, MonoTime end);

  std::uint64_t broken(AirRule rule) const { return broken_[static_cast<std::size_t>(rule)]; }
  std::uint64_t broken_total() const;
  /// The first ones, as text.
  const std::vector<std::string>& examples() const { return examples_; }
  std::uint64_t frames() const { return frames_; }

 private:
  struct Band {
    Frequency min;
    Frequency max;
    double duty_cycle = 1;
    double max_eirp_dbm = 0;
  };
  struct OnAir {
    MonoTime start;
    Duration length;
  };
  void list_channels();
  const Band* band_of(Frequency frequency) const;
  void report(AirRule rule, std::string text);
  std::optional<Duration> dwell_limit(region::Direction direction, Frequency frequency) const;
  void check_dwell(region::Direction direction, Frequency frequency, Duration length,
                   const std::string& who);
  void check_overlap(std::size_t gateway, OnAir frame, const std::string& who);
  void check_duty(const std::string& sender, const Band& band, OnAir frame, Duration tolerance);

  const region::FrequencyPlan& plan_;
  const region::Region& region_;
  std::vector<Band> bands_;
  std::set<Frequency> uplink_channels_;
  std::set<Frequency> downlink_channels_;
  /// By sender and band: what it sent in the last hour.
  std::map<std::pair<std::string, const Band*>, std::deque<OnAir>> sent_;
  /// By gateway: what it sends or will, and has sent just before.
  std::map<std::size_t, std::deque<OnAir>> transmitting_;
  std::array<std::uint64_t, air_rule_count> broken_{};
  std::vector<std::string> examples_;
  std::uint64_t frames_ = 0;
};

}  // namespace ff::test
