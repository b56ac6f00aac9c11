// What users let clients do: authorizations, authorization codes, and access tokens made of them.
// Values, their records, and the transactions that turn one into the other. Pure, but for look-ups
// in the store. Secrets are kept as hashes, of codes too. [spec identity-server §13]
#pragma once

#include <string>
#include <vector>

#include "actors/identity_server/api_keys/session.hpp"
#include "actors/identity_server/api_keys/token.hpp"
#include "actors/identity_server/registry/messages.hpp"
#include "storage/engine/engine.hpp"

namespace ff::identity_server::oauth {

inline constexpr Duration code_time = std::chrono::seconds{300};
inline constexpr Duration access_time = std::chrono::seconds{3600};
/// Of a user for one client; older ones make room.
inline constexpr std::size_t codes_max = 10;
inline constexpr std::size_t tokens_max = 100;

/// Who gives what to whom.
struct Grantee {
  std::string user_id;
  std::string client_id;
  std::string session_id;
  RightSet rights;
};

/// RFC 7636. Empty method: the client uses none.
struct CodeChallenge {
  std::string method;  // `plain` or `S256`
  std::string value;
};
/// Error: invalid_request for a method or challenge that is none.
Status check_challenge(const CodeChallenge& challenge);
/// In constant time. A verifier without a challenge is refused as well.
bool answers(const CodeChallenge& challenge, std::string_view verifier);

struct AuthorizationCode {
  std::string id;
  std::string hash;
  Grantee grantee;
  std::string redirect_uri;
  CodeChallenge challenge;
  UtcTime expires_at;
};
storage::EntityKey code_entity(const std::string& id);
/// ON-DISK: ttn.lorawan.v3.OAuthAuthorizationCode with the hash as `code`; the challenge is field
/// 1000 (method) and 1001 (value), which are ours. Golden test:
/// test/actors/identity_server/oauth/grants_test.cpp.
Draft code_draft(const AuthorizationCode& code);
/// Error: malformed_value.
Result<AuthorizationCode> decode_code(const Entity& entity);

struct IssuedCode {
  AuthorizationCode code;
  std::string text;  // `MF2XI.…`, kept nowhere
};
/// `random` must be fit for keys.
IssuedCode issue_code(Grantee grantee, std::string redirect_uri, CodeChallenge challenge,
                      UtcTime now, Random& random);

struct IssuedToken {
  AccessToken token;
  std::string access_text;   // `MFRWG.…`
  std::string refresh_text;  // `OJSWM.…`; empty: none
};
/// The time of expiry is the transaction's. `random` must be fit for keys.
IssuedToken issue_token(const Grantee& grantee, bool with_refresh, Random& random);

storage::EntityKey authorization_entity(const std::string& user_id, const std::string& client_id);
/// The rights that the user has authorized the client for; none: has not.
Result<std::optional<RightSet>> authorized_rights(const storage::Reader& store,
                                                  const std::string& user_id,
                                                  const std::string& client_id);

/// Keys of what a user has with a client; with an empty client: with all. Oldest last.
Result<std::vector<storage::EntityKey>> tokens_of(const storage::Reader& store,
                                                  const std::string& user_id,
                                                  const std::string& client_id);
/// In the order of their ids.
Result<std::vector<storage::EntityKey>> codes_of(const storage::Reader& store,
                                                 const std::string& user_id,
                                                 const std::string& client_id);
/// Both.
Result<std::vector<storage::EntityKey>> tokens_and_codes_of(const storage::Reader& store,
                                                            const std::string& user_id,
                                                            const std::string& client_id);
/// Of tokens or codes, those that have to go before one more is made: the expired ones that nothing
/// can be made of, and the oldest above the bound.
Result<std::vector<storage::EntityKey>> surplus(const storage::Reader& store,
                                                const std::vector<storage::EntityKey>& keys,
                                                UtcTime now, std::size_t max);

/// Remembers the authorization and makes a code; `old` ones go.
ChangeEntities authorize(const AuthorizationCode& code, const std::vector<storage::EntityKey>& old);
/// A code becomes a token, once. `code`: as its hash, client and redirect were checked. Error:
/// invalid_grant also when it has expired, was used, or the authorization was withdrawn meanwhile.
ChangeEntities exchange(const AuthorizationCode& code, const AccessToken& token,
                        const std::vector<storage::EntityKey>& old);
/// A token becomes another one, once. `old`: as its refresh token was checked. Error:
/// invalid_grant.
ChangeEntities refresh(const AccessToken& old, const AccessToken& token);
/// Withdraws the authorization with all codes and tokens in `hanging`, or without the authorization
/// the rest alone.
ChangeEntities withdraw(const std::string& user_id, const std::string& client_id,
                        const std::vector<storage::EntityKey>& hanging);

}  // namespace ff::identity_server::oauth
