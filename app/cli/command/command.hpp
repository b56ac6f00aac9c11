// Command: one node of the tree of commands, as data. Help, completion and the parser read the
// same tree. Not what a command does; see the folders named after its subject.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"

namespace ff::cli {

class Session;

enum class FlagKind {
  text,
  boolean,  ///< Needs no value; a value is given with `=`.
};

struct Flag {
  std::string name;  ///< Without `--`; lower case, `-` between words.
  FlagKind kind = FlagKind::text;
  std::string value;  ///< What is to be given, for help: `TEXT`.
  std::string help;
  bool hidden = false;  ///< Not in help and completion.
};

/// What was given on the command line. Names of flags are those of `Flag`.
struct Arguments {
  std::vector<std::string> words;
  std::map<std::string, std::vector<std::string>, std::less<>> flags;

  bool has(std::string_view name) const { return flags.find(name) != flags.end(); }
  /// The last value; empty when the flag was not given.
  std::string text(std::string_view name) const;
  /// Every value; empty when the flag was not given.
  std::vector<std::string> texts(std::string_view name) const;
  /// A boolean flag's value, or `otherwise`.
  bool flag(std::string_view name, bool otherwise = false) const;
};

/// None: the command makes no calls, or brings its own credentials.
enum class Access { required, optional, none };

struct Command {
  std::string name;
  std::vector<std::string> aliases;
  std::string summary;
  std::string words;  ///< For help: `[application-id]`.
  std::size_t words_max = 0;
  Access access = Access::required;  ///< Whether it is called with credentials.
  bool hidden = false;
  /// Made when the command is used; some have hundreds. May be empty.
  std::function<std::vector<Flag>()> flags;
  std::function<Status(Session&, const Arguments&)> run;  ///< Empty: only a group.
  std::vector<Command> children;
};

/// The child of that name or alias; null if there is none.
const Command* find_child(const Command& command, std::string_view name);

/// The group at `path` (`applications api-keys`), made where it is missing.
Command& group_at(Command& root, std::string_view path);

/// Puts `command` below the group at `path`, with the aliases that its name has everywhere (list:
/// ls, ...). [spec cli §3]
Command& add_command(Command& root, std::string_view path, Command command);

}  // namespace ff::cli
