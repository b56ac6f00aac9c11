#include "app/api/services/mapping/mac_state.hpp"

#include <algorithm>

#include "app/api/services/mapping/join_accept.hpp"
#include "app/api/services/mapping/mac_history.hpp"
#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/mapping/relay.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/mac/adr_ack.hpp"

namespace ff::api {
namespace {

using google::protobuf::Timestamp;

template <class Tag, class T>
T small(Strong<Tag, T> value) {
  return value.value();
}
template <class Id>
Id small_of(int value) {
  return Id(static_cast<typename Id::Value>(value));
}

pb::DataRateIndex data_rate(DataRateIndex index) {
  return static_cast<pb::DataRateIndex>(index.value());
}

// --- parameters ----------------------------------------------------------------------------------

void put_dwell(region::DwellTime dwell, pb::MACParameters& parameters, bool uplink) {
  if (dwell == region::DwellTime::unknown) return;
  auto& out =
      uplink ? *parameters.mutable_uplink_dwell_time() : *parameters.mutable_downlink_dwell_time();
  out.set_value(dwell == region::DwellTime::on);
}

region::DwellTime dwell_of(bool known, const pb::BoolValue& value) {
  if (!known) return region::DwellTime::unknown;
  return value.value() ? region::DwellTime::on : region::DwellTime::off;
}

void put_channel(const mac::Channel& channel, pb::MACParameters::Channel& out) {
  out.set_uplink_frequency(channel.uplink_frequency.hz());
  out.set_downlink_frequency(channel.downlink_frequency.hz());
  out.set_min_data_rate_index(data_rate(channel.min_data_rate_index));
  out.set_max_data_rate_index(data_rate(channel.max_data_rate_index));
  out.set_enable_uplink(channel.enabled);
}

mac::Channel channel_of(const pb::MACParameters::Channel& channel) {
  return {Frequency::hz(channel.uplink_frequency()), Frequency::hz(channel.downlink_frequency()),
          small_of<DataRateIndex>(channel.min_data_rate_index()),
          small_of<DataRateIndex>(channel.max_data_rate_index()), channel.enable_uplink()};
}

// --- frames and commands -------------------------------------------------------------------------

void put_history(const mac::MacState& state, pb::MACState& out) {
  put_commands(state.queued_responses, *out.mutable_queued_responses());
  put_commands(state.pending_requests, *out.mutable_pending_requests());
  for (auto cid : state.recent_mac_command_identifiers) {
    out.add_recent_mac_command_identifiers(
        static_cast<pb::MACCommandIdentifier>(static_cast<int>(cid)));
  }
  put_recent_uplinks(state, out);
  put_recent_downlinks(state, out);
}

void take_history(const pb::MACState& from, mac::MacState& out) {
  out.queued_responses = commands_of(from.queued_responses(), out.queued_responses);
  out.pending_requests = commands_of(from.pending_requests(), out.pending_requests);
  take_recent_uplinks(from, out);
  take_recent_downlinks(from, out);
  out.recent_mac_command_identifiers.clear();
  for (auto cid : from.recent_mac_command_identifiers()) {
    out.recent_mac_command_identifiers.push_back(static_cast<mac::Cid>(cid));
  }
}

// --- joins ---------------------------------------------------------------------------------------

void put_join(const mac::MacState& state, pb::MACState& out) {
  if (state.queued_join_accept)
    put_join_accept(*state.queued_join_accept, *out.mutable_queued_join_accept());
  if (state.pending_join_request)
    put_join_request(*state.pending_join_request, *out.mutable_pending_join_request());
}

void take_join(const pb::MACState& from, mac::MacState& out) {
  out.queued_join_accept.reset();
  if (from.has_queued_join_accept())
    out.queued_join_accept = join_accept_of(from.queued_join_accept());
  const auto base = out.pending_join_request.value_or(mac::JoinParameters());
  out.pending_join_request.reset();
  if (from.has_pending_join_request())
    out.pending_join_request = join_request_of(from.pending_join_request(), base);
}

// --- refusals ------------------------------------------------------------------------------------

void put_rejected(const mac::Rejected& rejected, pb::MACState& out) {
  for (auto index : rejected.adr_data_rate_indexes)
    out.add_rejected_adr_data_rate_indexes(data_rate(index));
  for (auto index : rejected.adr_tx_power_indexes)
    out.add_rejected_adr_tx_power_indexes(small(index));
  for (auto frequency : rejected.frequencies) out.add_rejected_frequencies(frequency.hz());
  for (const auto& [frequency, ranges] : rejected.data_rate_ranges) {
    auto& list = (*out.mutable_rejected_data_rate_ranges())[frequency.hz()];
    for (const auto& range : ranges) {
      auto& one = *list.add_ranges();
      one.set_min_data_rate_index(data_rate(range.min));
      one.set_max_data_rate_index(data_rate(range.max));
    }
  }
}

template <class T>
std::vector<T> sorted_set(std::vector<T> values) {
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

void take_rejected(const pb::MACState& from, mac::Rejected& out) {
  out.adr_data_rate_indexes.clear();
  for (int i : from.rejected_adr_data_rate_indexes()) {
    out.adr_data_rate_indexes.push_back(small_of<DataRateIndex>(i));
  }
  out.adr_tx_power_indexes.clear();
  for (auto i : from.rejected_adr_tx_power_indexes()) {
    out.adr_tx_power_indexes.push_back(small_of<TxPowerIndex>(static_cast<int>(i)));
  }
  out.frequencies.clear();
  for (auto hz : from.rejected_frequencies()) out.frequencies.push_back(Frequency::hz(hz));
  out.data_rate_ranges.clear();
  for (const auto& [hz, list] : from.rejected_data_rate_ranges()) {
    auto& ranges = out.data_rate_ranges[Frequency::hz(hz)];
    for (const auto& range : list.ranges()) {
      ranges.push_back({small_of<DataRateIndex>(range.min_data_rate_index()),
                        small_of<DataRateIndex>(range.max_data_rate_index())});
    }
    ranges = sorted_set(std::move(ranges));
  }
  out.adr_data_rate_indexes = sorted_set(std::move(out.adr_data_rate_indexes));
  out.adr_tx_power_indexes = sorted_set(std::move(out.adr_tx_power_indexes));
  out.frequencies = sorted_set(std::move(out.frequencies));
}

// --- times ---------------------------------------------------------------------------------------

void put_times(const mac::MacState& state, pb::MACState& out) {
  if (state.last_confirmed_downlink_at) {
    put_time(*state.last_confirmed_downlink_at, *out.mutable_last_confirmed_downlink_at());
  }
  if (state.last_network_initiated_downlink_at) {
    put_time(*state.last_network_initiated_downlink_at,
             *out.mutable_last_network_initiated_downlink_at());
  }
  if (state.last_downlink_at) put_time(*state.last_downlink_at, *out.mutable_last_downlink_at());
}

void take_times(const pb::MACState& from, mac::MacState& out) {
  const auto take = [](bool set, const Timestamp& time) -> std::optional<UtcTime> {
    if (!set) return std::nullopt;
    return time_of(time);
  };
  out.last_confirmed_downlink_at =
      take(from.has_last_confirmed_downlink_at(), from.last_confirmed_downlink_at());
  out.last_network_initiated_downlink_at = take(from.has_last_network_initiated_downlink_at(),
                                                from.last_network_initiated_downlink_at());
  out.last_downlink_at = take(from.has_last_downlink_at(), from.last_downlink_at());
}

}  // namespace

void put_mac_parameters(const mac::MacParameters& p, pb::MACParameters& out) {
  out.set_max_eirp(p.max_eirp_dbm);
  out.set_adr_data_rate_index(data_rate(p.adr_data_rate_index));
  out.set_adr_tx_power_index(small(p.adr_tx_power_index));
  out.set_adr_nb_trans(p.adr_nb_trans);
  if (p.adr_ack_limit_exponent) {
    out.mutable_adr_ack_limit_exponent()->set_value(
        static_cast<pb::ADRAckLimitExponent>(p.adr_ack_limit_exponent->value()));
  }
  if (p.adr_ack_delay_exponent) {
    out.mutable_adr_ack_delay_exponent()->set_value(
        static_cast<pb::ADRAckDelayExponent>(p.adr_ack_delay_exponent->value()));
  }
  out.set_rx1_delay(static_cast<pb::RxDelay>(p.rx1_delay.count()));
  out.set_rx1_data_rate_offset(static_cast<pb::DataRateOffset>(small(p.rx1_data_rate_offset)));
  out.set_rx2_data_rate_index(data_rate(p.rx2_data_rate_index));
  out.set_rx2_frequency(p.rx2_frequency.hz());
  out.set_max_duty_cycle(static_cast<pb::AggregatedDutyCycle>(small(p.max_duty_cycle)));
  out.set_rejoin_time_periodicity(
      static_cast<pb::RejoinTimeExponent>(small(p.rejoin_time_periodicity)));
  out.set_rejoin_count_periodicity(
      static_cast<pb::RejoinCountExponent>(small(p.rejoin_count_periodicity)));
  out.set_ping_slot_frequency(p.ping_slot_frequency.hz());
  if (p.ping_slot_data_rate_index) {
    out.mutable_ping_slot_data_rate_index_value()->set_value(
        data_rate(*p.ping_slot_data_rate_index));
  }
  out.set_beacon_frequency(p.beacon_frequency.hz());
  for (const auto& channel : p.channels) put_channel(channel, *out.add_channels());
  put_dwell(p.uplink_dwell_time, out, true);
  put_dwell(p.downlink_dwell_time, out, false);
  if (p.relay) put_relay(*p.relay, *out.mutable_relay());
}

mac::MacParameters mac_parameters_of(const pb::MACParameters& from) {
  mac::MacParameters p;
  p.max_eirp_dbm = from.max_eirp();
  p.adr_data_rate_index = small_of<DataRateIndex>(from.adr_data_rate_index());
  p.adr_tx_power_index = small_of<TxPowerIndex>(static_cast<int>(from.adr_tx_power_index()));
  p.adr_nb_trans = static_cast<std::uint8_t>(from.adr_nb_trans());
  if (from.has_adr_ack_limit_exponent()) {
    p.adr_ack_limit_exponent = small_of<mac::AdrAckExponent>(from.adr_ack_limit_exponent().value());
  } else if (from.adr_ack_limit() != 0) {  // deprecated
    p.adr_ack_limit_exponent = mac::adr_ack_exponent(from.adr_ack_limit());
  }
  if (from.has_adr_ack_delay_exponent()) {
    p.adr_ack_delay_exponent = small_of<mac::AdrAckExponent>(from.adr_ack_delay_exponent().value());
  } else if (from.adr_ack_delay() != 0) {
    p.adr_ack_delay_exponent = mac::adr_ack_exponent(from.adr_ack_delay());
  }
  p.rx1_delay = std::chrono::seconds(std::max(1, static_cast<int>(from.rx1_delay())));
  p.rx1_data_rate_offset = small_of<DataRateOffset>(from.rx1_data_rate_offset());
  p.rx2_data_rate_index = small_of<DataRateIndex>(from.rx2_data_rate_index());
  p.rx2_frequency = Frequency::hz(from.rx2_frequency());
  p.max_duty_cycle = small_of<mac::DutyCycleExponent>(from.max_duty_cycle());
  p.rejoin_time_periodicity = small_of<mac::RejoinTimeExponent>(from.rejoin_time_periodicity());
  p.rejoin_count_periodicity = small_of<mac::RejoinCountExponent>(from.rejoin_count_periodicity());
  p.ping_slot_frequency = Frequency::hz(from.ping_slot_frequency());
  if (from.has_ping_slot_data_rate_index_value()) {
    p.ping_slot_data_rate_index =
        small_of<DataRateIndex>(from.ping_slot_data_rate_index_value().value());
  }
  p.beacon_frequency = Frequency::hz(from.beacon_frequency());
  for (const auto& channel : from.channels()) p.channels.push_back(channel_of(channel));
  p.uplink_dwell_time = dwell_of(from.has_uplink_dwell_time(), from.uplink_dwell_time());
  p.downlink_dwell_time = dwell_of(from.has_downlink_dwell_time(), from.downlink_dwell_time());
  if (from.has_relay()) p.relay = relay_of(from.relay());
  return p;
}

void put_mac_state(const mac::MacState& state, pb::MACState& out) {
  put_mac_parameters(state.current, *out.mutable_current_parameters());
  put_mac_parameters(state.desired, *out.mutable_desired_parameters());
  out.set_device_class(static_cast<pb::Class>(state.device_class));
  out.set_lorawan_version(static_cast<pb::MACVersion>(state.lorawan_version));
  put_times(state, out);
  if (state.device_status) out.set_last_dev_status_f_cnt_up(state.device_status->f_cnt_up.value());
  if (state.ping_slot_periodicity) {
    out.mutable_ping_slot_periodicity()->set_value(
        static_cast<pb::PingSlotPeriod>(state.ping_slot_periodicity->value()));
  }
  if (state.pending_application_downlink) {
    put_downlink(*state.pending_application_downlink, *out.mutable_pending_application_downlink());
  }
  put_history(state, out);
  put_join(state, out);
  out.set_rx_windows_available(state.rx_windows_available);
  put_rejected(state.rejected, out);
  out.set_last_adr_change_f_cnt_up(state.last_adr_change_f_cnt_up.value());
  if (!state.pending_relay_downlink.empty())
    out.mutable_pending_relay_downlink()->set_raw_payload(text_of(state.pending_relay_downlink));
}

mac::MacState mac_state_of(const pb::MACState& from, mac::MacState state) {
  const auto before = std::pair(std::move(state.current.relay), std::move(state.desired.relay));
  state.current = mac_parameters_of(from.current_parameters());
  state.desired = mac_parameters_of(from.desired_parameters());
  keep_wor_sessions(before.first, state.current.relay);
  keep_wor_sessions(before.second, state.desired.relay);
  state.pending_relay_downlink = bytes_of(from.pending_relay_downlink().raw_payload());
  state.device_class = static_cast<DeviceClass>(from.device_class());
  state.lorawan_version = static_cast<MacVersion>(from.lorawan_version());
  take_times(from, state);
  state.ping_slot_periodicity.reset();
  if (from.has_ping_slot_periodicity()) {
    state.ping_slot_periodicity =
        small_of<mac::PingSlotPeriodicity>(from.ping_slot_periodicity().value());
  }
  state.pending_application_downlink.reset();
  if (from.has_pending_application_downlink()) {
    state.pending_application_downlink = downlink_of(from.pending_application_downlink());
  }
  take_history(from, state);
  take_join(from, state);
  state.rx_windows_available = from.rx_windows_available();
  take_rejected(from, state.rejected);
  state.last_adr_change_f_cnt_up = FCnt32(from.last_adr_change_f_cnt_up());
  return state;
}

}  // namespace ff::api
