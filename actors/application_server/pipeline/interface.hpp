// What others may ask of a device pipeline: one actor per shard, the single writer of the
// application server's device records and of the shard's outbox.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/application_server/pipeline/messages.hpp"
#include "actors/support/ticker.hpp"

namespace ff::application_server {

using PipelineHandle = caf::typed_actor<
    caf::reacts_to<SessionAccepted>,  // Decrypts, decodes, appends to the outbox, publishes after
                                      // the commit.
    caf::reacts_to<QueueDownlinks>,  // Encodes, numbers, encrypts and pushes to the network server.
    caf::reacts_to<ListQueuedDownlinks>,  // The network server's queue, decrypted.
    caf::reacts_to<SimulateUp>,           // Decodes and publishes what no device has sent.
    caf::reacts_to<GetAppDevice>,         // The application server's part of a device.
    caf::reacts_to<ChangeAppDevice>,      // Creates or changes it.
    caf::reacts_to<DeleteAppDevice>,      // Deletes it.
    caf::reacts_to<DownlinksPushed>>;     // INTERNAL: the network server has answered a push.

/// The same with what is nobody else's business.
using PipelineActor =
    PipelineHandle::extend<caf::reacts_to<InspectPipeline>,  // What it holds.
                           caf::reacts_to<OutboxRecovered>,  // INTERNAL: the start goes on.
                           caf::reacts_to<AppDeviceLoaded>,  // INTERNAL: a record has been read.
                           caf::reacts_to<DeviceLocated>,    // INTERNAL: where the device is.
                           caf::reacts_to<AppSKeyFetched>,  // INTERNAL: a join server has answered.
                           caf::reacts_to<ScriptAnswered>,  // INTERNAL: a formatter has run.
                           caf::reacts_to<QueueListed>,     // INTERNAL: a queue to be shown.
                           caf::reacts_to<CommitFailed>,    // INTERNAL: ends the actor.
                           caf::reacts_to<actors::Tick>>;   // INTERNAL: time-outs.

}  // namespace ff::application_server
