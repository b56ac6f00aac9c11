#include "app/cli/command/help.hpp"

#include <algorithm>

namespace ff::cli {
namespace {

constexpr std::size_t column = 34;

void append_row(std::string& out, const std::string& left, const std::string& right) {
  out += "  " + left;
  if (!right.empty()) {
    if (left.size() + 2 >= column) {
      out += "\n" + std::string(column, ' ');
    } else {
      out += std::string(column - left.size() - 2, ' ');
    }
    out += right;
  }
  out += "\n";
}

void append_flags(std::string& out, std::vector<Flag> flags) {
  std::ranges::sort(flags, {}, &Flag::name);
  for (const auto& flag : flags) {
    if (flag.hidden) continue;
    const auto value = flag.value.empty() ? "" : " " + flag.value;
    append_row(out, "--" + flag.name + value, flag.help);
  }
}

/// Where completion stands after the finished words.
const Command* follow(const Command& root, const std::vector<std::string>& words) {
  const auto* command = &root;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (const auto* child = find_child(*command, words[i])) command = child;
  }
  return command;
}

constexpr std::string_view bash = R"(_@NAME@() {
  local IFS=$'\n'
  COMPREPLY=($(@EXECUTABLE@ complete-words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _@NAME@ @EXECUTABLE@
)";

constexpr std::string_view zsh = R"(#compdef @EXECUTABLE@
_@NAME@() {
  local -a candidates
  candidates=("${(@f)$(@EXECUTABLE@ complete-words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -- $candidates
}
compdef _@NAME@ @EXECUTABLE@
)";

constexpr std::string_view fish = R"(function _@NAME@
  set -l words (commandline -opc) (commandline -ct)
  @EXECUTABLE@ complete-words -- $words[2..-1] 2>/dev/null
end
complete -c @EXECUTABLE@ -a '(_@NAME@)'
)";

std::string replaced(std::string text, std::string_view what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

}  // namespace

std::string help_text(const std::vector<const Command*>& path, const std::vector<Flag>& global) {
  const auto& command = *path.back();
  std::string line;
  for (const auto* step : path) line += (line.empty() ? "" : " ") + step->name;
  std::string out = command.summary.empty() ? "" : command.summary + "\n\n";
  out += "usage: " + line;
  if (command.run) out += (command.words.empty() ? "" : " " + command.words) + " [flags]";
  if (!command.children.empty()) out += (command.run ? " | " + line : "") + " COMMAND";
  out += "\n";
  if (!command.aliases.empty()) {
    out += "aliases:";
    for (const auto& alias : command.aliases) out += " " + alias;
    out += "\n";
  }
  if (!command.children.empty()) {
    out += "\ncommands:\n";
    for (const auto& child : command.children) {
      if (!child.hidden) append_row(out, child.name, child.summary);
    }
  }
  if (command.flags) {
    out += "\nflags:\n";
    append_flags(out, command.flags());
  }
  out += "\nflags of every command:\n";
  append_flags(out, global);
  return out;
}

std::vector<std::string> completions(const Command& root, const std::vector<Flag>& global,
                                     const std::vector<std::string>& words) {
  const auto unfinished = words.empty() ? std::string() : words.back();
  const auto& command = *follow(root, words);
  std::vector<std::string> found;
  const auto offer = [&](std::string text) {
    if (text.starts_with(unfinished)) found.push_back(std::move(text));
  };
  if (!unfinished.starts_with('-')) {
    for (const auto& child : command.children) {
      if (!child.hidden) offer(child.name);
    }
  } else {
    auto flags = command.flags ? command.flags() : std::vector<Flag>();
    flags.insert(flags.end(), global.begin(), global.end());
    for (const auto& flag : flags) {
      if (!flag.hidden) offer("--" + flag.name);
    }
  }
  std::ranges::sort(found);
  return found;
}

std::string completion_script(std::string_view shell, const std::string& executable) {
  const auto script = shell == "bash"   ? bash
                      : shell == "zsh"  ? zsh
                      : shell == "fish" ? fish
                                        : std::string_view();
  auto name = executable;
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return replaced(replaced(std::string(script), "@NAME@", name), "@EXECUTABLE@", executable);
}

}  // namespace ff::cli
