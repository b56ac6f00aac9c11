// Ids that nobody gets: names with a meaning on hosts, in paths and in our own documentation. Pure.
#pragma once

#include <string_view>

#include "protocol/base/result.hpp"

namespace ff::identity_server {

inline constexpr ErrorDef forbidden_id{"pkg/identityserver/blocklist", "forbidden_id",
                                       Code::invalid_argument, "ID `{id}` is not allowed"};

/// Of users, organizations, applications, clients, gateways and devices that are created; admins
/// too. Error: forbidden_id. [spec identity-server §1]
Status check_name(std::string_view id);

}  // namespace ff::identity_server
