#include "actors/identity_server/api_keys/session.hpp"

#include "actors/identity_server/api_keys/message_values.hpp"
#include "ttn/lorawan/v3/oauth.pb.h"
#include "ttn/lorawan/v3/user.pb.h"

namespace ff::identity_server {

namespace api = ttn::lorawan::v3;
using storage::EntityKind;

storage::EntityKey session_entity(const std::string& user_id, const std::string& id) {
  return {EntityKind::user_session, {user_id, id}};
}

Bytes session_index(std::string_view id) {
  return storage::text_index_key(storage::EntityIndex::name_registry, {"user_session", id});
}

Draft session_draft(const Session& session, UtcTime created_at, UtcTime updated_at) {
  api::UserSession message;
  message.mutable_user_ids()->set_user_id(session.user_id);
  message.set_session_id(session.id);
  message.set_session_secret(session.hash);
  set_time(*message.mutable_created_at(), created_at);
  set_time(*message.mutable_updated_at(), updated_at);
  if (session.expires_at) set_time(*message.mutable_expires_at(), *session.expires_at);
  return {.message = serialize(message), .unique = {{session_index(session.id), {}}}};
}

Result<Session> decode_session(const Entity& entity) {
  FF_TRY(const auto message, parse<api::UserSession>(entity));
  Session session{.user_id = message.user_ids().user_id(),
                  .id = message.session_id(),
                  .hash = message.session_secret(),
                  .expires_at = {}};
  if (message.has_expires_at()) session.expires_at = time_of(message.expires_at());
  return session;
}

IssuedSession issue_session(const std::string& user_id, Random& random) {
  const auto token = make_token(TokenKind::session, random);
  auto hash = hash_secret(token.secret, token_iterations, random);
  return {{.user_id = user_id, .id = token.id, .hash = std::move(hash), .expires_at = {}},
          to_string(token)};
}

CreateEntity create_session(const Session& session, actors::Reply<EntityPtr> reply) {
  return {
      .key = session_entity(session.user_id, session.id),
      .make = [session](UtcTime now) -> Result<Draft> { return session_draft(session, now, now); },
      .companions = {},
      .reply = std::move(reply)};
}

storage::EntityKey access_token_entity(const std::string& id) {
  return {EntityKind::access_token, {id}};
}

Draft access_token_draft(const AccessToken& token, UtcTime created_at) {
  api::OAuthAccessToken message;
  message.set_id(token.id);
  message.set_access_token(token.hash);
  message.set_refresh_token(token.refresh_hash);
  message.mutable_user_ids()->set_user_id(token.user_id);
  message.mutable_client_ids()->set_client_id(token.client_id);
  message.set_user_session_id(token.session_id);
  token.rights.for_each([&](Right right) { message.add_rights(static_cast<api::Right>(right)); });
  set_time(*message.mutable_created_at(), created_at);
  if (token.expires_at) set_time(*message.mutable_expires_at(), *token.expires_at);
  auto index =
      storage::text_index_key(storage::EntityIndex::name_registry,
                              {access_token_index, token.user_id, token.client_id, token.id});
  return {.message = serialize(message), .unique = {{std::move(index), {}}}};
}

Result<AccessToken> decode_access_token(const Entity& entity) {
  FF_TRY(const auto message, parse<api::OAuthAccessToken>(entity));
  AccessToken token{.id = message.id(),
                    .hash = message.access_token(),
                    .refresh_hash = message.refresh_token(),
                    .user_id = message.user_ids().user_id(),
                    .client_id = message.client_ids().client_id(),
                    .session_id = message.user_session_id(),
                    .rights = rights_in(message),
                    .expires_at = {}};
  if (message.has_expires_at()) token.expires_at = time_of(message.expires_at());
  return token;
}

}  // namespace ff::identity_server
