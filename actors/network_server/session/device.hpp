// What the network server knows of one device: identity, settings, sessions, MAC state, downlink
// queue. A value; its record is record.hpp's, its API form app/api's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/mac/settings.hpp"
#include "protocol/mac/state.hpp"
#include "protocol/types/application_messages.hpp"
#include "protocol/types/frames.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/versions.hpp"

namespace ff::network_server {

/// Whose profile a device has been certified with.
struct LoRaAllianceProfile {
  std::uint32_t vendor_id = 0;
  std::uint32_t vendor_profile_id = 0;
  bool operator==(const LoRaAllianceProfile&) const = default;
};

struct Device {
  DeviceIdentifiers ids;
  UtcTime created_at;
  UtcTime updated_at;

  MacVersion lorawan_version = MacVersion::unknown;
  PhyVersion lorawan_phy_version = PhyVersion::unknown;
  std::string frequency_plan_id;
  bool supports_join = false;
  bool supports_class_b = false;
  bool supports_class_c = false;
  bool multicast = false;
  /// With a profile: a copy of its settings, kept up to date (profiles/README.md). Nothing that
  /// needs settings has to know where they are from.
  mac::MacSettings mac_settings;
  /// Of the device's application; empty: the settings are the device's own.
  std::string mac_settings_profile_id;

  /// What clients keep here and nothing in the network server goes by.
  std::optional<DeviceVersionIds> version_ids;
  std::string serial_number;
  std::optional<LoRaAllianceProfile> lora_alliance_profile;
  Frequency min_frequency;
  Frequency max_frequency;

  /// Their queues are in `queued_application_downlinks`.
  std::optional<mac::Session> session;
  std::optional<mac::Session> pending_session;
  std::optional<mac::MacState> mac_state;
  std::optional<mac::MacState> pending_mac_state;
  /// What is known of the device's battery and reception while its MAC state has no answer of its
  /// own: from the session before, or given.
  std::optional<mac::DeviceStatus> earlier_status;

  /// The random part of session key ids and the like is not kept; this counts transmission
  /// requests, so that a late answer to an old one is told from the answer to the last.
  std::uint64_t attempts = 0;

  /// Gateways that heard the newest uplink, best first, without tokens: where downlinks of classes
  /// B and C go. Kept for devices that can be in these classes.
  std::vector<DownlinkPath> last_paths;

  /// How far downlink counters have been moved ahead after restored backups: the part of the
  /// store's counter jump that this record has seen. [storage/directory/counter_jump.hpp]
  std::uint64_t counter_jump = 0;

  bool operator==(const Device&) const = default;
};

}  // namespace ff::network_server
