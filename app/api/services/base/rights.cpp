#include "app/api/services/base/rights.hpp"

#include <algorithm>

namespace ff::api {
namespace {

constexpr ErrorDef no_application_rights{"pkg/auth/rights", "no_application_rights",
                                         Code::permission_denied,
                                         "no rights for application `{uid}`"};
constexpr ErrorDef insufficient_application_rights{
    "pkg/auth/rights", "insufficient_application_rights", Code::permission_denied,
    "insufficient rights for application `{uid}`"};
constexpr ErrorDef no_gateway_rights{"pkg/auth/rights", "no_gateway_rights",
                                     Code::permission_denied, "no rights for gateway `{uid}`"};
constexpr ErrorDef insufficient_gateway_rights{"pkg/auth/rights", "insufficient_gateway_rights",
                                               Code::permission_denied,
                                               "insufficient rights for gateway `{uid}`"};
constexpr ErrorDef no_user_rights{"pkg/auth/rights", "no_user_rights", Code::permission_denied,
                                  "no rights for user `{uid}`"};
constexpr ErrorDef insufficient_user_rights{"pkg/auth/rights", "insufficient_user_rights",
                                            Code::permission_denied,
                                            "insufficient rights for user `{uid}`"};
constexpr ErrorDef no_organization_rights{"pkg/auth/rights", "no_organization_rights",
                                          Code::permission_denied,
                                          "no rights for organization `{uid}`"};
constexpr ErrorDef insufficient_organization_rights{
    "pkg/auth/rights", "insufficient_organization_rights", Code::permission_denied,
    "insufficient rights for organization `{uid}`"};

constexpr ErrorDef no_client_rights{"pkg/auth/rights", "no_client_rights", Code::permission_denied,
                                    "no rights for client `{uid}`"};
constexpr ErrorDef insufficient_client_rights{"pkg/auth/rights", "insufficient_client_rights",
                                              Code::permission_denied,
                                              "insufficient rights for client `{uid}`"};

struct Refusals {
  const ErrorDef& none;
  const ErrorDef& insufficient;
};

Refusals refusals(storage::EntityKind kind) {
  switch (kind) {
    case storage::EntityKind::gateway:
      return {no_gateway_rights, insufficient_gateway_rights};
    case storage::EntityKind::user:
      return {no_user_rights, insufficient_user_rights};
    case storage::EntityKind::organization:
      return {no_organization_rights, insufficient_organization_rights};
    case storage::EntityKind::client:
      return {no_client_rights, insufficient_client_rights};
    default:
      return {no_application_rights, insufficient_application_rights};
  }
}

}  // namespace

Status check_rights(const storage::EntityKey& entity, const RightSet& needed,
                    const RightSet& held) {
  if (needed.empty()) return {};
  const auto [none, insufficient] = refusals(entity.kind);
  const auto& uid = entity.ids.at(0);
  if (held.empty()) return fail(none, {{"uid", uid}});
  std::vector<std::string> missing;
  for (auto right : needed) {
    if (std::ranges::find(held, right) == held.end())
      missing.push_back(ttn::lorawan::v3::Right_Name(right));
  }
  if (missing.empty()) return {};
  return fail(insufficient, {{"uid", uid}, {"missing", std::move(missing)}});
}

}  // namespace ff::api
