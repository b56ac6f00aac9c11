// What a device is told as a relay, or as a device behind one. The same values are settings,
// current and desired parameters. Not the frames a relay forwards (protocol/relay) and not the
// commands that carry these values (command/relay_*.hpp). [TS011-1.0.1 §10; spec network-server
// §17]
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/keys.hpp"
#include "protocol/types/radio.hpp"

namespace ff::mac {

/// Devices that one relay forwards for; an index of the list has four bits.
inline constexpr std::size_t relay_rules_max = 16;
/// Wake-up frames before a device sends without a relay, unless it is told another number.
inline constexpr std::uint8_t default_relay_backoff = 8;

/// Where a relay listens for wake-up frames besides its default channel.
struct RelaySecondChannel {
  std::uint8_t ack_offset = 0;  // 0-5: 0, 200, 400, 800, 1600, 3200 kHz
  DataRateIndex data_rate_index;
  Frequency frequency;
  bool operator==(const RelaySecondChannel&) const = default;
};

/// A token bucket: `reload_rate` frames an hour, up to 1, 2, 4 or 12 times as many at once.
struct RelayLimit {
  std::uint8_t bucket_size = 0;  // 0-3
  std::uint8_t reload_rate = 0;  // 0-62 of one device, 0-126 of a relay
  bool operator==(const RelayLimit&) const = default;
};

/// What a relay forwards at most; an absent limit is none.
struct RelayForwardingLimits {
  std::uint8_t reset_behavior = 0;  // 0 to zero, 1 to the reload rate, 2 to the maximum, 3 keep
  std::optional<RelayLimit> join_requests;
  std::optional<RelayLimit> notifications;
  std::optional<RelayLimit> uplink_messages;
  std::optional<RelayLimit> overall;
  bool operator==(const RelayForwardingLimits&) const = default;
};

/// What a relay must know of a session to understand its wake-up frames. Told by the session of the
/// device that is served; never shown.
struct WorSession {
  DevAddr dev_addr;
  Aes128Key root_wor_s_key;
  bool operator==(const WorSession&) const = default;
};

/// A device that a relay forwards for. An index of the relay's list that is not in use holds an
/// empty one.
struct UplinkForwardingRule {
  std::optional<RelayLimit> limits;
  std::uint32_t last_w_f_cnt = 0;  // of wake-up frames
  DeviceId device_id;              // of the same application
  Bytes session_key_id;
  std::optional<WorSession> wor;  // absent: not known yet, so that the relay can not be told

  bool is_empty() const { return *this == UplinkForwardingRule{}; }
  bool operator==(const UplinkForwardingRule&) const = default;
};

/// A relay.
struct ServingRelay {
  std::optional<RelaySecondChannel> second_channel;
  std::optional<std::uint8_t> default_channel_index;          // of the band's; set in parameters
  std::uint8_t cad_periodicity = 0;                           // 0-5: 1000, 500, 250, 100, 50, 20 ms
  std::vector<UplinkForwardingRule> uplink_forwarding_rules;  // by index; relay_rules_max
  std::optional<RelayForwardingLimits> limits;                // absent: those a relay starts with
  bool operator==(const ServingRelay&) const = default;
};

/// ON-WIRE: when a device sends through its relay.
enum class RelayActivation : std::uint8_t { off = 0, always = 1, dynamic = 2, device = 3 };

/// A device behind a relay.
struct ServedRelay {
  RelayActivation activation = RelayActivation::always;
  std::uint8_t smart_enable_level = 0;  // of `dynamic`; 0-3: 8, 16, 32, 64 uplinks
  std::optional<std::uint8_t> backoff;  // 0-63; set in parameters
  std::optional<RelaySecondChannel> second_channel;
  DeviceId serving_device_id;  // of the same application
  bool operator==(const ServedRelay&) const = default;
};

using RelayParameters = std::variant<ServingRelay, ServedRelay>;

/// Settings as parameters: what they leave open has its default.
RelayParameters with_defaults(RelayParameters settings);

/// Null when there is none of this kind.
const ServingRelay* serving(const std::optional<RelayParameters>& relay) noexcept;
ServingRelay* serving(std::optional<RelayParameters>& relay) noexcept;
const ServedRelay* served(const std::optional<RelayParameters>& relay) noexcept;

}  // namespace ff::mac
