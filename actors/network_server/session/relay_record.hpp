// The stored form of relay settings and parameters, a part of record.cpp. ON-DISK: a number is
// never given to another member.
#pragma once

#include <optional>
#include <variant>

#include "protocol/mac/relay.hpp"

namespace ff::mac {

/// The alternatives of a variant as optional members.
template <class Archive, class Alternative, class Variant>
void alternative(Archive& a, std::uint32_t number, std::optional<Variant>& variant) {
  std::optional<Alternative> value;
  if (variant && std::holds_alternative<Alternative>(*variant))
    value = std::get<Alternative>(*variant);
  a(number, value);
  if (value) variant = *std::move(value);
}

template <class Archive>
void fields(Archive& a, RelaySecondChannel& channel) {
  a(1, channel.ack_offset);
  a(2, channel.data_rate_index);
  a(3, channel.frequency);
}
template <class Archive>
void fields(Archive& a, RelayLimit& limit) {
  a(1, limit.bucket_size);
  a(2, limit.reload_rate);
}
template <class Archive>
void fields(Archive& a, RelayForwardingLimits& limits) {
  a(1, limits.reset_behavior);
  a(2, limits.join_requests);
  a(3, limits.notifications);
  a(4, limits.uplink_messages);
  a(5, limits.overall);
}
template <class Archive>
void fields(Archive& a, WorSession& session) {
  a(1, session.dev_addr);
  a(2, session.root_wor_s_key);
}
template <class Archive>
void fields(Archive& a, UplinkForwardingRule& rule) {
  a(1, rule.limits);
  a(2, rule.last_w_f_cnt);
  a(3, rule.device_id);
  a(4, rule.session_key_id);
  a(5, rule.wor);
}
template <class Archive>
void fields(Archive& a, ServingRelay& relay) {
  a(1, relay.second_channel);
  a(2, relay.default_channel_index);
  a(3, relay.cad_periodicity);
  a(4, relay.uplink_forwarding_rules);
  a(5, relay.limits);
}
template <class Archive>
void fields(Archive& a, ServedRelay& relay) {
  a(1, relay.activation);
  a(2, relay.smart_enable_level);
  a(3, relay.backoff);
  a(4, relay.second_channel);
  a(5, relay.serving_device_id);
}

/// Two numbers, one for each kind.
template <class Archive>
void relay_fields(Archive& a, std::uint32_t first, std::optional<RelayParameters>& relay) {
  alternative<Archive, ServingRelay>(a, first, relay);
  alternative<Archive, ServedRelay>(a, first + 1, relay);
}

}  // namespace ff::mac
