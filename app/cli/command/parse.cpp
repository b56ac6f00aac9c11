#include "app/cli/command/parse.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

namespace ff::cli {
namespace {

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

bool is_flag(std::string_view text) {
  return text.size() > 1 && text.front() == '-';
}

struct Split {
  std::string name;
  std::optional<std::string> value;
};

/// `--dev_eui=01` as `dev-eui` and `01`; `-c` is `config`, `-h` is `help`.
Split split(std::string_view text) {
  const auto equals = text.find('=');
  std::string name(text.substr(0, equals));
  name.erase(0, std::min(name.find_first_not_of('-'), name.size()));
  std::ranges::replace(name, '_', '-');
  if (name == "c") name = "config";
  if (name == "h") name = "help";
  if (equals == std::string_view::npos) return {name, std::nullopt};
  return {name, std::string(text.substr(equals + 1))};
}

const Flag* find_flag(const std::vector<Flag>& flags, std::string_view name) {
  const auto found = std::ranges::find(flags, name, &Flag::name);
  return found == flags.end() ? nullptr : &*found;
}

/// Takes the words that name the command out of the arguments.
class Resolver {
 public:
  Resolver(const Command& root, const std::vector<Flag>& global) : global_(global) {
    parsed_.path.push_back(&root);
  }

  Result<Parsed> run(const std::vector<std::string>& arguments, std::vector<std::string>& rest) {
    bool is_done = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const auto& argument = arguments[i];
      if (is_done || is_flag(argument)) {
        is_done = is_done || argument == "--";
        rest.push_back(argument);
        if (is_done) continue;
        if (takes_next(argument) && i + 1 < arguments.size()) rest.push_back(arguments[++i]);
        // Its own flags come after a command's name, and their values are no names.
        is_done = !is_global(argument) && parsed_.command().run;
        continue;
      }
      if (const auto* child = find_child(parsed_.command(), argument)) {
        parsed_.path.push_back(child);
        continue;
      }
      if (argument == "help" && parsed_.path.size() == 1) {
        parsed_.wants_help = true;
        continue;
      }
      if (!parsed_.command().run) return unknown(argument);
      is_done = true;
      rest.push_back(argument);
    }
    return std::move(parsed_);
  }

 private:
  bool takes_next(std::string_view argument) const {
    const auto parts = split(argument);
    const auto* flag = find_flag(global_, parts.name);
    return flag != nullptr && flag->kind == FlagKind::text && !parts.value;
  }

  bool is_global(std::string_view argument) const {
    return find_flag(global_, split(argument).name) != nullptr;
  }

  tl::unexpected<Error> unknown(const std::string& word) const {
    std::vector<std::string> names;
    for (const auto& child : parsed_.command().children) names.push_back(child.name);
    std::string path;
    for (std::size_t i = 1; i < parsed_.path.size(); ++i) path += parsed_.path[i]->name + " ";
    return fail(unknown_command,
                {{"command", path + word}, {"suggestion", suggestion(word, names)}});
  }

  const std::vector<Flag>& global_;
  Parsed parsed_;
};

class FlagReader {
 public:
  FlagReader(std::vector<Flag> flags, Parsed& parsed) : flags_(std::move(flags)), parsed_(parsed) {}

  Status run(const std::vector<std::string>& rest) {
    bool only_words = false;
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (only_words || !is_flag(rest[i])) {
        FF_CHECK(word(rest[i]));
      } else if (rest[i] == "--") {
        only_words = true;
      } else {
        const auto* next = i + 1 < rest.size() ? &rest[i + 1] : nullptr;
        FF_TRY(const auto is_next_taken, flag(split(rest[i]), next));
        if (is_next_taken) ++i;
      }
    }
    return {};
  }

 private:
  Status word(const std::string& text) {
    if (parsed_.arguments.words.size() >= parsed_.command().words_max)
      return fail(too_many_words, {{"word", text}});
    parsed_.arguments.words.push_back(text);
    return {};
  }

  /// Whether the next argument was its value.
  Result<bool> flag(const Split& parts, const std::string* next) {
    if (parts.name == "help") {
      parsed_.wants_help = true;
      return false;
    }
    const auto* flag = find_flag(flags_, parts.name);
    if (flag == nullptr) return fail(unknown(parts.name));
    auto& values = parsed_.arguments.flags[flag->name];
    if (flag->kind == FlagKind::boolean) {
      const auto value = parts.value.value_or("true");
      const bool yes = value == "true" || value == "1";
      if (!yes && value != "false" && value != "0")
        return fail(invalid_flag_value, {{"flag", flag->name}, {"allowed", "true or false"}});
      values.emplace_back(yes ? "true" : "false");
      return false;
    }
    if (!parts.value && next == nullptr)
      return fail(missing_flag_value, {{"flag", flag->name}, {"value", flag->value}});
    values.push_back(parts.value ? *parts.value : *next);
    return !parts.value;
  }

  Error unknown(const std::string& name) const {
    std::vector<std::string> names;
    for (const auto& flag : flags_) {
      if (!flag.hidden) names.push_back(flag.name);
    }
    auto nearest = suggestion(name, names);
    return Error(unknown_flag, {{"flag", name}, {"suggestion", std::move(nearest)}});
  }

  std::vector<Flag> flags_;
  Parsed& parsed_;
};

}  // namespace

std::string suggestion(std::string_view word, const std::vector<std::string>& names) {
  constexpr std::size_t compared_length_max = 100;
  if (word.empty() || word.size() > compared_length_max) return {};
  const std::string* nearest = nullptr;
  auto least = std::max<std::size_t>(2, word.size() / 4) + 1;
  for (const auto& name : names) {
    const auto steps = distance(word, name);
    if (steps >= least) continue;
    least = steps;
    nearest = &name;
  }
  return nearest == nullptr ? "" : "; did you mean `" + *nearest + "`?";
}

Result<Parsed> parse_command_line(const Command& root, const std::vector<Flag>& global,
                                  const std::vector<std::string>& arguments) {
  std::vector<std::string> rest;
  FF_TRY(auto parsed, Resolver(root, global).run(arguments, rest));
  auto flags = parsed.command().flags ? parsed.command().flags() : std::vector<Flag>();
  flags.insert(flags.end(), global.begin(), global.end());
  // Help is given whatever else is wrong with the line.
  for (const auto& argument : rest)
    parsed.wants_help = parsed.wants_help || argument == "-h" || argument == "--help";
  if (parsed.wants_help) return parsed;
  FF_CHECK(FlagReader(std::move(flags), parsed).run(rest));
  return parsed;
}

}  // namespace ff::cli
