#include "actors/identity_server/rights/rights.hpp"

#include <array>

namespace ff::identity_server {
namespace {

/// Indexed by number.
constexpr std::array<std::string_view, right_count> names{
    "right_invalid",
    "RIGHT_USER_INFO",
    "RIGHT_USER_SETTINGS_BASIC",
    "RIGHT_USER_SETTINGS_API_KEYS",
    "RIGHT_USER_DELETE",
    "RIGHT_USER_AUTHORIZED_CLIENTS",
    "RIGHT_USER_APPLICATIONS_LIST",
    "RIGHT_USER_APPLICATIONS_CREATE",
    "RIGHT_USER_GATEWAYS_LIST",
    "RIGHT_USER_GATEWAYS_CREATE",
    "RIGHT_USER_CLIENTS_LIST",
    "RIGHT_USER_CLIENTS_CREATE",
    "RIGHT_USER_ORGANIZATIONS_LIST",
    "RIGHT_USER_ORGANIZATIONS_CREATE",
    "RIGHT_USER_ALL",
    "RIGHT_APPLICATION_INFO",
    "RIGHT_APPLICATION_SETTINGS_BASIC",
    "RIGHT_APPLICATION_SETTINGS_API_KEYS",
    "RIGHT_APPLICATION_SETTINGS_COLLABORATORS",
    "RIGHT_APPLICATION_DELETE",
    "RIGHT_APPLICATION_DEVICES_READ",
    "RIGHT_APPLICATION_DEVICES_WRITE",
    "RIGHT_APPLICATION_DEVICES_READ_KEYS",
    "RIGHT_APPLICATION_DEVICES_WRITE_KEYS",
    "RIGHT_APPLICATION_TRAFFIC_READ",
    "RIGHT_APPLICATION_TRAFFIC_UP_WRITE",
    "RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE",
    "RIGHT_APPLICATION_LINK",
    "RIGHT_APPLICATION_ALL",
    "RIGHT_CLIENT_ALL",
    "RIGHT_GATEWAY_INFO",
    "RIGHT_GATEWAY_SETTINGS_BASIC",
    "RIGHT_GATEWAY_SETTINGS_API_KEYS",
    "RIGHT_GATEWAY_SETTINGS_COLLABORATORS",
    "RIGHT_GATEWAY_DELETE",
    "RIGHT_GATEWAY_TRAFFIC_READ",
    "RIGHT_GATEWAY_TRAFFIC_DOWN_WRITE",
    "RIGHT_GATEWAY_LINK",
    "RIGHT_GATEWAY_STATUS_READ",
    "RIGHT_GATEWAY_LOCATION_READ",
    "RIGHT_GATEWAY_ALL",
    "RIGHT_ORGANIZATION_INFO",
    "RIGHT_ORGANIZATION_SETTINGS_BASIC",
    "RIGHT_ORGANIZATION_SETTINGS_API_KEYS",
    "RIGHT_ORGANIZATION_SETTINGS_MEMBERS",
    "RIGHT_ORGANIZATION_DELETE",
    "RIGHT_ORGANIZATION_APPLICATIONS_LIST",
    "RIGHT_ORGANIZATION_APPLICATIONS_CREATE",
    "RIGHT_ORGANIZATION_GATEWAYS_LIST",
    "RIGHT_ORGANIZATION_GATEWAYS_CREATE",
    "RIGHT_ORGANIZATION_CLIENTS_LIST",
    "RIGHT_ORGANIZATION_CLIENTS_CREATE",
    "RIGHT_ORGANIZATION_ADD_AS_COLLABORATOR",
    "RIGHT_ORGANIZATION_ALL",
    "RIGHT_SEND_INVITES",
    "RIGHT_ALL",
    "RIGHT_APPLICATION_SETTINGS_PACKAGES",
    "RIGHT_GATEWAY_WRITE_SECRETS",
    "RIGHT_GATEWAY_READ_SECRETS",
    "RIGHT_USER_NOTIFICATIONS_READ",
    "RIGHT_CLIENT_INFO",
    "RIGHT_CLIENT_SETTINGS_BASIC",
    "RIGHT_CLIENT_SETTINGS_COLLABORATORS",
    "RIGHT_CLIENT_DELETE",
};

template <class Predicate>
RightSet filter(Predicate predicate) {
  RightSet out;
  for (std::size_t i = 1; i < right_count; ++i) {
    if (predicate(names[i])) out.add(static_cast<Right>(i));
  }
  return out;
}

/// `RIGHT_GATEWAY_ALL` stands for everything that begins with `RIGHT_GATEWAY_`.
RightSet with_prefix(std::string_view prefix) {
  return filter([prefix](std::string_view name) { return name.starts_with(prefix); });
}

RightSet implied_by(Right right) {
  switch (right) {
    case Right::all:
      return all_rights();
    case Right::user_all:
      return with_prefix("RIGHT_USER_");
    case Right::application_all:
      return with_prefix("RIGHT_APPLICATION_");
    case Right::client_all:
      return with_prefix("RIGHT_CLIENT_");
    case Right::gateway_all:
      return with_prefix("RIGHT_GATEWAY_");
    case Right::organization_all:
      return with_prefix("RIGHT_ORGANIZATION_");
    case Right::application_link:
      return {Right::application_info, Right::application_traffic_read,
              Right::application_traffic_down_write};
    case Right::gateway_link:
      return {Right::gateway_info};
    default:
      return {};
  }
}

}  // namespace

std::string_view to_string(Right right) noexcept {
  return names[static_cast<std::size_t>(right)];
}

std::optional<Right> right_from(std::uint32_t number) noexcept {
  if (number == 0 || number >= right_count) return std::nullopt;
  return static_cast<Right>(number);
}

RightSet implied(const RightSet& rights) {
  RightSet out = rights;
  rights.for_each([&](Right right) { out = out | implied_by(right); });
  return out;
}

RightSet all_rights() {
  return filter([](std::string_view) { return true; });
}

RightSet admin_rights() {
  return filter(
      [](std::string_view name) { return !name.ends_with("_KEYS") && !name.ends_with("_ALL"); });
}

RightSet cluster_rights() {
  return filter(
      [](std::string_view name) { return name.ends_with("_READ") || name.ends_with("_INFO"); });
}

RightSet rights_of_kind(storage::EntityKind kind) {
  switch (kind) {
    case storage::EntityKind::user:
      return with_prefix("RIGHT_USER_");
    case storage::EntityKind::application:
    case storage::EntityKind::end_device:
      return with_prefix("RIGHT_APPLICATION_");
    case storage::EntityKind::client:
      return with_prefix("RIGHT_CLIENT_");
    case storage::EntityKind::gateway:
      return with_prefix("RIGHT_GATEWAY_");
    case storage::EntityKind::organization:
      return with_prefix("RIGHT_ORGANIZATION_");
    default:
      return {};
  }
}

}  // namespace ff::identity_server
