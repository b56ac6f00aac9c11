// The command line: which command is meant, and its arguments. Pure; nothing is run.
#pragma once

#include <string>
#include <vector>

#include "app/cli/command/command.hpp"

namespace ff::cli {

inline constexpr ErrorDef unknown_command{"cli", "unknown_command", Code::invalid_argument,
                                          "there is no command `{command}`{suggestion}"};
inline constexpr ErrorDef unknown_flag{"cli", "unknown_flag", Code::invalid_argument,
                                       "there is no flag `--{flag}`{suggestion}"};
inline constexpr ErrorDef missing_flag_value{"cli", "missing_flag_value", Code::invalid_argument,
                                             "flag `--{flag}` needs a value: {value}"};
inline constexpr ErrorDef invalid_flag_value{"cli", "invalid_flag_value", Code::invalid_argument,
                                             "flag `--{flag}` takes {allowed}"};
inline constexpr ErrorDef too_many_words{
    "cli", "too_many_arguments", Code::invalid_argument,
    "`{word}` is one argument too many; values of boolean flags are given with `=`"};

struct Parsed {
  std::vector<const Command*> path;  ///< From the root to the command; not empty.
  Arguments arguments;               ///< Those of the program, too.
  bool wants_help = false;

  const Command& command() const { return *path.back(); }
};

/// `global` are the flags of every command; they may stand anywhere. A word that is no child of a
/// group which is no command itself is an error. Errors: those above.
Result<Parsed> parse_command_line(const Command& root, const std::vector<Flag>& global,
                                  const std::vector<std::string>& arguments);

/// `; did you mean x?` for the nearest of `names`, or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string>& names);

}  // namespace ff::cli
