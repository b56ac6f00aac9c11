// farfield-cli: the command line of the API.
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "app/cli/account/login.hpp"
#include "app/cli/call/cancel.hpp"
#include "app/cli/call/grpc_api.hpp"
#include "app/cli/command/help.hpp"
#include "app/cli/command/parse.hpp"
#include "app/cli/config/option.hpp"
#include "app/cli/error/error_text.hpp"
#include "app/cli/import/import_command.hpp"
#include "app/cli/session/session.hpp"
#include "app/cli/tree/tree.hpp"
#include "config/load/environment.hpp"
#include "net/tls/lifetime.hpp"

namespace {

using namespace ff;
using namespace ff::cli;

// [spec cli §3]; `incomplete` is ours. app/docs/operations.md §22 tells users.
constexpr int exit_ok = 0;
constexpr int exit_incomplete = 1;
constexpr int exit_group = 2;
constexpr int exit_canceled = 130;
constexpr int exit_failed = 255;

int failed(const Error& error) {
  if (error.is(canceled)) {
    std::fputs("canceled\n", stderr);
    return exit_canceled;
  }
  std::fputs(error_text(error).c_str(), stderr);
  return error.is(rows_failed) ? exit_incomplete : exit_failed;
}

/// Empty if there is no such variable.
std::string variable(const config::Environment& environment, std::string_view name) {
  for (const auto& [key, value] : environment) {
    if (key == name) return value;
  }
  return {};
}

Surroundings surroundings(const char* program) {
  std::error_code error;
  const auto environment = config::process_environment();
  const auto path = [&](std::string_view name, std::filesystem::path otherwise) {
    const auto value = variable(environment, name);
    return value.empty() ? std::move(otherwise) : std::filesystem::path(value);
  };
  Surroundings here;
  here.working_directory = std::filesystem::current_path(error);
  here.home = path("HOME", here.working_directory);
  here.config = path("XDG_CONFIG_HOME", here.home / ".config");
  here.cache = path("XDG_CACHE_HOME", here.home / ".cache");
  here.program = program;
  here.has_screen = !variable(environment, "DISPLAY").empty() ||
                    !variable(environment, "WAYLAND_DISPLAY").empty();
  return here;
}

Sources sources_of(const Surroundings& here, const Arguments& arguments) {
  Sources sources;
  sources.directories = {here.working_directory, here.home, here.config};
  sources.environment = config::process_environment();
  for (const auto& file : arguments.texts("config")) sources.files.emplace_back(file);
  for (const auto& option : options()) {
    const std::string name(option.name);
    if (!arguments.has(name)) continue;
    std::string joined;
    for (const auto& text : arguments.texts(name)) joined += (joined.empty() ? "" : ",") + text;
    sources.flags[name] = option.kind == OptionKind::list ? joined : arguments.text(name);
  }
  if (arguments.has("output")) sources.flags["output-format"] = arguments.text("output");
  return sources;
}

Status run(const Command& command, const Arguments& arguments, const Surroundings& here,
           Cancel& cancel) {
  FF_TRY(auto loaded, load_config(sources_of(here, arguments)));
  FF_TRY(auto printer, Printer::make(loaded.config.output_format, stdout));
  Session session(std::move(loaded), here, std::move(printer), cancel);
  for (const auto& warning : session.loaded().warnings) session.warn(warning);
  if (command.access != Access::none) {
    FF_TRY(const auto credentials, usable_credentials(session, command.access == Access::required));
    FF_TRY(auto api, make_grpc_api({session.config(), credentials.bearer(), cancel}));
    session.use_api(std::move(api));
  }
  return command.run(session, arguments);
}

}  // namespace

int main(int argc, char** argv) {
  net::tls::keep_openssl_until_process_ends();
  static Cancel cancel;
  cancel_on_signals(cancel);
  const auto tree = make_tree();
  const auto global = global_flags();
  const auto parsed = parse_command_line(tree, global, {argv + 1, argv + argc});
  if (!parsed) return failed(parsed.error());
  if (parsed->wants_help) {
    std::fputs(help_text(parsed->path, global).c_str(), stdout);
    return exit_ok;
  }
  if (!parsed->command().run) {
    std::fputs(help_text(parsed->path, global).c_str(), stderr);
    return exit_group;
  }
  const auto done = run(parsed->command(), parsed->arguments, surroundings(argv[0]), cancel);
  return done ? exit_ok : failed(done.error());
}
