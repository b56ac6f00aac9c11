// The end of what a client may do for a user.
#pragma once

#include "app/api/services/identity/identity.hpp"

namespace ff::api {

/// The authorization goes with its codes and tokens, in steps when they are many. One that is not
/// there is fine.
void withdraw_authorization(const Identity& identity, const std::string& user_id,
                            const std::string& client_id, actors::Reply<void> then);

}  // namespace ff::api
