// Who a token is and what that caller may, read from the store: look-ups that block, for the
// registry's reader. Pure functions of what is stored, of time and of settings.
#pragma once

#include "actors/identity_server/api_keys/caller.hpp"
#include "actors/identity_server/api_keys/token.hpp"
#include "storage/engine/engine.hpp"

namespace ff::identity_server {

/// API keys, sessions and OAuth access tokens. Errors: api_key_not_found and token_not_found (also
/// when the owner is deleted), api_key_expired, token_expired, invalid_authorization,
/// oauth_client_rejected, oauth_client_suspended; unsupported_authorization for other tokens; those
/// of the store.
Result<AuthInfo> authenticate(const storage::Reader& store, const Token& token, UtcTime now,
                              const Settings& settings);

/// What memberships give an account on an entity, with what the rights imply: its own, and those of
/// the organizations it is in, as far as it has them there. [spec identity-server §3]
Result<RightSet> membership_rights(const storage::Reader& store, const storage::EntityKey& entity,
                                   const storage::EntityKey& account);
/// The caller's rights on an entity; as ListRights of access.hpp.
Result<RightSet> list_rights(const storage::Reader& store, const AuthInfo& caller,
                             const storage::EntityKey& entity);

}  // namespace ff::identity_server
