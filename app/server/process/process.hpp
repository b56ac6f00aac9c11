// The process `farfield start`: opens the store, starts the node, the API and the listeners, waits
// for a signal, drains.
#pragma once

#include "config/config.hpp"
#include "config/exit_codes.hpp"

namespace ff::app {

/// Returns when the process should end. Call block_signals() before, with no other thread running.
ExitCode run_server(const config::Config& config);

}  // namespace ff::app
