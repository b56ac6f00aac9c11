#include "actors/identity_server/oauth/client.hpp"

#include <algorithm>

#include "actors/identity_server/api_keys/message_values.hpp"
#include "actors/identity_server/api_keys/token.hpp"
#include "actors/identity_server/oauth/errors.hpp"
#include "ttn/lorawan/v3/client.pb.h"

namespace ff::identity_server::oauth {
namespace {

namespace api = ttn::lorawan::v3;

Client::State state_of(api::State state) {
  switch (state) {
    case api::STATE_APPROVED:
      return Client::State::approved;
    case api::STATE_REJECTED:
      return Client::State::rejected;
    case api::STATE_FLAGGED:
      return Client::State::flagged;
    case api::STATE_SUSPENDED:
      return Client::State::suspended;
    default:
      return Client::State::requested;
  }
}

bool grants(const api::Client& client, api::GrantType grant) {
  return std::ranges::find(client.grants(), grant) != client.grants().end();
}

Status check_state(const Client& client) {
  if (client.state == Client::State::rejected) return fail(client_rejected);
  if (client.state == Client::State::suspended) return fail(client_suspended);
  return {};
}

struct Wanted {
  const char* id;
  const char* name;
  const char* description;
  std::vector<const char*> redirect_uris;
  std::vector<const char*> logout_redirect_uris;
  std::string secret_hash;
};

DefaultClient make_default(const Wanted& wanted, const std::string& owner_id) {
  api::Client client;
  client.mutable_ids()->set_client_id(wanted.id);
  client.set_name(wanted.name);
  client.set_description(wanted.description);
  client.set_secret(wanted.secret_hash);
  for (const auto* uri : wanted.redirect_uris) client.add_redirect_uris(uri);
  for (const auto* uri : wanted.logout_redirect_uris) client.add_logout_redirect_uris(uri);
  client.set_state(api::STATE_APPROVED);
  client.set_skip_authorization(true);
  client.set_endorsed(true);
  client.add_grants(api::GRANT_AUTHORIZATION_CODE);
  client.add_grants(api::GRANT_REFRESH_TOKEN);
  client.add_rights(api::RIGHT_ALL);
  client.mutable_administrative_contact()->mutable_user_ids()->set_user_id(owner_id);
  client.mutable_technical_contact()->mutable_user_ids()->set_user_id(owner_id);
  return {{storage::EntityKind::client, {wanted.id}}, serialize(client)};
}

}  // namespace

Result<Client> decode_client(const Entity& entity) {
  FF_TRY(const auto message, parse<api::Client>(entity));
  return Client{.id = message.ids().client_id(),
                .name = message.name(),
                .description = message.description(),
                .secret_hash = message.secret(),
                .redirect_uris = {message.redirect_uris().begin(), message.redirect_uris().end()},
                .logout_redirect_uris = {message.logout_redirect_uris().begin(),
                                         message.logout_redirect_uris().end()},
                .state = state_of(message.state()),
                .skip_authorization = message.skip_authorization(),
                .endorsed = message.endorsed(),
                .grants_code = grants(message, api::GRANT_AUTHORIZATION_CODE),
                .grants_refresh = grants(message, api::GRANT_REFRESH_TOKEN),
                .rights = rights_in(message)};
}

Status check_may_authorize(const Client& client) {
  FF_CHECK(check_state(client));
  if (client.state == Client::State::requested) return fail(client_not_approved);
  if (!client.grants_code)
    return fail(client_missing_grant, {{"grant", "GRANT_AUTHORIZATION_CODE"}});
  return {};
}

Status check_may_get_token(const Client& client, Grant grant) {
  FF_CHECK(check_state(client));
  if (grant == Grant::authorization_code && !client.grants_code)
    return fail(client_missing_grant, {{"grant", "GRANT_AUTHORIZATION_CODE"}});
  if (grant == Grant::refresh_token && !client.grants_refresh)
    return fail(client_missing_grant, {{"grant", "GRANT_REFRESH_TOKEN"}});
  return {};
}

Status check_secret(const Client& client, std::string_view secret) {
  const bool is_right =
      client.secret_hash.empty() ? secret.empty() : is_hash_of(client.secret_hash, secret);
  if (!is_right) return fail(invalid_client);
  return {};
}

std::vector<DefaultClient> default_clients(const std::string& owner_id,
                                           const std::string& console_secret_hash,
                                           const std::string& claiming_secret_hash) {
  // [spec cli §6: typical bootstrap]
  const Wanted all[] = {
      {"cli",
       "Command Line Interface",
       "ttn-lw-cli and farfield-cli",
       {"local-callback", "code"},
       {},
       ""},
      {"console",
       "Console",
       "The web console of this server",
       {"/console/oauth/callback"},
       {"/console"},
       console_secret_hash},
      {"device-claiming",
       "Device Claiming",
       "Claiming of devices by their owners",
       {"/claim/oauth/callback"},
       {"/claim"},
       claiming_secret_hash},
  };
  std::vector<DefaultClient> out;
  for (const auto& one : all) out.push_back(make_default(one, owner_id));
  return out;
}

}  // namespace ff::identity_server::oauth
