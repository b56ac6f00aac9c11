// How MAC settings are stored, in a device's row and in a profile's: one table per struct. Included
// by the .cpp files of records only.
#pragma once

#include <cstdint>

#include "actors/network_server/session/relay_record.hpp"
#include "protocol/mac/settings.hpp"
#include "storage/codec/fields.hpp"

// ON-DISK: a number is never given to another member. Golden test:
// test/actors/network_server/profiles/record_test.cpp.

namespace ff::mac {

template <class Archive>
void fields(Archive& a, NbTransBounds& bounds) {
  a(1, bounds.min);
  a(2, bounds.max);
}
template <class Archive>
void fields(Archive& a, AdrStatic& adr) {
  a(1, adr.data_rate_index);
  a(2, adr.tx_power_index);
  a(3, adr.nb_trans);
}
template <class Archive>
void fields(Archive&, AdrDisabled&) {}
template <class Archive>
void fields(Archive& a, AdrDynamic& adr) {
  a(1, adr.margin_db);
  a(2, adr.min_data_rate_index);
  a(3, adr.max_data_rate_index);
  a(4, adr.min_tx_power_index);
  a(5, adr.max_tx_power_index);
  a(6, adr.nb_trans);
  a(7, adr.channel_steering);
  for (std::uint32_t i = 0; i < adr.nb_trans_overrides.size(); ++i) {
    a(16 + i, adr.nb_trans_overrides[i]);
  }
}

template <class Archive>
void fields(Archive& a, MacSettings& settings) {
  a(1, settings.class_b_timeout);
  a(2, settings.ping_slot_periodicity);
  a(3, settings.ping_slot_data_rate_index);
  a(4, settings.ping_slot_frequency);
  a(5, settings.class_c_timeout);
  a(6, settings.rx1_delay);
  a(7, settings.rx1_data_rate_offset);
  a(8, settings.rx2_data_rate_index);
  a(9, settings.rx2_frequency);
  a(10, settings.factory_preset_frequencies);
  a(11, settings.max_duty_cycle);
  a(12, settings.supports_32_bit_f_cnt);
  a(13, settings.use_adr);
  a(14, settings.adr_margin_db);
  a(15, settings.resets_f_cnt);
  a(16, settings.status_time_periodicity);
  a(17, settings.status_count_periodicity);
  a(18, settings.desired_rx1_delay);
  a(19, settings.desired_rx1_data_rate_offset);
  a(20, settings.desired_rx2_data_rate_index);
  a(21, settings.desired_rx2_frequency);
  a(22, settings.desired_max_duty_cycle);
  a(23, settings.desired_adr_ack_limit_exponent);
  a(24, settings.desired_adr_ack_delay_exponent);
  a(25, settings.beacon_frequency);
  a(27, settings.desired_ping_slot_data_rate_index);
  a(28, settings.desired_ping_slot_frequency);
  a(29, settings.desired_beacon_frequency);
  a(30, settings.desired_max_eirp_dbm);
  a(31, settings.class_b_c_downlink_interval);
  a(32, settings.uplink_dwell_time);
  a(33, settings.downlink_dwell_time);
  a(35, settings.schedule_downlinks);
  alternative<Archive, AdrDisabled>(a, 40, settings.adr);
  alternative<Archive, AdrStatic>(a, 41, settings.adr);
  alternative<Archive, AdrDynamic>(a, 42, settings.adr);
  relay_fields(a, 43, settings.relay);
  relay_fields(a, 45, settings.desired_relay);
}

}  // namespace ff::mac
