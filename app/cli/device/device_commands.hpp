// Commands of end devices. [spec cli §4 to §6]
#pragma once

#include "app/cli/command/command.hpp"

namespace ff::cli {

/// A command about one device, named by two words or by flags (`device_id_flags`).
struct DeviceCommand {
  const char* name;
  const char* summary;
  std::vector<Flag> (*flags)();
  Status (*run)(Session&, const Arguments&);
};
Command command_of(const DeviceCommand& row);

/// All of this folder.
void add_device_commands(Command& root);

/// INTERNAL: the parts.
void add_device_creation(Command& root);
void add_device_batches(Command& root);
void add_inspection(Command& root);

}  // namespace ff::cli
