// A frequency plan: which channels of a region gateways listen on and devices are told to use. Not
// the region itself (region.hpp), and not what one device was told so far (device_channels.hpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/region/region.hpp"

namespace ff::region {

/// A channel's own dwell-time rule; what it leaves open, the plan decides.
struct ChannelDwellTime {
  DwellTime enabled = DwellTime::unknown;
  std::optional<std::chrono::milliseconds> duration;
  bool operator==(const ChannelDwellTime&) const = default;
};

/// `max_data_rate` may be that of SF5: the channel then carries the band's usual rates and, for
/// devices that know them, SF6 and SF5, and nothing that has an index between
/// (data_rate_range.hpp).
struct PlanChannel {
  Frequency frequency;
  DataRateIndex min_data_rate;
  DataRateIndex max_data_rate;
  std::uint8_t radio = 0;
  ChannelDwellTime dwell_time;
};

struct PlanSingleRateChannel {
  Frequency frequency;
  DataRateIndex data_rate;
  std::uint8_t radio = 0;
  ChannelDwellTime dwell_time;
};

struct PlanRadio {
  bool enable = false;
  Frequency frequency;
  std::string chip_type;
  float rssi_offset = 0;            // dB
  std::optional<Frequency> tx_min;  // both set: the radio can send; both unset: it can not
  std::optional<Frequency> tx_max;
  std::optional<Frequency> tx_notch;
};

/// Bounds inclusive; of overlapping ranges the first wins.
struct PlanSubBand {
  Frequency min;
  Frequency max;
  double duty_cycle = 1;  // fraction; 1: no limit
  std::optional<float> max_eirp_dbm;
};

/// Dwell-time rule of a plan. `unknown`: the plan says nothing; the network server then wants the
/// limit on (in bands with TxParamSetup), a gateway does not enforce one.
struct PlanDwellTime {
  DwellTime uplinks = DwellTime::unknown;
  DwellTime downlinks = DwellTime::unknown;
  std::chrono::milliseconds duration{0};
};

struct TimeOffAir {
  double fraction = 0;                    // of the time on air
  std::chrono::milliseconds duration{0};  // at least
};

struct ListenBeforeTalk {
  float rssi_target_dbm = 0;
  float rssi_offset_db = 0;
  std::chrono::nanoseconds scan_time{0};
};

struct FrequencyPlan {
  std::string id;  // `EU_863_870_TTN`
  std::string name;
  std::string base_id;  // empty: extends no plan
  std::string band_id;
  std::uint32_t base_frequency_mhz = 0;  // group for filtering: 433, 470, 868, 915, 2450
  bool for_gateways = true;              // false: offered for devices only
  std::vector<PlanChannel> uplink_channels;
  std::vector<PlanChannel> downlink_channels;
  std::optional<PlanSingleRateChannel> lora_standard_channel;
  std::optional<PlanSingleRateChannel> fsk_channel;
  TimeOffAir time_off_air;
  PlanDwellTime dwell_time;
  std::optional<ListenBeforeTalk> listen_before_talk;
  std::vector<PlanRadio> radios;
  std::vector<PlanSubBand> sub_bands;         // empty: the region's
  std::optional<std::uint32_t> clock_source;  // index of the radio that feeds the clock
  std::optional<PlanChannel> ping_slot;
  std::optional<DataRateIndex> default_ping_slot_data_rate;
  std::optional<PlanChannel> rx2_channel;
  std::optional<DataRateIndex> default_rx2_data_rate;
  std::optional<float> max_eirp_dbm;  // in place of the band's; no ceiling: README.md
  bool repeater_compatible = false;   // frames leave room for repeaters (FrameLimits)

  /// The dwell-time limit of a transmission, or nothing. A channel's rule (of the direction's
  /// table, then the wide LoRa, then the FSK channel of that frequency) wins over the plan's.
  /// `direction` is uplink or downlink.
  std::optional<std::chrono::milliseconds> dwell_time_limit(Direction direction,
                                                            Frequency frequency) const noexcept;
};

/// Whether a plan can be used; errors name the plan and the key. Checked: a known band, channels
/// near it and on its frequency steps, no frequency twice, data rates the band defines, a duration
/// for every dwell time, radios that exist, ranges that are none.
Status validate(const FrequencyPlan& plan);

/// The plans a server knows; immutable after loading, shared by reference.
class FrequencyPlans {
 public:
  /// The plans of config/frequency-plans, compiled in.
  static FrequencyPlans standard();
  /// Adds a plan, or replaces the one with its id, from the JSON text of one plan file
  /// (protocol/region/README.md). A plan with `base_id` starts from that plan, which must be known;
  /// every key it has replaces the base's value as a whole. On an error, which names plan and key,
  /// nothing changes. Plans that extended a replaced plan keep what they took from it.
  Status add_json(std::string_view text);

  /// Null for an unknown id.
  const FrequencyPlan* find(std::string_view id) const noexcept;
  /// Sorted by id.
  const std::vector<FrequencyPlan>& all() const& noexcept { return plans_; }
  std::vector<FrequencyPlan> all() && noexcept { return std::move(plans_); }

 private:
  std::vector<FrequencyPlan> plans_;  // sorted by id
};

}  // namespace ff::region
