// The process `farfield start`: opens the store, starts the node, the API and the listeners, waits
// for a signal, drains.
#pragma once

#include <functional>

#include "config/exit_codes.hpp"
#include "config/load/load.hpp"
#include "storage/engine/engine.hpp"

namespace ff::app {

/// Reads the configuration that the server was started with again.
using LoadConfig = std::function<Result<config::Loaded>()>;

/// Returns when the process should end. Call block_signals() before, with no other thread running.
ExitCode run_server(const config::Config& config, LoadConfig load_again);

/// Before anything reads the store: an older one is brought to this program's format.
Status migrate_store(storage::Engine& engine);

}  // namespace ff::app
