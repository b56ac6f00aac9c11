// The sessions and OAuth access tokens of a user, all at once.
#pragma once

#include "app/api/services/identity/identity.hpp"

namespace ff::api {

/// Ends all sessions and access tokens; API keys stay.
void erase_credentials(const Identity& identity, const std::string& user_id,
                       actors::Reply<void> then);

}  // namespace ff::api
