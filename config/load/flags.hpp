// Settings from command-line flags. Not the commands: what is not a setting is handed back.
#pragma once

#include <string>
#include <vector>

#include "config/load/setting.hpp"

namespace ff::config {

struct FlagReading {
  Reading reading;
  std::vector<std::string> config_files;  // of `-c` and `--config`, in their order
  std::vector<std::string> words;  // what is neither a flag nor a flag's value, and all after `--`
};

/// `--key value`, `--key=value`, `--key` alone for true. A list or map may be given in parts, by
/// repeating the flag; of other settings the last counts. `arguments` are those after the command's
/// name, without the command's own flags.
FlagReading read_flags(const std::vector<std::string>& arguments);

}  // namespace ff::config
