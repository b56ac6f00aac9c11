// The text of files with key-encryption keys in them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace ff::app {

/// Nothing: it can not be read, or has more than `size_max` octets (it is something else). Whoever
/// has it wipes it.
std::optional<std::string> read_key_text(const std::filesystem::path& file, std::size_t size_max);
void wipe_text(std::string& text);

}  // namespace ff::app
