#include "app/api/services/mapping/mac_settings.hpp"

#include "app/api/services/mapping/relay.hpp"
#include "app/api/services/mapping/values.hpp"

namespace ff::api {
namespace {

using mac::MacSettings;
using Proto = pb::MACSettings;

// --- one value of each kind, both ways -----------------------------------------------------------

template <class Tag, class T>
T number(Strong<Tag, T> value) {
  return value.value();
}
std::uint64_t number(Frequency value) {
  return value.hz();
}
std::int64_t number(std::chrono::seconds value) {
  return value.count();
}
bool number(bool value) {
  return value;
}
float number(float value) {
  return value;
}
std::uint32_t number(std::uint32_t value) {
  return value;
}

template <class Tag, class T, class V>
void take(V value, Strong<Tag, T>& out) {
  out = Strong<Tag, T>(static_cast<T>(value));
}
void take(std::uint64_t value, Frequency& out) {
  out = Frequency::hz(value);
}
/// RX_DELAY_0 is one second, as on air.
void take(pb::RxDelay value, std::chrono::seconds& out) {
  out = std::chrono::seconds(std::max(1, static_cast<int>(value)));
}
void take(bool value, bool& out) {
  out = value;
}
void take(float value, float& out) {
  out = value;
}
void take(std::uint32_t value, std::uint32_t& out) {
  out = value;
}

template <class T, class Wrapper>
void wrap(const T& value, Wrapper& out) {
  using Value = decltype(out.value());
  out.set_value(static_cast<Value>(number(value)));
}
template <class T, class Wrapper>
std::optional<T> unwrap(const Wrapper& wrapper) {
  T value{};
  take(wrapper.value(), value);
  return value;
}

/// Calls `visit(domain field, has, get, mutate)` for every field that is one wrapped value.
template <class Visit>
void each_wrapped(Visit visit) {
#define FF_FIELD(domain, proto) \
  visit(&MacSettings::domain, &Proto::has_##proto, &Proto::proto, &Proto::mutable_##proto)
  FF_FIELD(ping_slot_periodicity, ping_slot_periodicity);
  FF_FIELD(ping_slot_data_rate_index, ping_slot_data_rate_index);
  FF_FIELD(ping_slot_frequency, ping_slot_frequency);
  FF_FIELD(rx1_delay, rx1_delay);
  FF_FIELD(rx1_data_rate_offset, rx1_data_rate_offset);
  FF_FIELD(rx2_data_rate_index, rx2_data_rate_index);
  FF_FIELD(rx2_frequency, rx2_frequency);
  FF_FIELD(max_duty_cycle, max_duty_cycle);
  FF_FIELD(supports_32_bit_f_cnt, supports_32_bit_f_cnt);
  FF_FIELD(use_adr, use_adr);
  FF_FIELD(adr_margin_db, adr_margin);
  FF_FIELD(resets_f_cnt, resets_f_cnt);
  FF_FIELD(status_count_periodicity, status_count_periodicity);
  FF_FIELD(desired_rx1_delay, desired_rx1_delay);
  FF_FIELD(desired_rx1_data_rate_offset, desired_rx1_data_rate_offset);
  FF_FIELD(desired_rx2_data_rate_index, desired_rx2_data_rate_index);
  FF_FIELD(desired_rx2_frequency, desired_rx2_frequency);
  FF_FIELD(desired_max_duty_cycle, desired_max_duty_cycle);
  FF_FIELD(desired_adr_ack_limit_exponent, desired_adr_ack_limit_exponent);
  FF_FIELD(desired_adr_ack_delay_exponent, desired_adr_ack_delay_exponent);
  FF_FIELD(beacon_frequency, beacon_frequency);
  FF_FIELD(desired_ping_slot_data_rate_index, desired_ping_slot_data_rate_index);
  FF_FIELD(desired_ping_slot_frequency, desired_ping_slot_frequency);
  FF_FIELD(desired_beacon_frequency, desired_beacon_frequency);
  FF_FIELD(uplink_dwell_time, uplink_dwell_time);
  FF_FIELD(downlink_dwell_time, downlink_dwell_time);
  FF_FIELD(schedule_downlinks, schedule_downlinks);
#undef FF_FIELD
}

// --- durations -----------------------------------------------------------------------------------

void put_durations(const MacSettings& from, Proto& out) {
  if (from.class_b_timeout) put_duration(*from.class_b_timeout, *out.mutable_class_b_timeout());
  if (from.class_c_timeout) put_duration(*from.class_c_timeout, *out.mutable_class_c_timeout());
  if (from.status_time_periodicity) {
    put_duration(*from.status_time_periodicity, *out.mutable_status_time_periodicity());
  }
  if (from.class_b_c_downlink_interval) {
    put_duration(*from.class_b_c_downlink_interval, *out.mutable_class_b_c_downlink_interval());
  }
}

void take_durations(const Proto& from, MacSettings& out) {
  const auto seconds = [](const google::protobuf::Duration& duration) {
    return std::chrono::duration_cast<std::chrono::seconds>(duration_of(duration));
  };
  if (from.has_class_b_timeout()) out.class_b_timeout = seconds(from.class_b_timeout());
  if (from.has_class_c_timeout()) out.class_c_timeout = seconds(from.class_c_timeout());
  if (from.has_status_time_periodicity()) {
    out.status_time_periodicity = duration_of(from.status_time_periodicity());
  }
  if (from.has_class_b_c_downlink_interval()) {
    out.class_b_c_downlink_interval = duration_of(from.class_b_c_downlink_interval());
  }
}

// --- adaptive data rate --------------------------------------------------------------------------

using ProtoAdr = pb::ADRSettings;
using ProtoDynamic = pb::ADRSettings::DynamicMode;

template <class Bounds>
void put_bounds(const mac::NbTransBounds& bounds, Bounds& out) {
  if (bounds.min) out.mutable_min_nb_trans()->set_value(*bounds.min);
  if (bounds.max) out.mutable_max_nb_trans()->set_value(*bounds.max);
}
template <class Bounds>
mac::NbTransBounds bounds_of(const Bounds& from) {
  mac::NbTransBounds bounds;
  if (from.has_min_nb_trans()) bounds.min = static_cast<std::uint8_t>(from.min_nb_trans().value());
  if (from.has_max_nb_trans()) bounds.max = static_cast<std::uint8_t>(from.max_nb_trans().value());
  return bounds;
}

/// The override of data rate `index`, whose field number is `index + 1`.
const google::protobuf::FieldDescriptor* override_field(int index) {
  return ProtoDynamic::Overrides::descriptor()->FindFieldByNumber(index + 1);
}

void put_overrides(const mac::AdrDynamic& from, ProtoDynamic& out) {
  for (std::size_t i = 0; i < from.nb_trans_overrides.size(); ++i) {
    const auto& bounds = from.nb_trans_overrides[i];
    if (bounds == mac::NbTransBounds{}) continue;
    auto& all = *out.mutable_overrides();
    auto* one = all.GetReflection()->MutableMessage(&all, override_field(static_cast<int>(i)));
    put_bounds(bounds, static_cast<ProtoDynamic::PerDataRateIndexOverride&>(*one));
  }
}

void take_overrides(const ProtoDynamic& from, mac::AdrDynamic& out) {
  const auto& all = from.overrides();
  for (std::size_t i = 0; i < out.nb_trans_overrides.size(); ++i) {
    const auto& one = all.GetReflection()->GetMessage(all, override_field(static_cast<int>(i)));
    out.nb_trans_overrides[i] =
        bounds_of(static_cast<const ProtoDynamic::PerDataRateIndexOverride&>(one));
  }
}

void put_adr(const mac::AdrDisabled&, ProtoAdr& out) {
  out.mutable_disabled();
}

void put_adr(const mac::AdrStatic& from, ProtoAdr& out) {
  auto& mode = *out.mutable_static_();
  mode.set_data_rate_index(static_cast<pb::DataRateIndex>(from.data_rate_index.value()));
  mode.set_tx_power_index(from.tx_power_index.value());
  mode.set_nb_trans(from.nb_trans);
}

void put_adr(const mac::AdrDynamic& from, ProtoAdr& out) {
  auto& mode = *out.mutable_dynamic();
  if (from.margin_db) mode.mutable_margin()->set_value(*from.margin_db);
  if (from.min_data_rate_index)
    wrap(*from.min_data_rate_index, *mode.mutable_min_data_rate_index());
  if (from.max_data_rate_index)
    wrap(*from.max_data_rate_index, *mode.mutable_max_data_rate_index());
  if (from.min_tx_power_index) wrap(*from.min_tx_power_index, *mode.mutable_min_tx_power_index());
  if (from.max_tx_power_index) wrap(*from.max_tx_power_index, *mode.mutable_max_tx_power_index());
  put_bounds(from.nb_trans, mode);
  if (from.channel_steering == mac::ChannelSteering::lora_narrow) {
    mode.mutable_channel_steering()->mutable_lora_narrow();
  } else if (from.channel_steering == mac::ChannelSteering::disabled) {
    mode.mutable_channel_steering()->mutable_disabled();
  }
  put_overrides(from, mode);
}

mac::AdrDynamic dynamic_of(const ProtoDynamic& from) {
  mac::AdrDynamic mode;
  if (from.has_margin()) mode.margin_db = from.margin().value();
  if (from.has_min_data_rate_index())
    mode.min_data_rate_index = unwrap<DataRateIndex>(from.min_data_rate_index());
  if (from.has_max_data_rate_index())
    mode.max_data_rate_index = unwrap<DataRateIndex>(from.max_data_rate_index());
  if (from.has_min_tx_power_index())
    mode.min_tx_power_index = unwrap<TxPowerIndex>(from.min_tx_power_index());
  if (from.has_max_tx_power_index())
    mode.max_tx_power_index = unwrap<TxPowerIndex>(from.max_tx_power_index());
  mode.nb_trans = bounds_of(from);
  if (from.channel_steering().has_lora_narrow())
    mode.channel_steering = mac::ChannelSteering::lora_narrow;
  if (from.channel_steering().has_disabled())
    mode.channel_steering = mac::ChannelSteering::disabled;
  if (from.has_overrides()) take_overrides(from, mode);
  return mode;
}

std::optional<mac::AdrSettings> adr_of(const ProtoAdr& from) {
  switch (from.mode_case()) {
    case ProtoAdr::kDisabled:
      return mac::AdrDisabled{};
    case ProtoAdr::kDynamic:
      return dynamic_of(from.dynamic());
    case ProtoAdr::kStatic: {
      const auto& mode = from.static_();
      return mac::AdrStatic{DataRateIndex(static_cast<std::uint8_t>(mode.data_rate_index())),
                            TxPowerIndex(static_cast<std::uint8_t>(mode.tx_power_index())),
                            static_cast<std::uint8_t>(mode.nb_trans())};
    }
    case ProtoAdr::MODE_NOT_SET:
      break;
  }
  return std::nullopt;
}

}  // namespace

void put_mac_settings(const MacSettings& settings, Proto& out) {
  each_wrapped([&](auto field, auto, auto, auto mutate) {
    if (const auto& value = settings.*field) wrap(*value, *(out.*mutate)());
  });
  put_durations(settings, out);
  for (auto frequency : settings.factory_preset_frequencies)
    out.add_factory_preset_frequencies(frequency.hz());
  if (settings.desired_max_eirp_dbm) {
    const auto index = mac::eirp_index(*settings.desired_max_eirp_dbm).value();
    out.mutable_desired_max_eirp()->set_value(static_cast<pb::DeviceEIRP>(index));
  }
  if (settings.adr)
    std::visit([&](const auto& mode) { put_adr(mode, *out.mutable_adr()); }, *settings.adr);
  if (settings.relay) put_relay(*settings.relay, *out.mutable_relay());
  if (settings.desired_relay) put_relay(*settings.desired_relay, *out.mutable_desired_relay());
}

MacSettings mac_settings_of(const Proto& settings) {
  MacSettings out;
  each_wrapped([&](auto field, auto has, auto get, auto) {
    using Value = typename std::remove_reference_t<decltype(out.*field)>::value_type;
    if ((settings.*has)()) out.*field = unwrap<Value>((settings.*get)());
  });
  take_durations(settings, out);
  for (auto frequency : settings.factory_preset_frequencies()) {
    out.factory_preset_frequencies.push_back(Frequency::hz(frequency));
  }
  if (settings.has_desired_max_eirp()) {
    const auto index = static_cast<std::size_t>(settings.desired_max_eirp().value());
    out.desired_max_eirp_dbm = static_cast<float>(mac::eirp_dbm.at(index % mac::eirp_dbm.size()));
  }
  if (settings.has_adr()) out.adr = adr_of(settings.adr());
  if (settings.has_relay()) out.relay = relay_of(settings.relay());
  if (settings.has_desired_relay()) out.desired_relay = relay_of(settings.desired_relay());
  return out;
}

}  // namespace ff::api
