// What others may ask of a join server shard: one actor per shard of EUI pairs, the single writer
// of nonces.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/join_server/messages.hpp"

namespace ff::join_server {

using ShardHandle = caf::typed_actor<
    caf::reacts_to<HandleJoin>,   // Checks nonce and MIC, derives keys; answers when the nonces are
                                  // durable.
    caf::reacts_to<GetAppSKey>,   // The AppSKey of a session made here.
    caf::reacts_to<GetNwkSKeys>,  // The network keys of a session made here.
    caf::reacts_to<GetHomeNetwork>,      // Where the device is at home.
    caf::reacts_to<GetJoinDevice>,       // Root keys and nonces, for the registry.
    caf::reacts_to<ChangeJoinDevice>,    // Creates or changes them.
    caf::reacts_to<DeleteJoinDevice>,    // Deletes the device with its nonces.
    caf::reacts_to<JoinShardOpened>,     // INTERNAL: all writes of our predecessor are decided.
    caf::reacts_to<JoinDeviceLoaded>,    // INTERNAL: a record has been read.
    caf::reacts_to<CryptoAnswered>,      // INTERNAL: the crypto server has answered, or has not.
    caf::reacts_to<JoinDeviceWritten>>;  // INTERNAL: a record is durable, or is not.

/// The same with what is the operator's business.
using ShardActor = ShardHandle::extend<caf::reacts_to<InspectJoinShard>>;  // What it holds.

}  // namespace ff::join_server
