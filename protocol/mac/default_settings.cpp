#include "protocol/mac/default_settings.hpp"

#include "protocol/mac/initial.hpp"

namespace ff::mac {
namespace {

std::optional<bool> flag_of(region::DwellTime dwell) {
  if (dwell == region::DwellTime::unknown) return std::nullopt;
  return dwell == region::DwellTime::on;
}

void put_current(const MacState& state, MacSettings& out) {
  const auto& current = state.current;
  out.ping_slot_periodicity = state.ping_slot_periodicity;
  out.ping_slot_data_rate_index = current.ping_slot_data_rate_index;
  out.ping_slot_frequency = current.ping_slot_frequency;
  out.beacon_frequency = current.beacon_frequency;
  out.rx1_delay = current.rx1_delay;
  out.rx1_data_rate_offset = current.rx1_data_rate_offset;
  out.rx2_data_rate_index = current.rx2_data_rate_index;
  out.rx2_frequency = current.rx2_frequency;
  out.max_duty_cycle = current.max_duty_cycle;
  out.uplink_dwell_time = flag_of(current.uplink_dwell_time);
  out.downlink_dwell_time = flag_of(current.downlink_dwell_time);
  out.factory_preset_frequencies.clear();
  for (const auto& channel : current.channels)
    out.factory_preset_frequencies.push_back(channel.uplink_frequency);
}

void put_desired(const MacParameters& desired, MacSettings& out) {
  out.desired_rx1_delay = desired.rx1_delay;
  out.desired_rx1_data_rate_offset = desired.rx1_data_rate_offset;
  out.desired_rx2_data_rate_index = desired.rx2_data_rate_index;
  out.desired_rx2_frequency = desired.rx2_frequency;
  out.desired_max_duty_cycle = desired.max_duty_cycle;
  out.desired_adr_ack_limit_exponent = desired.adr_ack_limit_exponent;
  out.desired_adr_ack_delay_exponent = desired.adr_ack_delay_exponent;
  out.desired_ping_slot_data_rate_index = desired.ping_slot_data_rate_index;
  out.desired_ping_slot_frequency = desired.ping_slot_frequency;
  out.desired_beacon_frequency = desired.beacon_frequency;
  out.desired_max_eirp_dbm = desired.max_eirp_dbm;
}

}  // namespace

Result<MacSettings> default_settings(const region::Region& region,
                                     const region::FrequencyPlan& plan,
                                     const MacSettings& network_defaults) {
  const MacSettings none;
  // The newest version knows every setting.
  const DeviceProfile profile{.region = region,
                              .plan = plan,
                              .settings = none,
                              .network_defaults = network_defaults,
                              .lorawan_version = MacVersion::v1_1};
  FF_TRY(const auto state, initial_state(profile));
  auto out = network_defaults;
  put_current(state, out);
  put_desired(state.desired, out);
  using S = MacSettings;
  const auto fill = [&]<class T>(std::optional<T> S::*field, T value) {
    if (!(out.*field)) out.*field = value;
  };
  fill(&S::class_b_timeout, default_class_b_timeout);
  fill(&S::class_c_timeout, default_class_c_timeout);
  fill(&S::class_b_c_downlink_interval, default_class_b_c_downlink_interval);
  fill(&S::status_time_periodicity, default_status_time_periodicity);
  fill(&S::status_count_periodicity, default_status_count_periodicity);
  fill(&S::supports_32_bit_f_cnt, true);
  fill(&S::resets_f_cnt, false);
  fill(&S::schedule_downlinks, true);
  return out;
}

}  // namespace ff::mac
