// Readers of YAML nodes for the files of interop.cpp and roaming.cpp. They throw
// std::runtime_error for what does not fit; whoever calls them catches.
#pragma once

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

#include "config/interop.hpp"
#include "config/load/interop.hpp"

namespace ff::config::detail {

using Failure = std::runtime_error;

void only_keys(const YAML::Node& map, std::initializer_list<std::string_view> known);
std::string text_of(const YAML::Node& map, const char* key, std::string otherwise = {});
/// Without slashes in front.
std::string path_of(const YAML::Node& map, const char* key);

/// Host, port, protocol, TLS, headers and credentials; not paths, and no check of other keys.
InteropJoinServer access_of(const YAML::Node& root, const std::filesystem::path& directory);

Error malformed(std::string_view file, std::string_view reason);
/// Error: malformed_interop.
Result<std::string> read_file(const std::filesystem::path& path);

}  // namespace ff::config::detail
