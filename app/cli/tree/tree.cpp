#include "app/cli/tree/tree.hpp"

#include <memory>

#include "app/cli/account/login.hpp"
#include "app/cli/account/use.hpp"
#include "app/cli/command/help.hpp"
#include "app/cli/config/option.hpp"
#include "app/cli/device/device_commands.hpp"
#include "app/cli/entity/entity_commands.hpp"
#include "app/cli/import/import_command.hpp"
#include "app/cli/live/live_commands.hpp"
#include "app/cli/session/session.hpp"
#include "app/server/process/version.hpp"

namespace ff::cli {
namespace {

constexpr ErrorDef unknown_shell{"cli", "unknown_shell", Code::invalid_argument,
                                 "there is no completion for `{shell}`; bash, zsh or fish"};

Status print_config(Session& session, const Arguments& arguments) {
  const auto form = arguments.flag("env")   ? ConfigForm::environment
                    : arguments.flag("yml") ? ConfigForm::yaml
                                            : ConfigForm::flags;
  session.printer().text(config_text(session.loaded(), form));
  return {};
}

Command config_command() {
  Command command;
  command.name = "config";
  command.summary = "print the effective configuration, as YAML with the source of each value";
  command.access = Access::none;
  command.flags = [] {
    return std::vector<Flag>{{"yml", FlagKind::boolean, "", "as YAML"},
                             {"env", FlagKind::boolean, "", "as environment variables"}};
  };
  command.run = print_config;
  return command;
}

Command version_command() {
  Command command;
  command.name = "version";
  command.summary = "print the version";
  command.access = Access::none;
  command.run = [](Session& session, const Arguments&) -> Status {
    session.printer().text(std::string("farfield-cli ") + app::version + "\n");
    return {};
  };
  return command;
}

Command complete_command() {
  Command command;
  command.name = "complete";
  command.aliases = {"completion"};
  command.summary = "print a script for completion in a shell";
  command.words = "[bash|zsh|fish]";
  command.words_max = 1;
  command.access = Access::none;
  command.flags = [] {
    return std::vector<Flag>{{"shell", FlagKind::text, "NAME", "bash, zsh or fish"},
                             {"executable", FlagKind::text, "NAME", "farfield-cli"}};
  };
  command.run = [](Session& session, const Arguments& arguments) -> Status {
    const auto shell = !arguments.words.empty() ? arguments.words.front()
                       : arguments.has("shell") ? arguments.text("shell")
                                                : "bash";
    const auto executable =
        arguments.has("executable") ? arguments.text("executable") : "farfield-cli";
    const auto script = completion_script(shell, executable);
    if (script.empty()) return fail(unknown_shell, {{"shell", shell}});
    session.printer().text(script);
    return {};
  };
  return command;
}

/// What the scripts of `complete` call.
Command complete_words_command() {
  Command command;
  command.name = "complete-words";
  command.hidden = true;
  command.words_max = 1000;
  command.access = Access::none;
  command.run = [](Session& session, const Arguments& arguments) -> Status {
    for (const auto& word : completions(make_tree(), global_flags(), arguments.words))
      session.printer().text(word + "\n");
    return {};
  };
  return command;
}

}  // namespace

Command make_tree() {
  Command root;
  root.name = "farfield-cli";
  root.summary = "farfield-cli: a client of Farfield's API, and of The Things Stack's";
  add_login_commands(root);
  add_use_command(root);
  add_command(root, "", config_command());
  add_command(root, "", version_command());
  add_command(root, "", complete_command());
  add_command(root, "", complete_words_command());
  add_entity_commands(root);
  add_device_commands(root);
  add_import_command(root);
  add_live_commands(root);
  return root;
}

std::vector<Flag> global_flags() {
  std::vector<Flag> flags = {
      {"config", FlagKind::text, "FILE", "configuration file (also -c), may be repeated"},
      {"output", FlagKind::text, "FORMAT", "the same as --output-format"},
      {"help", FlagKind::boolean, "", "this text (also -h)"}};
  for (const auto& option : options()) {
    const bool is_boolean = option.kind == OptionKind::boolean;
    flags.push_back({std::string(option.name), is_boolean ? FlagKind::boolean : FlagKind::text,
                     is_boolean ? "" : "VALUE", std::string(option.help)});
  }
  return flags;
}

}  // namespace ff::cli
