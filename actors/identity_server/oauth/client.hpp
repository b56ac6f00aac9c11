// OAuth clients as the authorization server needs them, and what they may. Pure.
#pragma once

#include <string>
#include <vector>

#include "actors/identity_server/registry/entity.hpp"
#include "actors/identity_server/rights/rights.hpp"

namespace ff::identity_server::oauth {

/// ON-DISK: ttn.lorawan.v3.Client.
struct Client {
  enum class State : std::uint8_t { requested, approved, rejected, flagged, suspended };

  std::string id;
  std::string name;
  std::string description;
  std::string secret_hash;  // empty: a public client
  std::vector<std::string> redirect_uris;
  std::vector<std::string> logout_redirect_uris;
  State state = State::requested;
  bool skip_authorization = false;
  bool endorsed = false;
  bool grants_code = false;
  bool grants_refresh = false;
  RightSet rights;  // as given, without what they imply
};

/// Error: malformed_value.
Result<Client> decode_client(const Entity& entity);

/// Whether users may authorize it. Errors: client_rejected, client_suspended, client_not_approved,
/// client_missing_grant.
Status check_may_authorize(const Client& client);
enum class Grant : std::uint8_t { authorization_code, refresh_token };
/// Whether it may ask for tokens. Errors: client_rejected, client_suspended, client_missing_grant.
Status check_may_get_token(const Client& client, Grant grant);
/// Slow: hashes. Error: invalid_client.
Status check_secret(const Client& client, std::string_view secret);

/// The clients that every installation has, as the reference's setup makes them: `cli` (public),
/// `console` and `device-claiming`. `console_secret_hash`: of the console's secret.
struct DefaultClient {
  storage::EntityKey key;
  Bytes message;
};
std::vector<DefaultClient> default_clients(const std::string& owner_id,
                                           const std::string& console_secret_hash,
                                           const std::string& claiming_secret_hash);

}  // namespace ff::identity_server::oauth
