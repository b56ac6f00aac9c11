#include "protocol/types/identifiers.hpp"

#include <array>

#include "protocol/base/hex.hpp"

namespace ff {
namespace {

template <class Id>
std::optional<Id> parse_number(std::string_view hex, int digits) {
  auto value = parse_hex_number(hex, digits);
  if (!value) return std::nullopt;
  return Id{static_cast<typename Id::Value>(*value)};
}

template <class Id>
Result<Id> parse_text(std::string_view field, std::string_view text) {
  if (!is_valid_id(text)) {
    return fail(invalid_id, {{"field", field},
                             {"reason",
                              "value does not match regex pattern "
                              "\"^[a-z0-9](?:[-]?[a-z0-9]){2,}$\""}});
  }
  return Id(std::string(text));
}

/// Bits of NwkID by NetID type. [spec network-server §20]
constexpr std::array<std::uint8_t, 8> nwk_id_bits = {6, 6, 9, 11, 12, 13, 15, 17};

}  // namespace

std::string to_string(DevEui eui) {
  return hex_upper(eui.value(), 16);
}
std::string to_string(JoinEui eui) {
  return hex_upper(eui.value(), 16);
}
std::string to_string(GatewayEui eui) {
  return hex_upper(eui.value(), 16);
}
std::string to_string(DevAddr dev_addr) {
  return hex_upper(dev_addr.value(), 8);
}
std::string to_string(NetId net_id) {
  return hex_upper(net_id.value(), 6);
}

std::optional<DevEui> parse_dev_eui(std::string_view hex) {
  return parse_number<DevEui>(hex, 16);
}
std::optional<JoinEui> parse_join_eui(std::string_view hex) {
  return parse_number<JoinEui>(hex, 16);
}
std::optional<GatewayEui> parse_gateway_eui(std::string_view hex) {
  return parse_number<GatewayEui>(hex, 16);
}
std::optional<DevAddr> parse_dev_addr(std::string_view hex) {
  return parse_number<DevAddr>(hex, 8);
}
std::optional<NetId> parse_net_id(std::string_view hex) {
  return parse_number<NetId>(hex, 6);
}

bool DevAddrPrefix::contains(DevAddr other) const noexcept {
  if (length == 0) return true;
  auto differing = dev_addr.value() ^ other.value();
  return differing >> (32 - length) == 0;
}

DevAddrPrefix prefix_of(NetId net_id) noexcept {
  const auto type = net_id.value() >> 21 & 7U;
  const auto id_bits = nwk_id_bits[type];
  // A DevAddr starts with `type` ones and a zero, then NwkID: the low bits of the NetID's id field.
  const auto length = static_cast<std::uint8_t>(type + 1 + id_bits);
  const std::uint64_t lead = (std::uint64_t{1} << (type + 1)) - 2;
  const std::uint64_t nwk_id = net_id.value() & ((1U << id_bits) - 1);
  const std::uint64_t prefix = lead << id_bits | nwk_id;
  return {DevAddr{static_cast<std::uint32_t>(prefix << (32 - length))}, length};
}

bool is_valid_id(std::string_view text) noexcept {
  if (text.size() < 3 || text.size() > 36) return false;
  bool after_dash = true;
  int alphanumerics = 0;
  for (char c : text) {
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!alphanumeric && (c != '-' || after_dash)) return false;
    after_dash = c == '-';
    if (alphanumeric) ++alphanumerics;
  }
  return !after_dash && alphanumerics >= 3;
}

Result<ApplicationId> parse_application_id(std::string_view text) {
  return parse_text<ApplicationId>("application_id", text);
}
Result<DeviceId> parse_device_id(std::string_view text) {
  return parse_text<DeviceId>("device_id", text);
}
Result<GatewayId> parse_gateway_id(std::string_view text) {
  return parse_text<GatewayId>("gateway_id", text);
}

std::string to_string(const DeviceUid& uid) {
  return uid.application_id.text() + "." + uid.device_id.text();
}

}  // namespace ff
