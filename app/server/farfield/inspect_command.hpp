// The command `farfield inspect ...`: asks a running server's page below /inspect and prints it.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/exit_codes.hpp"

namespace ff::app {

/// `words` say what: nothing or `components`, `device APPLICATION DEVICE`, `address DEV_ADDR`,
/// `joins`, `gateway ID`, `shards`, `storage`. Prints text for people, or the server's JSON.
ExitCode run_inspect_command(const std::vector<std::string>& words, const config::Config& config,
                             bool json);

}  // namespace ff::app
