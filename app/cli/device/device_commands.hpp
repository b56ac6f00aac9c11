// Commands of end devices. [spec cli §4 to §6]
#pragma once

#include "app/cli/command/command.hpp"

namespace ff::cli {

/// All of this folder.
void add_device_commands(Command& root);

/// INTERNAL: the parts.
void add_device_creation(Command& root);
void add_device_batches(Command& root);
void add_inspection(Command& root);

}  // namespace ff::cli
