// AuthInfo: a caller with valid credentials, and what they allow. Pure.
#pragma once

#include "actors/identity_server/api_keys/api_key.hpp"

namespace ff::identity_server {

/// A caller with valid credentials.
struct AuthInfo {
  enum class Method : std::uint8_t { api_key, session, access_token };

  std::string key_id;  // of the API key, session or access token
  /// The entity the key belongs to: a user or organization that acts, or an application or gateway
  /// by itself.
  storage::EntityKey owner;
  /// The key's, with what they imply, as far as the owner's state allows.
  RightSet rights;
  /// What the caller may do on everything; empty but for admins.
  RightSet universal_rights;
  bool is_admin = false;
  std::optional<UtcTime> expires_at;
  Method method = Method::api_key;
  std::string client_id;  // of an access token
  /// Why calls are refused that need a caller and no right.
  std::optional<Error> refusal;
  /// For people: why the rights are fewer than the key's.
  std::string_view warning;
  bool operator==(const AuthInfo&) const = default;
};
using AuthInfoPtr = std::shared_ptr<const AuthInfo>;

/// Whether the caller acts as an account.
bool is_account(const storage::EntityKey& owner) noexcept;

/// Checks what access decides from rows it has; pure. `key` was found by the token's id.
Result<AuthInfo> check_api_key(const ApiKey& key, const Token& token, UtcTime now);
/// Limits `caller`, whose key belongs to a user, by the user's state. A session keeps its rights.
AuthInfo with_user_state(AuthInfo caller, const UserState& user, const Settings& settings);
/// `membership`: the owner's rights on the entity. On accounts all of a key's rights count, because
/// keys with fewer can be made of them; on other kinds those of the kind, and RIGHT_ALL.
/// [spec identity-server §3]
RightSet rights_on(const AuthInfo& caller, const storage::EntityKey& entity,
                   const RightSet& membership);

}  // namespace ff::identity_server
