// Access: who a bearer token is, and what it may do on an entity. One actor with a small cache of
// what was right lately.
#pragma once

#include <array>
#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/identity_server/api_keys/caller.hpp"
#include "actors/identity_server/registry/interface.hpp"
#include "actors/support/deps.hpp"

namespace ff::identity_server {

/// `token` as in `Bearer <token>`. Errors: invalid_token, api_key_not_found (also when the key's
/// owner is deleted), api_key_expired, invalid_authorization, and those of authenticate() for
/// sessions and access tokens.
struct Authenticate {
  std::string token;
  actors::Reply<AuthInfoPtr> reply;
};
/// The caller's rights on an entity, with what they imply. For one that does not exist they are
/// empty, so that nobody learns which do; admins get not_found(). A device has its application's. A
/// gateway gives everyone the rights on what its settings make public.
struct ListRights {
  AuthInfoPtr caller;
  storage::EntityKey entity;
  actors::Reply<RightSet> reply;
};
/// An entity that may have made an answer true has changed.
struct ForgetAccess {
  storage::EntityKey entity;
};
/// INTERNAL
struct AccessAnswered {
  std::array<std::uint8_t, 32> token_digest{};
  std::uint64_t generation = 0;
  AuthInfoPtr caller;
};

using AccessHandle =
    caf::typed_actor<caf::reacts_to<Authenticate>,  // Who the token is.
                     caf::reacts_to<ListRights>,    // What the caller may do on an entity.
                     caf::reacts_to<ForgetAccess>,  // Drops what an entity's change may have made
                                                    // wrong.
                     caf::reacts_to<AccessAnswered>>;  // INTERNAL: remembers an answer.

struct AccessContext {
  actors::Deps deps;
  actors::Route<RegistryReaderHandle> reader;
  SettingsPtr settings = std::make_shared<const Settings>();
  /// Answers kept, for `cache_time`.
  std::size_t cache_max = 10'000;
  Duration cache_time = std::chrono::minutes{2};
};

AccessHandle spawn_access(caf::actor_system& system, std::shared_ptr<const AccessContext> context);

}  // namespace ff::identity_server
FF_LOCAL_MESSAGE(ff::identity_server::Authenticate)
FF_LOCAL_MESSAGE(ff::identity_server::ListRights)
FF_LOCAL_MESSAGE(ff::identity_server::ForgetAccess)
FF_LOCAL_MESSAGE(ff::identity_server::AccessAnswered)
