// What a first start makes: the administrator, with an API key and a first password, and the OAuth
// clients that every installation has.
#pragma once

#include <filesystem>

#include "actors/identity_server/supervisor/supervisor.hpp"
#include "protocol/base/random.hpp"

namespace ff::app {

/// What is shown once and kept in files that the owner alone reads.
struct FirstSecrets {
  std::string api_key;
  std::string password;  // to be changed at the first login
  std::string console_secret;
  std::string claiming_secret;
};

/// The user `admin`, an API key with all rights, the clients `cli`, `console` and
/// `device-claiming`: all or nothing. Answers when they are durable. Error: some exist already.
void make_first_accounts(const identity_server::Routes& routes, Random& random,
                         actors::Reply<FirstSecrets> reply);

/// Makes them, prints key and password once, and leaves them in `admin-api-key`, `admin-password`
/// and `oauth-client-secrets` (0600) of `directory`. Blocks; failures are logged.
void first_start(const identity_server::Routes& routes, const std::filesystem::path& directory,
                 Random& random);

}  // namespace ff::app
