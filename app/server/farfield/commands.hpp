// The offline commands on a data directory: `farfield db ...`.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/exit_codes.hpp"
#include "storage/directory/open.hpp"

namespace ff::app {

/// The store of the configured directory, which no server has open; `create`: made if there is
/// none. Errors: those of storage::open_directory.
Result<storage::OpenStore> open_existing_store(const config::Config& config, bool create = false);

/// `words` are the command and its arguments: `backup DIRECTORY`, `restore BACKUP`, `check`.
ExitCode run_db_command(const std::vector<std::string>& words, const config::Config& config);

}  // namespace ff::app
