// The process `farfield start`: opens the store, starts the node, the API and the listeners, waits
// for a signal, drains.
#pragma once

#include <functional>

#include "config/exit_codes.hpp"
#include "config/load/load.hpp"

namespace ff::app {

/// Reads the configuration that the server was started with again.
using LoadConfig = std::function<Result<config::Loaded>()>;

/// Returns when it can not start, or was asked to end before it had; else it ends the process. Call
/// block_signals() before, with no other thread running.
ExitCode run_server(const config::Config& config, LoadConfig load_again);

}  // namespace ff::app
