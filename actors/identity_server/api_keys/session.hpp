// Sessions of users (browsers), access tokens of OAuth clients and login tokens: credentials that
// stand for a user. Not how they are obtained; that is the account pages' and OAuth's.
#pragma once

#include <string>
#include <vector>

#include "actors/identity_server/api_keys/token.hpp"
#include "actors/identity_server/registry/messages.hpp"
#include "actors/identity_server/rights/rights.hpp"

namespace ff::identity_server {

struct Session {
  std::string user_id;
  std::string id;
  std::string hash;
  std::optional<UtcTime> expires_at;  // none: until it is deleted
};

storage::EntityKey session_entity(const std::string& user_id, const std::string& id);
/// The unique index from a session's id, which its token holds, to the session.
Bytes session_index(std::string_view id);
/// ON-DISK: ttn.lorawan.v3.UserSession with the hash as `session_secret`.
Draft session_draft(const Session& session, UtcTime created_at, UtcTime updated_at);
/// Error: malformed_value.
Result<Session> decode_session(const Entity& entity);

struct IssuedSession {
  Session session;
  std::string text;  // `ONZW4.…`, kept nowhere
};
/// `random` must be fit for keys.
IssuedSession issue_session(const std::string& user_id, Random& random);
/// The message that stores it.
CreateEntity create_session(const Session& session, actors::Reply<EntityPtr> reply);

struct AccessToken {
  std::string id;
  std::string hash;  // of the access token's secret
  std::string refresh_hash;
  std::string user_id;
  std::string client_id;
  std::string session_id;  // the session it was obtained in; may be empty
  RightSet rights;
  std::optional<UtcTime> expires_at;
};

storage::EntityKey access_token_entity(const std::string& id);
/// Tokens are in an index of their own: this name, user, client, id.
inline constexpr std::string_view access_token_index = "access_token";
/// ON-DISK: ttn.lorawan.v3.OAuthAccessToken with hashes as `access_token` and `refresh_token`.
Draft access_token_draft(const AccessToken& token, UtcTime created_at);
/// Error: malformed_value.
Result<AccessToken> decode_access_token(const Entity& entity);

}  // namespace ff::identity_server
