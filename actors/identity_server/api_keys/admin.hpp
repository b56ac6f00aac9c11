// What admins alone may though no right stands for it, such as to purge, to approve and to make
// admins.
#pragma once

#include "actors/identity_server/api_keys/caller.hpp"

namespace ff::identity_server {

/// A restricted credential of an admin gives no more than its rights: this needs all of them.
/// [spec identity-server §3]
inline bool acts_as_admin(const AuthInfo& caller) {
  return caller.is_admin && caller.rights.has(Right::all);
}

}  // namespace ff::identity_server
