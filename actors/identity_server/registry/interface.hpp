// What others may ask of the registry of entities: a writer, the single one for all of identity
// data, and a reader of what is durable. A change that was answered is seen by every look-up after
// it.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/identity_server/registry/messages.hpp"

namespace ff::identity_server {

using RegistryHandle =
    caf::typed_actor<caf::reacts_to<CreateEntity>,    // Answers when the entity and its indices are
                                                      // durable.
                     caf::reacts_to<ChangeEntity>,    // Answers when the change is durable.
                     caf::reacts_to<ChangeEntities>,  // Answers when all changes are durable.
                     caf::reacts_to<DeleteEntity>,  // Deletes the entity with all that hangs on it.
                     caf::reacts_to<RowsRead>,      // INTERNAL: a row this turn waits for.
                     caf::reacts_to<TurnWritten>>;  // INTERNAL: this turn is durable, or is not.

using RegistryReaderHandle =
    caf::typed_actor<caf::reacts_to<GetEntity>,      // One entity.
                     caf::reacts_to<FindEntity>,     // The owner of a unique key.
                     caf::reacts_to<ReadEntities>,   // Look-ups of the asker's own.
                     caf::reacts_to<ListEntities>>;  // One page of a kind's entities.

}  // namespace ff::identity_server
