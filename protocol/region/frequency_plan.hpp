// A frequency plan: which channels of a region gateways listen on and devices are told to use.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/region/region.hpp"

namespace ff::region {

struct PlanChannel {
  Frequency frequency;
  DataRateIndex min_data_rate;
  DataRateIndex max_data_rate;
  std::uint8_t radio = 0;
};

struct PlanSingleRateChannel {
  Frequency frequency;
  DataRateIndex data_rate;
  std::uint8_t radio = 0;
};

struct PlanRadio {
  bool enable = false;
  Frequency frequency;
  std::string chip_type;
  float rssi_offset = 0;
  std::optional<Frequency> tx_min;
  std::optional<Frequency> tx_max;
};

struct PlanSubBand {
  Frequency min;
  Frequency max;
  double duty_cycle = 1;
  std::optional<float> max_eirp_dbm;
};

/// Dwell-time rule of a plan; a channel may override it.
struct PlanDwellTime {
  bool uplinks = false;
  bool downlinks = false;
  std::chrono::milliseconds duration{0};
};

struct TimeOffAir {
  double fraction = 0;                       // of the time on air
  std::chrono::milliseconds duration{0};
};

struct FrequencyPlan {
  std::string id;                            // `EU_863_870_TTN`
  std::string name;
  std::string base_id;
  std::string band_id;
  std::vector<PlanChannel> uplink_channels;
  std::vector<PlanChannel> downlink_channels;
  std::optional<PlanSingleRateChannel> lora_standard_channel;
  std::optional<PlanSingleRateChannel> fsk_channel;
  TimeOffAir time_off_air;
  PlanDwellTime dwell_time;
  std::vector<PlanRadio> radios;
  std::vector<PlanSubBand> sub_bands;        // empty: the region's
  std::optional<std::uint32_t> clock_source;
  std::optional<PlanSingleRateChannel> ping_slot;
  std::optional<DataRateIndex> default_ping_slot_data_rate;
  std::optional<PlanSingleRateChannel> rx2_channel;
  std::optional<DataRateIndex> default_rx2_data_rate;
  std::optional<float> max_eirp_dbm;
};

/// The plans a server knows; immutable after loading, shared by reference.
class FrequencyPlans {
 public:
  /// Standard plans compiled in from config/frequency-plans.
  static FrequencyPlans standard();
  /// Adds or replaces plans from the JSON text of one plan file (resolved content). Errors name the plan and the key.
  Status add_json(std::string_view text);

  /// Null for an unknown id.
  const FrequencyPlan* find(std::string_view id) const noexcept;
  const std::vector<FrequencyPlan>& all() const noexcept { return plans_; }

 private:
  std::vector<FrequencyPlan> plans_;         // sorted by id
};

}  // namespace ff::region
