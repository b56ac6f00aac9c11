// What an operator may ask of the accounts of a stopped server, and the transactions that make it,
// as the reference's `ttn-lw-stack is-db` has them [spec cli §7]. Pure but for randomness. Not how
// a store is opened (offline.hpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/identity_server/registry/messages.hpp"
#include "app/api/services/identity/dev_eui_blocks.hpp"
#include "protocol/base/random.hpp"

namespace ff::app {

/// A transaction, and what is to be shown once; empty: nothing.
struct AccountChange {
  identity_server::ChangeEntities change;
  std::string secret;
};

/// A user who is an approved admin with this password; one that is there keeps what is not said.
struct AdminUser {
  std::string id = "admin";
  std::string email;  ///< Counts as validated. Empty: as it is.
  std::string password;
};
/// Slow: hashes. Errors: validation; when it is decided id_taken, already_exists (the email
/// address).
Result<AccountChange> make_admin_user(const AdminUser& wish, Random& random, UtcTime now);

/// An API key of a user, for everything.
struct UserApiKey {
  std::string user_id = "admin";
  std::string name = "admin-api-key";
  std::optional<UtcTime> expires_at;
};
/// `secret` is the key. Errors: validation; when it is decided user_not_found.
Result<AccountChange> make_user_api_key(const UserApiKey& wish, Random& random, UtcTime now);

/// An approved OAuth client for everything; of one that is there secret and addresses are replaced.
struct OAuthClient {
  std::string id = "console";
  std::string name;  ///< Empty: as it is.
  std::string owner_id = "admin";
  /// Nothing: a new one is made. Empty: the client has none.
  std::optional<std::string> secret;
  std::vector<std::string> redirect_uris;
  std::vector<std::string> logout_redirect_uris;
  bool authorized = true;  ///< Users are not asked.
  bool endorsed = true;
};
/// `secret` is one that was made. Slow: hashes. Errors: validation; when it is decided
/// user_not_found, id_taken.
Result<AccountChange> make_oauth_client(const OAuthClient& wish, Random& random, UtcTime now);

/// DevEUIs for applications, behind the blocks that are there. Errors: dev_eui_block_invalid; when
/// it is decided already_exists.
Result<AccountChange> make_dev_eui_block(const api::EuiBlock& block);

}  // namespace ff::app
