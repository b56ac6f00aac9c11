#include "app/api/services/mapping/relay.hpp"

#include <algorithm>

#include "app/api/services/mapping/values.hpp"

namespace ff::api {
namespace {

// Settings wrap what may be absent; parameters do not.
void put_small(std::uint8_t value, google::protobuf::UInt32Value& out) {
  out.set_value(value);
}
std::uint8_t small_of(std::uint32_t value) {
  return static_cast<std::uint8_t>(value);
}

void put_index(std::optional<std::uint8_t> value, pb::ServingRelaySettings& out) {
  if (value) put_small(*value, *out.mutable_default_channel_index());
}
void put_index(std::optional<std::uint8_t> value, pb::ServingRelayParameters& out) {
  out.set_default_channel_index(value.value_or(0));
}
std::optional<std::uint8_t> index_of(const pb::ServingRelaySettings& from) {
  if (!from.has_default_channel_index()) return std::nullopt;
  return small_of(from.default_channel_index().value());
}
std::optional<std::uint8_t> index_of(const pb::ServingRelayParameters& from) {
  return small_of(from.default_channel_index());
}

void put_backoff(std::optional<std::uint8_t> value, pb::ServedRelaySettings& out) {
  if (value) put_small(*value, *out.mutable_backoff());
}
void put_backoff(std::optional<std::uint8_t> value, pb::ServedRelayParameters& out) {
  out.set_backoff(value.value_or(mac::default_relay_backoff));
}
std::optional<std::uint8_t> backoff_of(const pb::ServedRelaySettings& from) {
  if (!from.has_backoff()) return std::nullopt;
  return small_of(from.backoff().value());
}
std::optional<std::uint8_t> backoff_of(const pb::ServedRelayParameters& from) {
  return small_of(from.backoff());
}

void put_channel(const mac::RelaySecondChannel& channel, pb::RelaySecondChannel& out) {
  out.set_ack_offset(static_cast<pb::RelaySecondChAckOffset>(channel.ack_offset));
  out.set_data_rate_index(static_cast<pb::DataRateIndex>(channel.data_rate_index.value()));
  out.set_frequency(channel.frequency.hz());
}
mac::RelaySecondChannel channel_of(const pb::RelaySecondChannel& from) {
  return {static_cast<std::uint8_t>(from.ack_offset()),
          DataRateIndex{static_cast<std::uint8_t>(from.data_rate_index())},
          Frequency::hz(from.frequency())};
}

template <class Limits>
void put_limit(const mac::RelayLimit& limit, Limits& out) {
  out.set_bucket_size(static_cast<pb::RelayLimitBucketSize>(limit.bucket_size));
  out.set_reload_rate(limit.reload_rate);
}
template <class Limits>
std::optional<mac::RelayLimit> limit_of(bool set, const Limits& from) {
  if (!set) return std::nullopt;
  return mac::RelayLimit{static_cast<std::uint8_t>(from.bucket_size()),
                         static_cast<std::uint8_t>(from.reload_rate())};
}

void put_limits(const mac::RelayForwardingLimits& limits, pb::ServingRelayForwardingLimits& out) {
  out.set_reset_behavior(static_cast<pb::RelayResetLimitCounter>(limits.reset_behavior));
  if (limits.join_requests) put_limit(*limits.join_requests, *out.mutable_join_requests());
  if (limits.notifications) put_limit(*limits.notifications, *out.mutable_notifications());
  if (limits.uplink_messages) put_limit(*limits.uplink_messages, *out.mutable_uplink_messages());
  if (limits.overall) put_limit(*limits.overall, *out.mutable_overall());
}
mac::RelayForwardingLimits limits_of(const pb::ServingRelayForwardingLimits& from) {
  return {static_cast<std::uint8_t>(from.reset_behavior()),
          limit_of(from.has_join_requests(), from.join_requests()),
          limit_of(from.has_notifications(), from.notifications()),
          limit_of(from.has_uplink_messages(), from.uplink_messages()),
          limit_of(from.has_overall(), from.overall())};
}

template <class Serving>
void put_serving(const mac::ServingRelay& relay, Serving& out) {
  if (relay.second_channel) put_channel(*relay.second_channel, *out.mutable_second_channel());
  put_index(relay.default_channel_index, out);
  out.set_cad_periodicity(static_cast<pb::RelayCADPeriodicity>(relay.cad_periodicity));
  for (const auto& rule : relay.uplink_forwarding_rules)
    put_rule(rule, *out.add_uplink_forwarding_rules());
  if (relay.limits) put_limits(*relay.limits, *out.mutable_limits());
}
template <class Serving>
mac::ServingRelay serving_of(const Serving& from) {
  mac::ServingRelay relay;
  if (from.has_second_channel()) relay.second_channel = channel_of(from.second_channel());
  relay.default_channel_index = index_of(from);
  relay.cad_periodicity = static_cast<std::uint8_t>(from.cad_periodicity());
  for (const auto& rule : from.uplink_forwarding_rules())
    relay.uplink_forwarding_rules.push_back(rule_of(rule));
  if (from.has_limits()) relay.limits = limits_of(from.limits());
  return relay;
}

template <class Served>
void put_served(const mac::ServedRelay& relay, Served& out) {
  switch (relay.activation) {
    case mac::RelayActivation::dynamic:
      out.mutable_dynamic()->set_smart_enable_level(
          static_cast<pb::RelaySmartEnableLevel>(relay.smart_enable_level));
      break;
    case mac::RelayActivation::device:
      out.mutable_end_device_controlled();
      break;
    case mac::RelayActivation::always:
    case mac::RelayActivation::off:
      out.mutable_always();
      break;
  }
  put_backoff(relay.backoff, out);
  if (relay.second_channel) put_channel(*relay.second_channel, *out.mutable_second_channel());
  out.set_serving_device_id(relay.serving_device_id.text());
}
template <class Served>
mac::ServedRelay served_of(const Served& from) {
  mac::ServedRelay relay;
  if (from.has_dynamic()) {
    relay.activation = mac::RelayActivation::dynamic;
    relay.smart_enable_level = static_cast<std::uint8_t>(from.dynamic().smart_enable_level());
  } else if (from.has_end_device_controlled()) {
    relay.activation = mac::RelayActivation::device;
  }
  relay.backoff = backoff_of(from);
  if (from.has_second_channel()) relay.second_channel = channel_of(from.second_channel());
  relay.serving_device_id = DeviceId(from.serving_device_id());
  return relay;
}

template <class Message>
void put_either(const mac::RelayParameters& relay, Message& out) {
  if (const auto* serving = std::get_if<mac::ServingRelay>(&relay)) {
    put_serving(*serving, *out.mutable_serving());
  } else {
    put_served(std::get<mac::ServedRelay>(relay), *out.mutable_served());
  }
}
template <class Message>
std::optional<mac::RelayParameters> either_of(const Message& from) {
  if (from.has_serving()) return serving_of(from.serving());
  if (from.has_served()) return served_of(from.served());
  return std::nullopt;
}

}  // namespace

void put_rule(const mac::UplinkForwardingRule& rule, pb::RelayUplinkForwardingRule& out) {
  if (rule.limits) put_limit(*rule.limits, *out.mutable_limits());
  out.set_last_w_f_cnt(rule.last_w_f_cnt);
  out.set_device_id(rule.device_id.text());
  out.set_session_key_id(text_of(rule.session_key_id));
}

mac::UplinkForwardingRule rule_of(const pb::RelayUplinkForwardingRule& from) {
  mac::UplinkForwardingRule rule;
  rule.limits = limit_of(from.has_limits(), from.limits());
  rule.last_w_f_cnt = from.last_w_f_cnt();
  rule.device_id = DeviceId(from.device_id());
  rule.session_key_id = bytes_of(from.session_key_id());
  return rule;
}

void put_relay(const mac::RelayParameters& relay, pb::RelaySettings& out) {
  put_either(relay, out);
}
void put_relay(const mac::RelayParameters& relay, pb::RelayParameters& out) {
  put_either(relay, out);
}
std::optional<mac::RelayParameters> relay_of(const pb::RelaySettings& relay) {
  return either_of(relay);
}
std::optional<mac::RelayParameters> relay_of(const pb::RelayParameters& relay) {
  return either_of(relay);
}

void keep_wor_sessions(const std::optional<mac::RelayParameters>& known,
                       std::optional<mac::RelayParameters>& relay) {
  const auto* from = mac::serving(known);
  auto* to = mac::serving(relay);
  if (from == nullptr || to == nullptr) return;
  for (auto& rule : to->uplink_forwarding_rules) {
    const auto& rules = from->uplink_forwarding_rules;
    const auto found = std::ranges::find_if(rules, [&](const mac::UplinkForwardingRule& other) {
      return other.device_id == rule.device_id && other.session_key_id == rule.session_key_id;
    });
    if (found != rules.end()) rule.wor = found->wor;
  }
}

}  // namespace ff::api
