#include "actors/identity_server/api_keys/caller.hpp"

#include "actors/identity_server/api_keys/errors.hpp"

namespace ff::identity_server {

using storage::EntityKind;

bool is_account(const storage::EntityKey& owner) noexcept {
  return owner.kind == EntityKind::user || owner.kind == EntityKind::organization;
}

Result<AuthInfo> check_api_key(const ApiKey& key, const Token& token, UtcTime now) {
  if (!is_hash_of(key.hash, token.secret)) return fail(invalid_authorization);
  if (key.expires_at && *key.expires_at <= now) return fail(api_key_expired);
  return AuthInfo{.key_id = key.id,
                  .owner = key.owner,
                  .rights = implied(key.rights),
                  .universal_rights = {},
                  .is_admin = false,
                  .expires_at = key.expires_at};
}

AuthInfo with_user_state(AuthInfo caller, const UserState& user, const Settings& settings) {
  if (caller.method != AuthInfo::Method::session) caller.rights = caller.rights & user.limit;
  caller.is_admin = user.admin;
  caller.refusal = user.refusal;
  caller.warning = user.warning;
  if (user.admin) {
    const auto universal = settings.admin_rights_all ? all_rights() : admin_rights();
    caller.universal_rights = universal & caller.rights;
  }
  return caller;
}

RightSet rights_on(const AuthInfo& caller, const storage::EntityKey& entity,
                   const RightSet& membership) {
  if (is_account(entity)) {
    if (caller.owner == entity) return caller.universal_rights | caller.rights;
    return caller.universal_rights | (implied(membership) & caller.rights);
  }
  const auto of_kind = rights_of_kind(entity.kind) | RightSet{Right::all};
  if (caller.owner == entity) return caller.rights & of_kind;
  return (caller.universal_rights | (implied(membership) & caller.rights)) & of_kind;
}

}  // namespace ff::identity_server
