// Accounts by a part of their ids: to choose collaborators from. [spec identity-server §11]
#pragma once

#include "app/api/services/identity/identity.hpp"
#include "ttn/lorawan/v3/search_services.pb.h"

namespace ff::api {

/// Callers who are no admins get at most ten, of a query of two characters or more, unless they ask
/// for the collaborators of an entity.
void search_accounts(const Identity& identity, bool by_admin,
                     const ttn::lorawan::v3::SearchAccountsRequest& request,
                     const Reply<ttn::lorawan::v3::SearchAccountsResponse>& reply);

}  // namespace ff::api
