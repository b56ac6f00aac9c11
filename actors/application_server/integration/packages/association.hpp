// Which application packages there are, and what is set for a device or an application: its
// associations. Not the API's messages (app/api/services/mapping/packages) and not what packages do
// (clock_sync, device_management, geolocation). [spec integrations §5.1, §5.2]
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/time.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::application_server::packages {

enum class Package : std::uint8_t { clock_sync, device_management, geolocation };

struct PackageInfo {
  Package package;
  std::string_view name;  // of the API, `service` of messages, label of metrics
  std::uint8_t default_f_port;
  std::string_view fail_event;
  std::string_view short_name;  // in correlation ids
};
inline constexpr std::array<PackageInfo, 3> all_packages{{
    {Package::clock_sync, "alcsync-v1", 202, "as.packages.alcsync.v1.fail", "alcsyncv1"},
    {Package::device_management, "lora-cloud-device-management-v1", 199,
     "as.packages.loraclouddmsv1.fail", "loraclouddmsv1"},
    {Package::geolocation, "lora-cloud-geolocation-v3", 197, "as.packages.loracloudglsv3.fail",
     "loracloudglsv3"},
}};
constexpr const PackageInfo& info_of(Package package) noexcept {
  return all_packages[static_cast<std::size_t>(package)];
}
std::optional<Package> package_named(std::string_view name) noexcept;

/// Associations of the storage integration may be set and change nothing: messages are stored
/// anyhow. [spec integrations §5.3]
inline constexpr std::string_view storage_package = "storage-integration";

/// Defaults come first of an application's.
struct AssociationKey {
  ApplicationId application_id;
  DeviceId device_id;  // empty: all devices of the application
  std::uint8_t f_port = 0;
  auto operator<=>(const AssociationKey&) const = default;

  bool is_default() const noexcept { return device_id.empty(); }
};

struct Association {
  std::string package_name;
  std::string data;  // a JSON object; empty: none
  UtcTime created_at;
  UtcTime updated_at;
  bool operator==(const Association&) const = default;
};
using AssociationPtr = std::shared_ptr<const Association>;

/// One package of one application: what a consumer is for.
struct ConsumerKey {
  ApplicationId application_id;
  Package package = Package::clock_sync;
  auto operator<=>(const ConsumerKey&) const = default;
};

}  // namespace ff::application_server::packages
