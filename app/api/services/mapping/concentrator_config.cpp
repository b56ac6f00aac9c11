#include "app/api/services/mapping/concentrator_config.hpp"

#include "app/api/services/mapping/values.hpp"

namespace ff::api {
namespace {

using Config = pb::ConcentratorConfig;

void put_channel(const region::PlanChannel& channel, Config::Channel& out) {
  out.set_frequency(channel.frequency.hz());
  out.set_radio(channel.radio);
}

void put_lora_standard(const region::PlanSingleRateChannel& channel, const region::Region& region,
                       Config::LoRaStandardChannel& out) {
  out.set_frequency(channel.frequency.hz());
  out.set_radio(channel.radio);
  const auto* entry = region.data_rate(channel.data_rate, region::Direction::uplink);
  const auto* lora = entry ? std::get_if<LoraDataRate>(&entry->data_rate) : nullptr;
  if (lora == nullptr) return;
  out.set_bandwidth(lora->bandwidth_hz);
  out.set_spreading_factor(lora->spreading_factor);
}

void put_radio(const region::PlanRadio& radio, pb::GatewayRadio& out) {
  out.set_enable(radio.enable);
  out.set_chip_type(radio.chip_type);
  out.set_frequency(radio.frequency.hz());
  out.set_rssi_offset(radio.rssi_offset);
  if (!radio.tx_min || !radio.tx_max) return;
  auto& tx = *out.mutable_tx_configuration();
  tx.set_min_frequency(radio.tx_min->hz());
  tx.set_max_frequency(radio.tx_max->hz());
  if (radio.tx_notch) tx.set_notch_frequency(radio.tx_notch->hz());
}

}  // namespace

pb::ConcentratorConfig to_concentrator_config(const region::FrequencyPlan& plan,
                                              const region::Region& region) {
  Config out;
  for (const auto& channel : plan.uplink_channels) put_channel(channel, *out.add_channels());
  if (plan.lora_standard_channel)
    put_lora_standard(*plan.lora_standard_channel, region, *out.mutable_lora_standard_channel());
  if (plan.fsk_channel) {
    out.mutable_fsk_channel()->set_frequency(plan.fsk_channel->frequency.hz());
    out.mutable_fsk_channel()->set_radio(plan.fsk_channel->radio);
  }
  if (plan.listen_before_talk) {
    auto& lbt = *out.mutable_lbt();
    lbt.set_rssi_target(plan.listen_before_talk->rssi_target_dbm);
    lbt.set_rssi_offset(plan.listen_before_talk->rssi_offset_db);
    put_duration(plan.listen_before_talk->scan_time, *lbt.mutable_scan_time());
  }
  if (plan.ping_slot) put_channel(*plan.ping_slot, *out.mutable_ping_slot());
  for (const auto& radio : plan.radios) put_radio(radio, *out.add_radios());
  out.set_clock_source(plan.clock_source.value_or(0));
  return out;
}

}  // namespace ff::api
