#include "actors/identity_server/oauth/grants.hpp"

#include <google/protobuf/unknown_field_set.h>

#include <algorithm>

#include "actors/identity_server/api_keys/message_values.hpp"
#include "actors/identity_server/oauth/errors.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/crypto/digest.hpp"
#include "ttn/lorawan/v3/oauth.pb.h"

namespace ff::identity_server::oauth {
namespace {

namespace api = ttn::lorawan::v3;
using storage::EntityKey;
using storage::EntityKind;

constexpr int method_field = 1000;
constexpr int challenge_field = 1001;

constexpr std::string_view code_index = "authorization_code";

Bytes code_index_key(const AuthorizationCode& code) {
  return storage::text_index_key(
      storage::EntityIndex::name_registry,
      {code_index, code.grantee.user_id, code.grantee.client_id, code.id});
}

Bytes prefix_of(std::string_view index, const std::string& user_id, const std::string& client_id) {
  const auto registry = storage::EntityIndex::name_registry;
  if (client_id.empty()) return storage::text_index_key(registry, {index, user_id});
  return storage::text_index_key(registry, {index, user_id, client_id});
}

std::string own_field(const api::OAuthAuthorizationCode& message, int number) {
  const auto& fields = message.GetReflection()->GetUnknownFields(message);
  for (int i = 0; i < fields.field_count(); ++i) {
    const auto& field = fields.field(i);
    if (field.number() == number &&
        field.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED)
      return field.length_delimited();
  }
  return {};
}

Result<std::vector<EntityKey>> owners(const storage::Reader& store, const Bytes& prefix) {
  std::vector<EntityKey> found;
  Status status;
  const storage::Scan scan{.family = storage::Family::entity_index,
                           .range = storage::prefix_range(prefix)};
  FF_CHECK(store.scan(scan, [&](ByteView, ByteView owner) {
    auto key = storage::parse_entity_key(owner);
    if (!key) {
      status = fail(key.error());
      return false;
    }
    found.push_back(*std::move(key));
    return true;
  }));
  FF_CHECK(status);
  return found;
}

std::string base64url(ByteView bytes) {
  auto text = base64_encode(bytes);
  text.resize(text.find_last_not_of('=') + 1);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

Grantee grantee_of(const AccessToken& token) {
  return {token.user_id, token.client_id, token.session_id, token.rights};
}

void add_keys(std::vector<EntityKey>& keys, const std::vector<EntityKey>& more) {
  for (const auto& key : more) {
    if (keys.size() < entities_max && std::ranges::find(keys, key) == keys.end())
      keys.push_back(key);
  }
}

void erase_from(EntityRows& rows, const std::vector<EntityKey>& keys, std::size_t first) {
  for (auto i = first; i < keys.size(); ++i) rows.erase(keys[i]);
}

/// The code or token is of no use any more.
bool is_useless(const Entity& entity, UtcTime now) {
  if (entity.key.kind == EntityKind::authorization_code) {
    const auto code = decode_code(entity);
    return !code || code->expires_at <= now;
  }
  const auto token = decode_access_token(entity);
  return !token || (token->refresh_hash.empty() && token->expires_at && *token->expires_at <= now);
}

}  // namespace

Status check_challenge(const CodeChallenge& challenge) {
  if (challenge.method.empty() && challenge.value.empty()) return {};
  if (challenge.method != "plain" && challenge.method != "S256") return fail(invalid_request);
  const auto is_legal = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
  };
  if (challenge.value.size() < 43 || challenge.value.size() > 128 ||
      !std::ranges::all_of(challenge.value, is_legal))
    return fail(invalid_request);
  return {};
}

bool answers(const CodeChallenge& challenge, std::string_view verifier) {
  if (challenge.method.empty()) return verifier.empty();
  const auto given = challenge.method == "S256" ? base64url(crypto::sha256(as_bytes(verifier)))
                                                : std::string(verifier);
  return crypto::equal_in_constant_time(as_bytes(given), as_bytes(challenge.value));
}

EntityKey code_entity(const std::string& id) {
  return {EntityKind::authorization_code, {id}};
}

Draft code_draft(const AuthorizationCode& code) {
  api::OAuthAuthorizationCode message;
  message.mutable_user_ids()->set_user_id(code.grantee.user_id);
  message.mutable_client_ids()->set_client_id(code.grantee.client_id);
  message.set_user_session_id(code.grantee.session_id);
  code.grantee.rights.for_each(
      [&](Right right) { message.add_rights(static_cast<api::Right>(right)); });
  message.set_code(code.hash);
  message.set_redirect_uri(code.redirect_uri);
  set_time(*message.mutable_expires_at(), code.expires_at);
  if (!code.challenge.method.empty()) {
    auto* own = message.GetReflection()->MutableUnknownFields(&message);
    own->AddLengthDelimited(method_field, code.challenge.method);
    own->AddLengthDelimited(challenge_field, code.challenge.value);
  }
  return {.message = serialize(message), .unique = {{code_index_key(code), {}}}};
}

Result<AuthorizationCode> decode_code(const Entity& entity) {
  FF_TRY(const auto message, parse<api::OAuthAuthorizationCode>(entity));
  return AuthorizationCode{
      .id = entity.key.ids.front(),
      .hash = message.code(),
      .grantee = {message.user_ids().user_id(), message.client_ids().client_id(),
                  message.user_session_id(), rights_in(message)},
      .redirect_uri = message.redirect_uri(),
      .challenge = {own_field(message, method_field), own_field(message, challenge_field)},
      .expires_at = time_of(message.expires_at())};
}

IssuedCode issue_code(Grantee grantee, std::string redirect_uri, CodeChallenge challenge,
                      UtcTime now, Random& random) {
  const auto token = make_token(TokenKind::authorization_code, random);
  return {{.id = token.id,
           .hash = hash_secret(token.secret, token_iterations, random),
           .grantee = std::move(grantee),
           .redirect_uri = std::move(redirect_uri),
           .challenge = std::move(challenge),
           .expires_at = now + code_time},
          to_string(token)};
}

IssuedToken issue_token(const Grantee& grantee, bool with_refresh, Random& random) {
  const auto access = make_token(TokenKind::access_token, random);
  IssuedToken out{.token = {.id = access.id,
                            .hash = hash_secret(access.secret, token_iterations, random),
                            .refresh_hash = {},
                            .user_id = grantee.user_id,
                            .client_id = grantee.client_id,
                            .session_id = grantee.session_id,
                            .rights = grantee.rights,
                            .expires_at = {}},
                  .access_text = to_string(access),
                  .refresh_text = {}};
  if (!with_refresh) return out;
  // The id is the access token's. [spec identity-server §4]
  auto refresh = make_token(TokenKind::refresh_token, random);
  refresh.id = access.id;
  out.token.refresh_hash = hash_secret(refresh.secret, token_iterations, random);
  out.refresh_text = to_string(refresh);
  return out;
}

EntityKey authorization_entity(const std::string& user_id, const std::string& client_id) {
  return {EntityKind::client_authorization, {user_id, client_id}};
}

Result<std::optional<RightSet>> authorized_rights(const storage::Reader& store,
                                                  const std::string& user_id,
                                                  const std::string& client_id) {
  const auto found = get_entity(store, authorization_entity(user_id, client_id), Deleted::without);
  if (!found && found.error().code() == Code::not_found) return std::optional<RightSet>();
  if (!found) return fail(found.error());
  FF_TRY(const auto message, parse<api::OAuthClientAuthorization>(**found));
  return std::optional<RightSet>(rights_in(message));
}

Result<std::vector<EntityKey>> tokens_of(const storage::Reader& store, const std::string& user_id,
                                         const std::string& client_id) {
  return owners(store, prefix_of(access_token_index, user_id, client_id));
}

Result<std::vector<EntityKey>> codes_of(const storage::Reader& store, const std::string& user_id,
                                        const std::string& client_id) {
  return owners(store, prefix_of(code_index, user_id, client_id));
}

Result<std::vector<EntityKey>> tokens_and_codes_of(const storage::Reader& store,
                                                   const std::string& user_id,
                                                   const std::string& client_id) {
  FF_TRY(auto keys, tokens_of(store, user_id, client_id));
  FF_TRY(const auto codes, codes_of(store, user_id, client_id));
  keys.insert(keys.end(), codes.begin(), codes.end());
  return keys;
}

Result<std::vector<EntityKey>> surplus(const storage::Reader& store,
                                       const std::vector<EntityKey>& keys, UtcTime now,
                                       std::size_t max) {
  std::vector<EntityKey> out;
  std::vector<EntityPtr> useful;
  for (const auto& key : keys) {
    const auto entity = get_entity(store, key, Deleted::with);
    if (!entity && entity.error().code() == Code::not_found) continue;
    if (!entity) return fail(entity.error());
    if (is_useless(**entity, now)) {
      out.push_back(key);
    } else {
      useful.push_back(*entity);
    }
  }
  if (useful.size() < max) return out;
  std::ranges::sort(useful, {}, [](const EntityPtr& entity) { return entity->created_at; });
  for (std::size_t i = 0; i + max <= useful.size(); ++i) out.push_back(useful[i]->key);
  return out;
}

ChangeEntities authorize(const AuthorizationCode& code, const std::vector<EntityKey>& old) {
  const auto& grantee = code.grantee;
  ChangeEntities change;
  change.keys = {authorization_entity(grantee.user_id, grantee.client_id), code_entity(code.id)};
  const auto own = change.keys.size();
  add_keys(change.keys, old);
  change.decide = [code, keys = change.keys, own](EntityRows& rows, UtcTime) -> Status {
    api::OAuthClientAuthorization message;
    message.mutable_user_ids()->set_user_id(code.grantee.user_id);
    message.mutable_client_ids()->set_client_id(code.grantee.client_id);
    code.grantee.rights.for_each(
        [&](Right right) { message.add_rights(static_cast<api::Right>(right)); });
    rows.put(keys[0], {.message = serialize(message), .unique = {}});
    rows.put(keys[1], code_draft(code));
    erase_from(rows, keys, own);
    return {};
  };
  return change;
}

ChangeEntities exchange(const AuthorizationCode& code, const AccessToken& token,
                        const std::vector<EntityKey>& old) {
  ChangeEntities change;
  change.keys = {code_entity(code.id), access_token_entity(token.id),
                 authorization_entity(code.grantee.user_id, code.grantee.client_id)};
  const auto own = change.keys.size();
  add_keys(change.keys, old);
  change.decide = [code, token, keys = change.keys, own](EntityRows& rows, UtcTime now) -> Status {
    const auto* row = rows.find(keys[0]);
    if (row == nullptr || rows.find(keys[2]) == nullptr) return fail(invalid_grant);
    FF_TRY(const auto current, decode_code(*row));
    if (current.hash != code.hash || current.expires_at <= now) return fail(invalid_grant);
    auto issued = token;
    issued.expires_at = now + access_time;
    rows.erase(keys[0]);
    rows.put(keys[1], access_token_draft(issued, now));
    erase_from(rows, keys, own);
    return {};
  };
  return change;
}

ChangeEntities refresh(const AccessToken& old, const AccessToken& token) {
  const auto grantee = grantee_of(old);
  ChangeEntities change;
  change.keys = {access_token_entity(old.id), access_token_entity(token.id),
                 authorization_entity(grantee.user_id, grantee.client_id)};
  change.decide = [old, token, keys = change.keys](EntityRows& rows, UtcTime now) -> Status {
    const auto* row = rows.find(keys[0]);
    if (row == nullptr || rows.find(keys[2]) == nullptr) return fail(invalid_grant);
    FF_TRY(const auto current, decode_access_token(*row));
    if (current.refresh_hash.empty() || current.refresh_hash != old.refresh_hash)
      return fail(invalid_grant);
    auto issued = token;
    issued.expires_at = now + access_time;
    rows.erase(keys[0]);
    rows.put(keys[1], access_token_draft(issued, now));
    return {};
  };
  return change;
}

ChangeEntities withdraw(const std::string& user_id, const std::string& client_id,
                        const std::vector<EntityKey>& hanging) {
  ChangeEntities change;
  change.keys = {authorization_entity(user_id, client_id)};
  add_keys(change.keys, hanging);
  change.decide = [keys = change.keys](EntityRows& rows, UtcTime) -> Status {
    for (const auto& key : keys) {
      if (rows.find(key) != nullptr) rows.erase(key);
    }
    return {};
  };
  return change;
}

}  // namespace ff::identity_server::oauth
