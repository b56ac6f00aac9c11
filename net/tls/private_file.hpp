// Files with keys in them.
#pragma once

#include <filesystem>
#include <string_view>

#include "protocol/base/result.hpp"

namespace ff::net::tls {

inline constexpr ErrorDef file_unwritable{"net/tls", "file_unwritable", Code::failed_precondition,
                                          "write `{path}`: {reason}"};

/// Nobody else may read it (0600). Written under another name and renamed: it is there whole or not
/// at all, and stays after a power loss. The folder must exist. Error: file_unwritable.
Status write_private_file(const std::filesystem::path& path, std::string_view text);

}  // namespace ff::net::tls
