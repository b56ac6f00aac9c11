// Which user it is whom another identity provider has recognized.
#pragma once

#include <optional>
#include <string>

#include "actors/identity_server/registry/messages.hpp"
#include "app/api/account/oidc.hpp"
#include "storage/engine/engine.hpp"

namespace ff::api::account {

inline constexpr ErrorDef already_connected{"app/account", "already_connected",
                                            Code::already_exists,
                                            "this login is connected to another account already"};

/// ON-DISK: kind external_login (storage/keys/FORMAT.md). The value is
/// ttn.lorawan.v3.UserIdentifiers.
storage::EntityKey external_user_key(const std::string& issuer, const std::string& subject);

/// Nothing if nobody is, or the user is gone.
Result<std::optional<std::string>> find_external_user(const storage::Reader& store,
                                                      const storage::EntityKey& key);
/// Connects a user. Errors: already_connected to someone else, not_found() of the user.
identity_server::ChangeEntities connect_external_user(const storage::EntityKey& key,
                                                      const std::string& user_id);
/// Makes a user without a password. `waits`: until an admin approves. Errors: id_taken,
/// already_exists for the email address, already_connected, api_rules::validation of the claims.
identity_server::ChangeEntities create_external_user(const storage::EntityKey& key,
                                                     const std::string& user_id,
                                                     const OidcClaims& claims, bool waits);

}  // namespace ff::api::account
