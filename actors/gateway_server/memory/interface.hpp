// What others may ask of the keeper of gateways' memories. Frontends and connections know it as
// GatewayMemories.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/gateway_server/connection/gateway_memory.hpp"

namespace ff::gateway_server {

struct RememberGateway {
  GatewayId gateway_id;
  GatewayMemory memory;
};
/// Error not_connected: nothing is known, or it is too long ago.
struct RecallGateway {
  GatewayId gateway_id;
  actors::Reply<GatewayMemory> reply;
};
/// INTERNAL: the row that was written as number `write` is durable, or is not.
struct MemoryWritten {
  GatewayId gateway_id;
  std::uint64_t write = 0;
};
/// INTERNAL: looks for what is too old behind `after`, one page.
struct SweepMemories {
  Bytes after;
};

/// INTERNAL: nobody attends any more, or it is to be looked whether somebody does; behind what they
/// had to remember.
struct AttendantsGone {};
/// INTERNAL: whoever is still there is waited for no longer.
struct EndMemory {};

using MemoryHandle =
    caf::typed_actor<caf::reacts_to<RememberGateway>,  // Replaces what is known of a gateway.
                     caf::reacts_to<RecallGateway>,    // What is known of a gateway.
                     caf::reacts_to<MemoryWritten>,    // INTERNAL
                     caf::reacts_to<SweepMemories>,    // INTERNAL
                     caf::reacts_to<AttendantsGone>,   // INTERNAL
                     caf::reacts_to<EndMemory>>;       // INTERNAL

}  // namespace ff::gateway_server
FF_LOCAL_MESSAGE(ff::gateway_server::RememberGateway)
FF_LOCAL_MESSAGE(ff::gateway_server::RecallGateway)
FF_LOCAL_MESSAGE(ff::gateway_server::MemoryWritten)
FF_LOCAL_MESSAGE(ff::gateway_server::SweepMemories)
FF_LOCAL_MESSAGE(ff::gateway_server::AttendantsGone)
FF_LOCAL_MESSAGE(ff::gateway_server::EndMemory)
