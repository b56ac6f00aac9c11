// What is special about each kind of entity: rights, errors, what everyone may see. Data.
#pragma once

#include <span>
#include <string_view>

#include "app/api/services/base/rights.hpp"
#include "protocol/base/result.hpp"

namespace ff::api {

/// A kind of entity that users and organizations own.
struct KindInfo {
  storage::EntityKind kind = storage::EntityKind::application;
  Right info = Right::right_invalid;
  Right collaborators = Right::right_invalid;
  Right all = Right::right_invalid;
  Right user_create = Right::right_invalid;
  Right organization_create = Right::right_invalid;
  Right user_list = Right::right_invalid;
  Right organization_list = Right::right_invalid;
  const ErrorDef& needs_collaborator;
  const ErrorDef& admins_create;
  const ErrorDef& admins_purge;
  /// Beside ids, times and contacts. [spec identity-server §6]
  std::span<const std::string_view> public_paths;
};
/// For applications, clients, gateways and organizations.
const KindInfo& kind_info(storage::EntityKind kind);

/// Whether everyone may see all of the paths of such a message: ids, times and contacts always.
bool are_public(const std::vector<std::string>& paths, std::span<const std::string_view> more);

inline constexpr ErrorDef collaborator_is_contact{
    "pkg/identityserver", "collaborator_is_contact", Code::failed_precondition,
    "collaborator `{collaborator_id}` is a contact of the entity"};
inline constexpr ErrorDef contact_no_collaborator{"pkg/identityserver", "contact_no_collaborator",
                                                  Code::invalid_argument,
                                                  "contact `{contact}` is no collaborator"};
inline constexpr ErrorDef contact_info_restricted{
    "pkg/identityserver/store", "contact_info_restricted", Code::permission_denied,
    "contacts can only be set to the caller itself"};
inline constexpr ErrorDef nested_organizations{"pkg/identityserver", "nested_organizations",
                                               Code::invalid_argument,
                                               "organizations can not be nested"};
inline constexpr ErrorDef restore_window_expired{"pkg/identityserver", "restore_window_expired",
                                                 Code::failed_precondition,
                                                 "the entity can not be restored any more"};
inline constexpr ErrorDef no_admin{"pkg/auth/rights", "no_admin", Code::permission_denied,
                                   "no admin"};
inline constexpr ErrorDef permission_denied{"pkg/identityserver", "permission_denied",
                                            Code::permission_denied, "permission denied"};
inline constexpr ErrorDef search_forbidden{"pkg/identityserver", "search_forbidden",
                                           Code::permission_denied, "search is forbidden"};
inline constexpr ErrorDef update_admin_field{"pkg/identityserver", "update_admin_field",
                                             Code::permission_denied,
                                             "only admins can update the `{field}` field"};

}  // namespace ff::api
