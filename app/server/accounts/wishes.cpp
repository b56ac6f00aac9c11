#include "app/server/accounts/wishes.hpp"

#include "actors/identity_server/api_keys/api_key.hpp"
#include "actors/identity_server/api_keys/message_values.hpp"
#include "actors/identity_server/api_keys/token.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "app/api/services/identity/entity_registry.hpp"
#include "app/api/services/identity/users.hpp"
#include "protocol/api_rules/api_rules.hpp"
#include "ttn/lorawan/v3/client_services.pb.h"
#include "ttn/lorawan/v3/user_services.pb.h"

namespace ff::app {
namespace {

namespace pb = ttn::lorawan::v3;
using identity_server::Entity;
using identity_server::EntityRows;
using identity_server::Right;
using identity_server::set_time;
using storage::EntityKey;
using storage::EntityKind;

/// What is there under the id; the message is empty if nothing is. Error: id_taken by one that is
/// deleted but kept.
template <class Message>
Result<Message> current_or_new(const Entity* maybe_current) {
  if (maybe_current == nullptr) return Message();
  if (maybe_current->deleted_at) return fail(identity_server::id_taken);
  return api::entity_message<Message>(*maybe_current);
}

std::string hash_of(const std::string& secret, Random& random) {
  return identity_server::hash_secret(secret, identity_server::password_iterations, random);
}

pb::Client client_message(const OAuthClient& wish) {
  pb::Client client;
  client.mutable_ids()->set_client_id(wish.id);
  client.set_name(wish.name);
  for (const auto& uri : wish.redirect_uris) client.add_redirect_uris(uri);
  for (const auto& uri : wish.logout_redirect_uris) client.add_logout_redirect_uris(uri);
  client.set_state(pb::STATE_APPROVED);
  client.set_skip_authorization(wish.authorized);
  client.set_endorsed(wish.endorsed);
  client.add_grants(pb::GRANT_AUTHORIZATION_CODE);
  client.add_grants(pb::GRANT_REFRESH_TOKEN);
  client.add_rights(pb::RIGHT_ALL);
  return client;
}

void put_contacts(pb::Client& client, const std::string& owner_id) {
  if (!client.has_administrative_contact())
    client.mutable_administrative_contact()->mutable_user_ids()->set_user_id(owner_id);
  if (!client.has_technical_contact())
    client.mutable_technical_contact()->mutable_user_ids()->set_user_id(owner_id);
}

/// `wanted` replaces what it has of `client`, and nothing else.
void replace(pb::Client& client, const pb::Client& wanted) {
  *client.mutable_ids() = wanted.ids();
  if (!wanted.name().empty()) client.set_name(wanted.name());
  client.set_secret(wanted.secret());
  *client.mutable_redirect_uris() = wanted.redirect_uris();
  *client.mutable_logout_redirect_uris() = wanted.logout_redirect_uris();
  client.set_state(wanted.state());
  client.clear_state_description();
  client.set_skip_authorization(wanted.skip_authorization());
  client.set_endorsed(wanted.endorsed());
  *client.mutable_grants() = wanted.grants();
  *client.mutable_rights() = wanted.rights();
}

}  // namespace

Result<AccountChange> make_admin_user(const AdminUser& wish, Random& random, UtcTime now) {
  pb::CreateUserRequest request;
  request.mutable_user()->mutable_ids()->set_user_id(wish.id);
  // The rules of the API know no user without an address; the first start makes one.
  request.mutable_user()->set_primary_email_address(wish.email.empty() ? "none@example.org"
                                                                       : wish.email);
  request.mutable_user()->set_password(wish.password);
  FF_CHECK(api_rules::validate("ttn.lorawan.v3.UserRegistry/Create", request, now));
  const auto key = api::user_key(wish.id);
  const EntityKey namesake{EntityKind::organization, key.ids};
  AccountChange out;
  out.change.keys = {key, namesake};
  out.change.decide = [=, hash = identity_server::hash_password(wish.password, random)](
                          EntityRows& rows, UtcTime at) -> Status {
    if (rows.find(namesake) != nullptr) return fail(identity_server::id_taken);
    FF_TRY(auto user, current_or_new<pb::User>(rows.find(key)));
    user.mutable_ids()->set_user_id(wish.id);
    if (!wish.email.empty()) {
      user.set_primary_email_address(wish.email);
      set_time(*user.mutable_primary_email_address_validated_at(), at);
    }
    user.set_password(hash);
    set_time(*user.mutable_password_updated_at(), at);
    user.set_state(pb::STATE_APPROVED);
    user.set_admin(true);
    rows.put(key, {.message = api::entity_bytes(user), .unique = api::email_key(user)});
    return {};
  };
  return out;
}

Result<AccountChange> make_user_api_key(const UserApiKey& wish, Random& random, UtcTime now) {
  pb::CreateUserAPIKeyRequest request;
  request.mutable_user_ids()->set_user_id(wish.user_id);
  request.set_name(wish.name);
  request.add_rights(pb::RIGHT_ALL);
  if (wish.expires_at) set_time(*request.mutable_expires_at(), *wish.expires_at);
  FF_CHECK(api_rules::validate("ttn.lorawan.v3.UserAccess/CreateAPIKey", request, now));
  const auto owner = api::user_key(wish.user_id);
  auto issued = identity_server::issue_api_key(owner, wish.name, {Right::all}, random);
  issued.key.expires_at = wish.expires_at;
  AccountChange out;
  out.secret = issued.text;
  const auto key = identity_server::api_key_entity(owner, issued.key.id);
  out.change.keys = {key, owner};
  out.change.read_only = 1;
  out.change.decide = [=, api_key = issued.key](EntityRows& rows, UtcTime at) -> Status {
    FF_CHECK(rows.live(owner));
    rows.put(key, identity_server::api_key_draft(api_key, at, at));
    return {};
  };
  return out;
}

Result<AccountChange> make_oauth_client(const OAuthClient& wish, Random& random, UtcTime now) {
  pb::CreateClientRequest request;
  *request.mutable_client() = client_message(wish);
  request.mutable_collaborator()->mutable_user_ids()->set_user_id(wish.owner_id);
  FF_CHECK(api_rules::validate("ttn.lorawan.v3.ClientRegistry/Create", request, now));
  AccountChange out;
  auto secret = wish.secret.value_or("");
  if (!wish.secret) {
    out.secret =
        identity_server::make_token(identity_server::TokenKind::access_token, random).secret;
    secret = out.secret;
  }
  auto wanted = request.client();
  if (!secret.empty()) wanted.set_secret(hash_of(secret, random));
  const auto owner = api::user_key(wish.owner_id);
  const EntityKey key{EntityKind::client, {wish.id}};
  const auto membership = identity_server::make_membership(key, owner, {Right::client_all});
  out.change.keys = {key, membership.key, owner};
  out.change.read_only = 1;
  out.change.decide = [=](EntityRows& rows, UtcTime) -> Status {
    FF_CHECK(rows.live(owner));
    FF_TRY(auto client, current_or_new<pb::Client>(rows.find(key)));
    replace(client, wanted);
    put_contacts(client, owner.ids.front());
    rows.put(key, {.message = api::entity_bytes(client), .unique = {}});
    rows.put(membership.key, {.message = membership.message, .unique = {}});
    return {};
  };
  return out;
}

Result<AccountChange> make_dev_eui_block(const api::EuiBlock& block) {
  AccountChange out;
  FF_TRY(out.change, api::add_dev_eui_block(block));
  return out;
}

}  // namespace ff::app
