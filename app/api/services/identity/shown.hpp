// What of an entity is shown to whom, beside the fields that were asked for. Pure.
#pragma once

#include "app/api/services/identity/entity_registry.hpp"
#include "ttn/lorawan/v3/client.pb.h"
#include "ttn/lorawan/v3/gateway.pb.h"

namespace ff::api {

/// The secret is kept as a hash, and shown to nobody.
inline void hide_secret(pb::Client& client) {
  client.clear_secret();
}
/// The place of antennas and the server's address are for everyone only if the settings say so.
void show_public_part(pb::Gateway& gateway);
/// Secrets are for who may read them.
void hide_secrets(pb::Gateway& gateway, const identity_server::RightSet& rights);

}  // namespace ff::api
