// The command `farfield dr import`: a device repository into the store of a server that is not
// running.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/exit_codes.hpp"

namespace ff::app {

/// `words`: `import`, and a folder or an archive if it is not `dr.directory`. Tells every file that
/// is wrong, and goes on; `failed` when there was one.
ExitCode run_repository_command(const std::vector<std::string>& words,
                                const config::Config& config);

}  // namespace ff::app
