// What others may ask of applications' settings: one registry, their single writer.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/application_server/link_settings/messages.hpp"

namespace ff::application_server {

using LinkSettingsHandle =
    caf::typed_actor<caf::reacts_to<SetLink>,      // Creates or changes.
                     caf::reacts_to<GetLink>,      // As it will be when all changes are durable.
                     caf::reacts_to<DeleteLink>>;  // Leaves nothing.

/// The same with what is nobody else's business.
using LinkSettingsActor =
    LinkSettingsHandle::extend<caf::reacts_to<LinkWritten>>;  // INTERNAL: a change is durable.

}  // namespace ff::application_server
