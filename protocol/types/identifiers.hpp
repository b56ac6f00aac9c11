// Identifiers: EUIs, addresses, network and entity ids. Not for keys (keys.hpp) or counters
// (counters.hpp).
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"
#include "protocol/base/strong.hpp"

namespace ff {

/// EUI-64s as numbers whose hex digits read like the printed EUI; little endian on air.
using DevEui = Strong<struct DevEuiTag, std::uint64_t>;
using JoinEui = Strong<struct JoinEuiTag, std::uint64_t>;
using GatewayEui = Strong<struct GatewayEuiTag, std::uint64_t>;

/// 32-bit device address; prints most significant digit first, little endian on air. [TS001-1.0.4
/// §6.1.1]
using DevAddr = Strong<struct DevAddrTag, std::uint32_t>;
/// 24-bit network id. [TS002 / Backend Interfaces]
using NetId = Strong<struct NetIdTag, std::uint32_t>;

/// Upper-case hex of fixed width, as everywhere in the API.
std::string to_string(DevEui eui);
std::string to_string(JoinEui eui);
std::string to_string(GatewayEui eui);
std::string to_string(DevAddr dev_addr);
std::string to_string(NetId net_id);
std::optional<DevEui> parse_dev_eui(std::string_view hex);
std::optional<JoinEui> parse_join_eui(std::string_view hex);
std::optional<GatewayEui> parse_gateway_eui(std::string_view hex);
std::optional<DevAddr> parse_dev_addr(std::string_view hex);
std::optional<NetId> parse_net_id(std::string_view hex);

/// An address range: the first `length` bits of `dev_addr`. `length` 0 (all addresses) to 32.
struct DevAddrPrefix {
  DevAddr dev_addr;
  std::uint8_t length = 0;

  bool contains(DevAddr other) const noexcept;
  bool operator==(const DevAddrPrefix&) const = default;
};

/// The prefix that a NetID's type and id imply. [TS002; spec network-server §20]
DevAddrPrefix prefix_of(NetId net_id) noexcept;

inline constexpr ErrorDef invalid_id{"pkg/errors", "validation", Code::invalid_argument,
                                     "invalid `{field}`: {reason}"};

/// A textual id: `^[a-z0-9](?:[-]?[a-z0-9]){2,}$`, 3 to 36 characters. Empty only when
/// default-constructed.
template <class Tag>
class TextId {
 public:
  TextId() = default;
  /// For ids that are known to be valid (stored, or made by us). Asserts nothing; use parse for
  /// outside text.
  explicit TextId(std::string text) : text_(std::move(text)) {}

  const std::string& text() const noexcept { return text_; }
  bool empty() const noexcept { return text_.empty(); }
  auto operator<=>(const TextId&) const = default;

 private:
  std::string text_;
};

using ApplicationId = TextId<struct ApplicationIdTag>;
using DeviceId = TextId<struct DeviceIdTag>;
using GatewayId = TextId<struct GatewayIdTag>;

/// Whether `text` has the form of a textual id.
bool is_valid_id(std::string_view text) noexcept;
Result<ApplicationId> parse_application_id(std::string_view text);
Result<DeviceId> parse_device_id(std::string_view text);
Result<GatewayId> parse_gateway_id(std::string_view text);

/// What names a device everywhere inside the system.
struct DeviceUid {
  ApplicationId application_id;
  DeviceId device_id;

  auto operator<=>(const DeviceUid&) const = default;
};
/// `application.device`, for logs.
std::string to_string(const DeviceUid& uid);

/// Everything the API says of a device's identity. EUIs are absent for ABP devices without them and
/// for multicast groups.
struct DeviceIdentifiers {
  DeviceUid uid;
  std::optional<DevEui> dev_eui;
  std::optional<JoinEui> join_eui;
  std::optional<DevAddr> dev_addr;

  bool operator==(const DeviceIdentifiers&) const = default;
};

struct GatewayIdentifiers {
  GatewayId gateway_id;
  std::optional<GatewayEui> eui;

  bool operator==(const GatewayIdentifiers&) const = default;
};

}  // namespace ff

template <class Tag>
struct std::hash<ff::TextId<Tag>> {
  std::size_t operator()(const ff::TextId<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.text());
  }
};
template <>
struct std::hash<ff::DeviceUid> {
  std::size_t operator()(const ff::DeviceUid& uid) const noexcept {
    return std::hash<ff::ApplicationId>{}(uid.application_id) * 31 +
           std::hash<ff::DeviceId>{}(uid.device_id);
  }
};
