// Invitations: who may register where registration needs one. Records and rules; the service is in
// invitation_registry.cpp. [spec identity-server §5.3]
#pragma once

#include "app/api/services/identity/users.hpp"

namespace ff::api {

storage::EntityKey invitation_key(const std::string& email);
Bytes invitation_index(const std::string& token);
/// ON-DISK: ttn.lorawan.v3.Invitation. Found by its token until it is used.
identity_server::Draft invitation_draft(const pb::Invitation& invitation);

/// The invitation of a registration, as it is when the user has accepted it. Errors:
/// invitation_not_found, invitation_expired, invitation_already_used.
Result<pb::Invitation> accept(const identity_server::Entity* row, const std::string& token,
                              const pb::UserIdentifiers& user, UtcTime now);

}  // namespace ff::api
