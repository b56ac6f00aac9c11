// What others may ask of a device pipeline: one actor per shard, the single writer of the application server's device records and of
// the shard's outbox.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/application_server/pipeline/messages.hpp"

namespace ff::application_server {

using PipelineHandle = caf::typed_actor<
    caf::reacts_to<SessionAccepted>,       // Decrypts, decodes, appends to the outbox, publishes after the commit.
    caf::reacts_to<QueueDownlinks>,        // Encodes, numbers, encrypts and pushes to the network server.
    caf::reacts_to<ListQueuedDownlinks>,   // The network server's queue, decrypted.
    caf::reacts_to<GetAppDevice>,          // The application server's part of a device.
    caf::reacts_to<ChangeAppDevice>,       // Creates or changes it.
    caf::reacts_to<DeleteAppDevice>,       // Deletes it.
    caf::reacts_to<DownlinksPushed>>;      // INTERNAL: the network server has answered a push.

}  // namespace ff::application_server
