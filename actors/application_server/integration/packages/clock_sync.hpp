// alcsync-v1: devices that ask for the time get it. [spec integrations §5.2, TS003]
#pragma once

#include "actors/application_server/integration/packages/reaction.hpp"

namespace ff::application_server::packages {

/// At most one downlink, with an answer for each request that needs one. Errors:
/// clock_sync::unknown_command, clock_sync::insufficient_length, unsupported_command, those of
/// clock_sync_settings().
Reaction react_clock_sync(const Pair& pair, const Incoming& incoming);

}  // namespace ff::application_server::packages
