// Rights: the enum of the API, sets of rights, and what a right implies. Not who has which; see
// access.
#pragma once

#include <bitset>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "storage/keys/entity_keys.hpp"

namespace ff::identity_server {

/// ON-WIRE and ON-DISK: numbers of ttn.lorawan.v3.Right.
enum class Right : std::uint8_t {
  user_info = 1,
  user_settings_basic = 2,
  user_settings_api_keys = 3,
  user_delete = 4,
  user_authorized_clients = 5,
  user_applications_list = 6,
  user_applications_create = 7,
  user_gateways_list = 8,
  user_gateways_create = 9,
  user_clients_list = 10,
  user_clients_create = 11,
  user_organizations_list = 12,
  user_organizations_create = 13,
  user_all = 14,
  application_info = 15,
  application_settings_basic = 16,
  application_settings_api_keys = 17,
  application_settings_collaborators = 18,
  application_delete = 19,
  application_devices_read = 20,
  application_devices_write = 21,
  application_devices_read_keys = 22,
  application_devices_write_keys = 23,
  application_traffic_read = 24,
  application_traffic_up_write = 25,
  application_traffic_down_write = 26,
  application_link = 27,
  application_all = 28,
  client_all = 29,
  gateway_info = 30,
  gateway_settings_basic = 31,
  gateway_settings_api_keys = 32,
  gateway_settings_collaborators = 33,
  gateway_delete = 34,
  gateway_traffic_read = 35,
  gateway_traffic_down_write = 36,
  gateway_link = 37,
  gateway_status_read = 38,
  gateway_location_read = 39,
  gateway_all = 40,
  organization_info = 41,
  organization_settings_basic = 42,
  organization_settings_api_keys = 43,
  organization_settings_members = 44,
  organization_delete = 45,
  organization_applications_list = 46,
  organization_applications_create = 47,
  organization_gateways_list = 48,
  organization_gateways_create = 49,
  organization_clients_list = 50,
  organization_clients_create = 51,
  organization_add_as_collaborator = 52,
  organization_all = 53,
  send_invites = 54,
  all = 55,
  application_settings_packages = 56,
  gateway_write_secrets = 57,
  gateway_read_secrets = 58,
  user_notifications_read = 59,
  client_info = 60,
  client_settings_basic = 61,
  client_settings_collaborators = 62,
  client_delete = 63,
};

inline constexpr std::size_t right_count = 64;  // with 0, which is no right

/// `RIGHT_APPLICATION_INFO`.
std::string_view to_string(Right right) noexcept;
/// Nothing for a number that is no right.
std::optional<Right> right_from(std::uint32_t number) noexcept;

class RightSet {
 public:
  RightSet() = default;
  RightSet(std::initializer_list<Right> rights) {
    for (const auto right : rights) add(right);
  }

  void add(Right right) { bits_.set(static_cast<std::size_t>(right)); }
  bool has(Right right) const { return bits_.test(static_cast<std::size_t>(right)); }
  bool has_all(const RightSet& other) const { return (bits_ & other.bits_) == other.bits_; }
  bool empty() const { return bits_.none(); }
  RightSet operator|(const RightSet& other) const { return RightSet(bits_ | other.bits_); }
  RightSet operator&(const RightSet& other) const { return RightSet(bits_ & other.bits_); }
  /// In the order of their numbers.
  template <class Function>
  void for_each(Function function) const {
    for (std::size_t i = 1; i < right_count; ++i) {
      if (bits_.test(i)) function(static_cast<Right>(i));
    }
  }
  bool operator==(const RightSet&) const = default;

 private:
  explicit RightSet(const std::bitset<right_count>& bits) : bits_(bits) {}
  std::bitset<right_count> bits_;
};

/// The set with everything its rights imply; apply before every check. [spec identity-server §3]
RightSet implied(const RightSet& rights);
/// Every right.
RightSet all_rights();
/// What an admin may on everything: no right that ends in _KEYS or _ALL.
RightSet admin_rights();
/// What a component of the cluster may on everything: rights that end in _READ or _INFO.
RightSet cluster_rights();
/// The rights that concern entities of this kind; empty for kinds without rights. Devices have
/// their application's.
RightSet rights_of_kind(storage::EntityKind kind);

}  // namespace ff::identity_server
