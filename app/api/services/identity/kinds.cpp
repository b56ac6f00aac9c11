#include "app/api/services/identity/kinds.hpp"

#include <algorithm>
#include <array>

namespace ff::api {
namespace {

using storage::EntityKind;

constexpr std::string_view is = "pkg/identityserver";

constexpr ErrorDef application_needs_collaborator{
    is, "application_needs_collaborator", Code::failed_precondition,
    "every application needs at least one collaborator with all rights"};
constexpr ErrorDef client_needs_collaborator{
    is, "client_needs_collaborator", Code::failed_precondition,
    "every client needs at least one collaborator with all rights"};
constexpr ErrorDef gateway_needs_collaborator{
    is, "gateway_needs_collaborator", Code::failed_precondition,
    "every gateway needs at least one collaborator with all rights"};
constexpr ErrorDef organization_needs_collaborator{
    is, "organization_needs_collaborator", Code::failed_precondition,
    "every organization needs at least one collaborator with all rights"};

constexpr ErrorDef admins_create_applications{is, "admins_create_applications",
                                              Code::permission_denied,
                                              "applications may only be created by admins"};
constexpr ErrorDef admins_create_clients{is, "admins_create_clients", Code::permission_denied,
                                         "clients may only be created by admins"};
constexpr ErrorDef admins_create_gateways{is, "admins_create_gateways", Code::permission_denied,
                                          "gateways may only be created by admins"};
constexpr ErrorDef admins_create_organizations{is, "admins_create_organizations",
                                               Code::permission_denied,
                                               "organizations may only be created by admins"};

constexpr ErrorDef admins_purge_applications{is, "admins_purge_applications",
                                             Code::permission_denied,
                                             "applications may only be purged by admins"};
constexpr ErrorDef admins_purge_clients{is, "admins_purge_clients", Code::permission_denied,
                                        "clients may only be purged by admins"};
constexpr ErrorDef admins_purge_gateways{is, "admins_purge_gateways", Code::permission_denied,
                                         "gateways may only be purged by admins"};
constexpr ErrorDef admins_purge_organizations{is, "admins_purge_organizations",
                                              Code::permission_denied,
                                              "organizations may only be purged by admins"};

constexpr std::array common =
    std::to_array<std::string_view>({"ids", "created_at", "updated_at", "deleted_at",
                                     "administrative_contact", "technical_contact"});
constexpr std::array of_client = std::to_array<std::string_view>(
    {"name", "description", "redirect_uris", "logout_redirect_uris", "state", "skip_authorization",
     "endorsed", "grants", "rights"});
constexpr std::array of_gateway = std::to_array<std::string_view>(
    {"name", "description", "frequency_plan_id", "frequency_plan_ids", "status_public",
     "location_public", "gateway_server_address", "antennas", "lrfhss.supported"});
constexpr std::array of_organization = std::to_array<std::string_view>({"name"});

const KindInfo applications{.kind = EntityKind::application,
                            .info = Right::RIGHT_APPLICATION_INFO,
                            .collaborators = Right::RIGHT_APPLICATION_SETTINGS_COLLABORATORS,
                            .all = Right::RIGHT_APPLICATION_ALL,
                            .user_create = Right::RIGHT_USER_APPLICATIONS_CREATE,
                            .organization_create = Right::RIGHT_ORGANIZATION_APPLICATIONS_CREATE,
                            .user_list = Right::RIGHT_USER_APPLICATIONS_LIST,
                            .organization_list = Right::RIGHT_ORGANIZATION_APPLICATIONS_LIST,
                            .needs_collaborator = application_needs_collaborator,
                            .admins_create = admins_create_applications,
                            .admins_purge = admins_purge_applications,
                            .public_paths = {}};
const KindInfo clients{.kind = EntityKind::client,
                       .info = Right::RIGHT_CLIENT_INFO,
                       .collaborators = Right::RIGHT_CLIENT_SETTINGS_COLLABORATORS,
                       .all = Right::RIGHT_CLIENT_ALL,
                       .user_create = Right::RIGHT_USER_CLIENTS_CREATE,
                       .organization_create = Right::RIGHT_ORGANIZATION_CLIENTS_CREATE,
                       .user_list = Right::RIGHT_USER_CLIENTS_LIST,
                       .organization_list = Right::RIGHT_ORGANIZATION_CLIENTS_LIST,
                       .needs_collaborator = client_needs_collaborator,
                       .admins_create = admins_create_clients,
                       .admins_purge = admins_purge_clients,
                       .public_paths = of_client};
const KindInfo gateways{.kind = EntityKind::gateway,
                        .info = Right::RIGHT_GATEWAY_INFO,
                        .collaborators = Right::RIGHT_GATEWAY_SETTINGS_COLLABORATORS,
                        .all = Right::RIGHT_GATEWAY_ALL,
                        .user_create = Right::RIGHT_USER_GATEWAYS_CREATE,
                        .organization_create = Right::RIGHT_ORGANIZATION_GATEWAYS_CREATE,
                        .user_list = Right::RIGHT_USER_GATEWAYS_LIST,
                        .organization_list = Right::RIGHT_ORGANIZATION_GATEWAYS_LIST,
                        .needs_collaborator = gateway_needs_collaborator,
                        .admins_create = admins_create_gateways,
                        .admins_purge = admins_purge_gateways,
                        .public_paths = of_gateway};
// Users alone own organizations.
const KindInfo organizations{.kind = EntityKind::organization,
                             .info = Right::RIGHT_ORGANIZATION_INFO,
                             .collaborators = Right::RIGHT_ORGANIZATION_SETTINGS_MEMBERS,
                             .all = Right::RIGHT_ORGANIZATION_ALL,
                             .user_create = Right::RIGHT_USER_ORGANIZATIONS_CREATE,
                             .organization_create = Right::right_invalid,
                             .user_list = Right::RIGHT_USER_ORGANIZATIONS_LIST,
                             .organization_list = Right::right_invalid,
                             .needs_collaborator = organization_needs_collaborator,
                             .admins_create = admins_create_organizations,
                             .admins_purge = admins_purge_organizations,
                             .public_paths = of_organization};

bool covers(std::string_view allowed, std::string_view path) {
  return path == allowed || (path.starts_with(allowed) && path[allowed.size()] == '.');
}

}  // namespace

const KindInfo& kind_info(EntityKind kind) {
  switch (kind) {
    case EntityKind::client:
      return clients;
    case EntityKind::gateway:
      return gateways;
    case EntityKind::organization:
      return organizations;
    default:
      return applications;
  }
}

bool are_public(const std::vector<std::string>& paths, std::span<const std::string_view> more) {
  return std::ranges::all_of(paths, [&](const std::string& path) {
    const auto allows = [&](std::string_view allowed) { return covers(allowed, path); };
    return std::ranges::any_of(common, allows) || std::ranges::any_of(more, allows);
  });
}

}  // namespace ff::api
