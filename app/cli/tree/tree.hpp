// All commands, and the flags that every command has.
#pragma once

#include <vector>

#include "app/cli/command/command.hpp"

namespace ff::cli {

/// The root, which is named like the program.
Command make_tree();
/// The options of the configuration, and those of the program itself.
std::vector<Flag> global_flags();

}  // namespace ff::cli
