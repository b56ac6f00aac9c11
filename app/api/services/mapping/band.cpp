#include "app/api/services/mapping/band.hpp"

#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/mapping/values.hpp"

namespace ff::api {
namespace {

using namespace std::chrono_literals;

// Of every band and revision. [TS001-1.0.4 §7 ACK_TIMEOUT 2 ± 1 s; TS011-1.0.1]
constexpr Duration min_retransmit_timeout = 1s;
constexpr Duration max_retransmit_timeout = 3s;
constexpr Duration relay_forward_delay = 50ms;
constexpr Duration relay_receive_delay = 18s;
constexpr const char* beacon_coding_rate = "4/5";

pb::DataRateIndex to_proto(DataRateIndex index) {
  return static_cast<pb::DataRateIndex>(index.value());
}

void put_channels(std::span<const region::Channel> channels,
                  google::protobuf::RepeatedPtrField<pb::BandDescription_Channel>& out) {
  for (const auto& channel : channels) {
    auto& added = *out.Add();
    added.set_frequency(channel.frequency.hz());
    added.set_min_data_rate(to_proto(channel.min_data_rate));
    added.set_max_data_rate(to_proto(channel.max_data_rate));
  }
}

void put_channels(const region::Region& region, pb::BandDescription& out) {
  out.set_max_uplink_channels(region.max_uplink_channels);
  put_channels(region.default_uplink_channels, *out.mutable_uplink_channels());
  out.set_max_downlink_channels(region.max_downlink_channels);
  put_channels(region.default_downlink_channels, *out.mutable_downlink_channels());
  for (const auto& sub_band : region.sub_bands) {
    auto& added = *out.add_sub_bands();
    added.set_min_frequency(sub_band.min.hz());
    added.set_max_frequency(sub_band.max.hz());
    added.set_duty_cycle(static_cast<float>(sub_band.duty_cycle));
    added.set_max_eirp(sub_band.max_eirp_dbm);
  }
  // One table for both directions.
  for (const auto& entry : region.data_rates) {
    put_data_rate(region.only_data_rate(entry.index)->data_rate,
                  *(*out.mutable_data_rates())[entry.index.value()].mutable_rate());
  }
  out.set_freq_multiplier(region.frequency_step_hz);
  out.set_implements_cf_list(region.cf_list.type != region::CfListType::none);
  if (region.cf_list.type == region::CfListType::channel_masks)
    out.set_cf_list_type(pb::CHANNEL_MASKS);
}

void put_timing(const region::Region& region, pb::BandDescription& out) {
  put_duration(region.receive_delay1, *out.mutable_receive_delay_1());
  put_duration(region.receive_delay1 + 1s, *out.mutable_receive_delay_2());
  put_duration(region.join_accept_delay1, *out.mutable_join_accept_delay_1());
  put_duration(region.join_accept_delay1 + 1s, *out.mutable_join_accept_delay_2());
  put_duration(min_retransmit_timeout, *out.mutable_min_retransmit_timeout());
  put_duration(max_retransmit_timeout, *out.mutable_max_retransmit_timeout());
  put_duration(relay_forward_delay, *out.mutable_relay_forward_delay());
  put_duration(relay_receive_delay, *out.mutable_relay_receive_delay());
}

void put_class_b(const region::Region& region, pb::BandDescription& out) {
  auto& beacon = *out.mutable_beacon();
  beacon.set_data_rate_index(to_proto(region.beacon_data_rate));
  beacon.set_coding_rate(beacon_coding_rate);
  for (const auto frequency : region.beacon_frequencies) beacon.add_frequencies(frequency.hz());
  for (const auto frequency : region.ping_slot_frequencies)
    out.add_ping_slot_frequencies(frequency.hz());
}

void put_relay(const region::Region& region, pb::BandDescription& out) {
  for (const auto& channel : region.relay_channels) {
    auto& added = *out.mutable_relay()->add_wor_channels();
    added.set_frequency(channel.frequency.hz());
    added.set_ack_frequency(channel.ack_frequency.hz());
    added.set_data_rate_index(to_proto(channel.data_rate));
  }
}

/// Left out where the band does not say.
void put_boot_dwell_time(const region::Region& region, pb::BandDescription& out) {
  using region::DwellTime;
  if (region.boot_uplink_dwell != DwellTime::unknown) {
    out.mutable_boot_dwell_time()->mutable_uplinks()->set_value(region.boot_uplink_dwell ==
                                                                DwellTime::on);
  }
  if (region.boot_downlink_dwell != DwellTime::unknown) {
    out.mutable_boot_dwell_time()->mutable_downlinks()->set_value(region.boot_downlink_dwell ==
                                                                  DwellTime::on);
  }
}

}  // namespace

void put_band(const region::Region& region, pb::BandDescription& out) {
  out.set_id(std::string(region.band_id));
  put_class_b(region, out);
  put_channels(region, out);
  put_timing(region, out);
  out.set_max_fcnt_gap(region.max_f_cnt_gap);
  out.set_supports_dynamic_adr(region.dynamic_adr_supported);
  out.set_adr_ack_limit(static_cast<pb::ADRAckLimitExponent>(region.adr_ack_limit_exponent));
  for (const float offset : region.tx_power_offsets_db) out.add_tx_offset(offset);
  out.set_max_adr_data_rate_index(to_proto(region.adr_max_data_rate));
  out.set_tx_param_setup_req_support(region.has_tx_param_setup);
  out.set_default_max_eirp(region.default_max_eirp_dbm);
  auto& rx2 = *out.mutable_default_rx2_parameters();
  rx2.set_data_rate_index(to_proto(region.rx2_data_rate));
  rx2.set_frequency(region.rx2_frequency.hz());
  put_boot_dwell_time(region, out);
  put_relay(region, out);
}

}  // namespace ff::api
