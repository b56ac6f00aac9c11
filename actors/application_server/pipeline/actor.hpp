// Starting a device pipeline.
#pragma once

#include "actors/application_server/pipeline/context.hpp"
#include "actors/application_server/pipeline/interface.hpp"

namespace ff::application_server {

/// The pipeline of one shard. It reads where the outbox ends before it handles anything; call again
/// after a failure.
PipelineActor spawn_pipeline(caf::actor_system& system, PipelineContextPtr context,
                             storage::Shard shard);

}  // namespace ff::application_server
