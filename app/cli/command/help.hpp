// Help and completion, made of the tree of commands. Pure text.
#pragma once

#include <string>
#include <vector>

#include "app/cli/command/command.hpp"

namespace ff::cli {

/// `path` leads from the root to the command. All its flags; those of every command after them.
std::string help_text(const std::vector<const Command*>& path, const std::vector<Flag>& global);

/// What may follow `words` (the last one may be unfinished): names of commands or flags, sorted.
std::vector<std::string> completions(const Command& root, const std::vector<Flag>& global,
                                     const std::vector<std::string>& words);

/// A script for `bash`, `zsh` or `fish` that asks `executable` for completions. Empty for another
/// shell.
std::string completion_script(std::string_view shell, const std::string& executable);

}  // namespace ff::cli
