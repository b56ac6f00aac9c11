// What a first start makes: the administrator, with an API key and a first password, and the OAuth
// clients that every installation has.
#pragma once

#include <filesystem>

#include "actors/identity_server/api_keys/api_key.hpp"
#include "actors/identity_server/supervisor/supervisor.hpp"
#include "protocol/base/random.hpp"
#include "storage/engine/engine.hpp"

namespace ff::app {

/// Whether the store has no user: a new one, or one whose first start was cut off.
Result<bool> needs_first_accounts(const storage::Reader& store);

/// Leaves secrets in `admin-api-key`, `admin-password` and `oauth-client-secrets` (0600) of
/// `directory`, makes the user `admin`, an API key with all rights and the clients `cli`, `console`
/// and `device-claiming` (all or nothing), and shows key and password once if somebody
/// looks: on a terminal, never in a log. In this order, so that a start that is cut off never
/// leaves accounts without their secrets. Blocks; failures are logged.
void first_start(const identity_server::Routes& routes, const std::filesystem::path& directory,
                 Random& random);

}  // namespace ff::app
