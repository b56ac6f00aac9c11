// Reads a configuration file's YAML into settings. Not what values mean; not the file system.
#pragma once

#include <string_view>

#include "config/load/setting.hpp"

namespace ff::config {

/// Files above this are refused, bytes.
inline constexpr std::size_t file_size_max = std::size_t{1} << 20U;

/// Keys may be nested (`ns: {net-id: …}`), joined (`ns.net-id: …`) or both. `name` is the file's
/// name for messages. Never throws, whatever the text; anchors and aliases are refused work above a
/// bound.
Reading read_yaml(std::string_view text, std::string_view name);

}  // namespace ff::config
