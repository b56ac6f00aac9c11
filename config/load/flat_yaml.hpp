// A YAML file as a flat list of keys and texts, for programs whose settings are not the server's.
// Knows no schema: what a key means is its reader's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/load/setting.hpp"

namespace ff::config {

struct FlatSetting {
  std::string key;                 ///< Dotted: `retry.max`.
  std::vector<std::string> items;  ///< One for a plain value; each of a list.
  int line = 0;                    ///< From 1.
};

/// Maps may be nested or have dotted keys. Never throws, whatever the text; a file above
/// `file_size_max` or of too many values is refused. Error: malformed_file.
Result<std::vector<FlatSetting>> read_flat_yaml(std::string_view text, std::string_view name);

/// `text` as a double-quoted scalar of YAML.
std::string yaml_quoted(std::string_view text);

}  // namespace ff::config
