// Who a simulated device is: identifiers, versions and keys, as they are written to a server's
// registries. Not what it remembers while it runs (device.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/join/session_keys.hpp"
#include "protocol/mac/quantities.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/keys.hpp"
#include "protocol/types/versions.hpp"

namespace ff::sim {

enum class Activation : std::uint8_t { otaa, abp };

struct DeviceIdentity {
  std::string device_id;
  DevEui dev_eui;
  JoinEui join_eui;
  Activation activation = Activation::abp;
  /// B: it follows the gateways' beacon and listens in ping slots. C: it listens on RX2 whenever it
  /// does nothing else.
  DeviceClass device_class = DeviceClass::a;
  mac::PingSlotPeriodicity ping_slot_periodicity{3};
  MacVersion mac_version = MacVersion::v1_0_3;
  PhyVersion phy_version = PhyVersion::rp001_v1_0_3_rev_a;
  std::string frequency_plan_id;
  /// The device that relays for it, which no gateway hears; empty: none. [TS011-1.0.1]
  std::string relay_id;

  // OTAA. NwkKey counts in 1.1.
  Aes128Key app_key;
  Aes128Key nwk_key;
  // ABP. In 1.0.x the three network keys are the same.
  DevAddr dev_addr;
  join::SessionKeys session;
};

/// `1.0.3`, and how The Things Stack's API calls it: `MAC_V1_0_3`.
std::string_view to_string(MacVersion version) noexcept;
std::string_view api_name(MacVersion version) noexcept;
/// `PHY_V1_0_3_REV_A`.
std::string_view api_name(PhyVersion version) noexcept;
/// `1.0`, `1.0.1`, ... `1.1`; `unknown` for other text.
MacVersion parse_mac_version(std::string_view text) noexcept;
/// `A`, `B`, `C`; nothing for other text.
std::string_view to_string(DeviceClass device_class) noexcept;
std::optional<DeviceClass> parse_device_class(std::string_view text) noexcept;
/// The name in the API; `unknown` for other text.
PhyVersion parse_phy_version(std::string_view text) noexcept;
/// The revision of the regional parameters that devices of this version usually have.
PhyVersion usual_phy_version(MacVersion version) noexcept;

}  // namespace ff::sim
