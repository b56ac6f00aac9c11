// How an entity disappears: deleted but kept, restored, or purged with all that hangs on it.
#pragma once

#include "app/api/services/identity/identity.hpp"

namespace ff::api {

/// What a restored entity is: its message, and the unique keys that it claims again.
using Revive = std::function<Result<identity_server::Draft>(const identity_server::Entity&)>;

/// Deletes but keeps. Error: not_found() if it is deleted already.
void keep_deleted(const Identity& identity, const storage::EntityKey& key,
                  actors::Reply<void> then);
/// Error: not_found() of one that is not deleted, restore_window_expired, a unique key's `taken`.
void restore(const Identity& identity, const storage::EntityKey& key, Revive revive,
             actors::Reply<void> then);
/// The same as purge() for one that is deleted but kept: it is left as it is when `allowed` has an
/// error.
void purge_deleted(const Identity& identity, const storage::EntityKey& key,
                   std::function<Status(const storage::Reader&)> allowed, actors::Reply<void> then);
/// Leaves nothing: no key, membership, bookmark, session, token, authorization or login, of it or
/// to it. Works on live entities too. `allowed` is asked when nothing can be added to the entity
/// any more; on its error the entity stays deleted.
void purge(const Identity& identity, const storage::EntityKey& key,
           std::function<Status(const storage::Reader&)> allowed, actors::Reply<void> then);

}  // namespace ff::api
