// What associations mean to a package: the data of the application's and the device's as one
// object. Pure. [spec integrations §5.1, §5.2]
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "actors/application_server/integration/packages/association.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace ff::application_server::packages {

/// The pair that a message of a device is handled with; at least one of both.
struct Pair {
  AssociationPtr of_application;
  AssociationPtr of_device;
  /// Of the device's, or else the application's.
  std::uint8_t f_port = 0;
  bool operator==(const Pair&) const = default;
};

struct ClockSyncSettings {
  Duration threshold = std::chrono::seconds{4};
  /// What devices are told of when to ask, as in PeriodicityReq; nothing: they know themselves.
  std::optional<std::uint8_t> periodicity;
};
/// Errors: alcsync_field_type.
Result<ClockSyncSettings> clock_sync_settings(const Pair& pair);

struct DeviceManagementSettings {
  std::string token;
  std::string server_url;  // empty: the process' own
  bool use_tlv_encoding = false;
  std::set<std::uint8_t> f_ports;
};
/// Errors: dms_field_not_found, dms_field_type.
Result<DeviceManagementSettings> device_management_settings(const Pair& pair);

enum class Query : std::uint8_t { toa_rssi, gnss, toa_wifi };
struct GeolocationSettings {
  std::string token;
  std::string server_url;  // empty: the process' own
  Query query = Query::toa_rssi;
  bool multi_frame = false;
  std::size_t window_size = 0;  // 0: the payload says it
  Duration window_age{};        // 0: any
};
/// The most frames of a query.
inline constexpr std::size_t window_max = 16;
/// Errors: gls_field_required, gls_invalid_type, gls_invalid_value.
Result<GeolocationSettings> geolocation_settings(const Pair& pair);

}  // namespace ff::application_server::packages
