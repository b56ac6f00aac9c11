// The application server's part of a device: sessions with AppSKey and counters, formatters. A
// value; its stored form is record.hpp's. Not the network server's part
// (actors/network_server/session/device.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/types/application_messages.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::application_server {

struct AppSession {
  DevAddr dev_addr;
  SessionKeyId session_key_id;  // empty for ABP devices without one
  std::optional<KeyEnvelope> app_s_key;
  /// Of the last downlink numbered; never below what was pushed. [spec application-server §7.3]
  FCnt32 last_a_f_cnt_down;
  UtcTime started_at;
  bool operator==(const AppSession&) const = default;
};

/// What the LoRa Alliance knows a product by.
struct AllianceProfileIds {
  std::uint32_t vendor_id = 0;
  std::uint32_t vendor_profile_id = 0;
  bool operator==(const AllianceProfileIds&) const = default;
};

struct AppDevice {
  DeviceIdentifiers ids;
  UtcTime created_at;
  UtcTime updated_at;
  std::optional<UtcTime> activated_at;  // first uplink decrypted
  std::optional<AppSession> session;
  /// Made by a join-accept; becomes `session` with the first message that carries its id. [spec
  /// application-server §17.3]
  std::optional<AppSession> pending_session;
  std::optional<bool> skip_payload_crypto_override;
  /// ttn.lorawan.v3.MessagePayloadFormatters in wire form, for the decode step; empty: the
  /// application's.
  std::optional<Bytes> formatters;
  /// For formatters of the device repository, and a part of its uplinks.
  std::optional<DeviceVersionIds> version_ids;
  /// farfield.v1.FormatterVectors in wire form: what `formatters` have to pass.
  std::optional<Bytes> formatter_vectors;
  // For whoever asks.
  std::optional<AllianceProfileIds> alliance_profile_ids;
  std::string serial_number;
  bool operator==(const AppDevice&) const = default;
};

}  // namespace ff::application_server
