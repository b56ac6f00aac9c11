// API keys of users, organizations, applications and gateways as entities of the registry. Not what
// a key may do on which entity; see access.hpp.
#pragma once

#include <string>

#include "actors/identity_server/api_keys/token.hpp"
#include "actors/identity_server/policy/settings.hpp"
#include "actors/identity_server/registry/messages.hpp"
#include "actors/identity_server/rights/rights.hpp"

namespace ff::identity_server {

struct ApiKey {
  storage::EntityKey owner;
  std::string id;
  std::string hash;
  std::string name;
  RightSet rights;  // as given, without what they imply
  std::optional<UtcTime> expires_at;
  bool operator==(const ApiKey&) const = default;
};

/// Where the registry keeps the key.
storage::EntityKey api_key_entity(const storage::EntityKey& owner, const std::string& id);
/// The unique index from a key's id, which its text holds, to the key.
Bytes api_key_index(std::string_view id);

/// ON-DISK: ttn.lorawan.v3.APIKey with the hash as `key`.
Draft api_key_draft(const ApiKey& key, UtcTime created_at, UtcTime updated_at);
/// Total on any message. Error: malformed_value.
Result<ApiKey> decode_api_key(const Entity& entity);

struct IssuedApiKey {
  ApiKey key;
  std::string text;  // shown once, kept nowhere
};
/// A new key with a random id and secret. `random` must be fit for keys.
IssuedApiKey issue_api_key(storage::EntityKey owner, std::string name, const RightSet& rights,
                           Random& random);
/// The message that stores it. Answers when it is durable.
CreateEntity create_api_key(const ApiKey& key, actors::Reply<EntityPtr> reply);

/// The user `admin`, approved and with every admin right, as `farfield start` makes it when the
/// store is new.
CreateEntity create_admin_user(const std::string& user_id, actors::Reply<EntityPtr> reply);

/// What access needs of a user. Error: malformed_value.
struct UserState {
  bool admin = false;
  /// What a key of the user may at most do, by the user's state. [spec identity-server §4]
  RightSet limit;
  /// What calls get that need no right but a caller in good standing; none: they are served.
  std::optional<Error> refusal;
  /// For people: why rights are fewer than given. A literal, or empty.
  std::string_view warning;
};
Result<UserState> decode_user_state(const Entity& user, const Settings& settings);

/// What everyone may do with a gateway, by its settings. Error: malformed_value.
Result<RightSet> decode_public_rights(const Entity& gateway);

/// A user's or organization's membership of an entity: ttn.lorawan.v3.Collaborator.
storage::EntityKey membership_entity(const storage::EntityKey& entity,
                                     const storage::EntityKey& member);
Companion make_membership(const storage::EntityKey& entity, const storage::EntityKey& member,
                          const RightSet& rights);
Result<RightSet> decode_membership(const Entity& membership);

}  // namespace ff::identity_server
