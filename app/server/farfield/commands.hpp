// The offline commands on a data directory: `farfield db ...`.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/exit_codes.hpp"

namespace ff::app {

/// `words` are the command and its arguments: `backup DIRECTORY`, `restore BACKUP`, `check`.
ExitCode run_db_command(const std::vector<std::string>& words, const config::Config& config);

}  // namespace ff::app
