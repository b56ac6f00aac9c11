// Values of flags from files: `--formatters.up-formatter-parameter-local-file decoder.js`. [spec
// cli §3]
#pragma once

#include <string>

#include "app/cli/message/leaf.hpp"
#include "protocol/base/result.hpp"

namespace ff::cli {

inline constexpr ErrorDef unreadable_local_file{"cli", "unreadable_file", Code::not_found,
                                                "can not read `{path}`"};
/// Behind the name of a flag.
inline constexpr std::string_view local_file_suffix = "-local-file";

/// Whether the leaf's value is what people have in files: a script, a picture.
bool may_be_file(const Leaf& leaf);
/// The file as the text of the leaf's flag. Error: unreadable_local_file.
Result<std::string> read_local_file(const Leaf& leaf, const std::string& path);

}  // namespace ff::cli
