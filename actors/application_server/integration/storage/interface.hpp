// The storage integration: one actor on a thread of its own that reads the outbox for those who ask
// for the past. A thread of its own, so that nobody's history holds up live consumers.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/application_server/integration/storage/messages.hpp"

namespace ff::application_server {

using StorageHandle = caf::typed_actor<caf::reacts_to<QueryStored>>;  // A page of the past.

}  // namespace ff::application_server
