// farfield: the server and its offline commands.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "app/server/farfield/account_command.hpp"
#include "app/server/farfield/commands.hpp"
#include "app/server/farfield/inspect_command.hpp"
#include "app/server/farfield/repository_command.hpp"
#include "app/server/process/core_dumps.hpp"
#include "app/server/process/open_files.hpp"
#include "app/server/process/process.hpp"
#include "app/server/process/signals.hpp"
#include "app/server/process/version.hpp"
#include "config/load/load.hpp"
#include "config/load/print.hpp"
#include "net/tls/lifetime.hpp"

namespace {

using namespace ff;

constexpr const char* help =
    "farfield: a LoRaWAN network server\n"
    "\n"
    "usage: farfield COMMAND [--setting value]... [-c FILE]\n"
    "\n"
    "  start [all]              run the server: gs, ns, as, js and is in one process\n"
    "  config [--yml|--env]     print the effective configuration with the source of each value\n"
    "  check-config             exit 0 if the configuration is usable, 78 with the reason if not\n"
    "  settings                 list every setting with its default and what is allowed\n"
    "  db backup DIRECTORY      a consistent copy of the store of a server that is not running\n"
    "  db restore BACKUP        a new data directory from a backup; counters jump ahead\n"
    "  db check                 read every record of the store\n"
    "  dr import [FROM]         the device repository of a folder or an archive into the store of "
    "a\n"
    "                           server that is not running; without FROM dr.directory\n"
    "  create-admin-user, create-user-api-key, create-oauth-client, create-eui-block\n"
    "                           accounts in the store of a server that is not running, also as\n"
    "                           is-db create-...; --help says more\n"
    "  inspect [--json] WHAT    ask a running server what it does and why: components,\n"
    "                           device APPLICATION DEVICE, address DEV_ADDR, joins, gateway ID,\n"
    "                           packages [APPLICATION], shards, storage,\n"
    "                           roaming [csv [FIRST_DAY]]\n"
    "  version\n"
    "\n"
    "Settings come from the command line, FARFIELD_... (and TTN_LW_...) variables, farfield.yml "
    "or\n"
    "/etc/farfield/farfield.yml, and defaults, in this order.\n";

int code(ExitCode exit) {
  return static_cast<int>(exit);
}

Result<config::Loaded> read_config(const std::vector<std::string>& arguments) {
  return config::load({arguments, config::process_environment(), config::default_config_files()});
}

Result<config::Loaded> load(const std::vector<std::string>& arguments) {
  auto loaded = read_config(arguments);
  if (!loaded) std::fprintf(stderr, "farfield: %s\n", loaded.error().message().c_str());
  if (loaded) {
    for (const auto& warning : loaded->warnings)
      std::fprintf(stderr, "farfield: warning: %s\n", warning.c_str());
  }
  return loaded;
}

/// Who names some only wants the others elsewhere, which is not to be had: nothing would be there.
bool are_all_components(std::vector<std::string> words) {
  if (words.empty() || words == std::vector<std::string>{"all"}) return true;
  std::ranges::sort(words);
  return words == std::vector<std::string>{"as", "gs", "is", "js", "ns"};
}

ExitCode start(const std::vector<std::string>& arguments) {
  app::block_signals();
  const auto loaded = load(arguments);
  if (!loaded) return ExitCode::configuration;
  if (!are_all_components(loaded->words)) {
    std::fprintf(
        stderr,
        "farfield: a process runs all of gs, ns, as, js and is: name none of them, or all\n");
    return ExitCode::usage;
  }
  if (!loaded->config.process.core_dumps) app::forbid_core_dumps();
  if (const auto files = app::raise_open_files(); files < app::open_files_wanted)
    std::fprintf(stderr,
                 "farfield: warning: the process may open %llu files; thousands of gateways and "
                 "clients need %llu\n",
                 static_cast<unsigned long long>(files),
                 static_cast<unsigned long long>(app::open_files_wanted));
  return app::run_server(loaded->config, [arguments] { return read_config(arguments); });
}

ExitCode print_config(std::vector<std::string> arguments) {
  bool environment = false;
  std::erase_if(arguments, [&](const std::string& argument) {
    environment = environment || argument == "--env";
    return argument == "--env" || argument == "--yml";
  });
  const auto loaded = load(arguments);
  if (!loaded) return ExitCode::configuration;
  std::fputs((environment ? config::to_environment(*loaded) : config::to_yaml(*loaded)).c_str(),
             stdout);
  return ExitCode::ok;
}

ExitCode db(const std::vector<std::string>& arguments) {
  const auto loaded = load(arguments);
  if (!loaded) return ExitCode::configuration;
  return app::run_db_command(loaded->words, loaded->config);
}

ExitCode repository(const std::vector<std::string>& arguments) {
  const auto loaded = load(arguments);
  if (!loaded) return ExitCode::configuration;
  return app::run_repository_command(loaded->words, loaded->config);
}

ExitCode inspect(std::vector<std::string> arguments) {
  const auto json = std::erase(arguments, "--json") > 0;
  const auto loaded = load(arguments);
  if (!loaded) return ExitCode::configuration;
  return app::run_inspect_command(loaded->words, loaded->config, json);
}

ExitCode dispatch(const std::string& command, const std::vector<std::string>& arguments) {
  if (command == "start") return start(arguments);
  if (command == "config") return print_config(arguments);
  if (command == "check-config") return load(arguments) ? ExitCode::ok : ExitCode::configuration;
  if (command == "db") return db(arguments);
  if (command == "dr") return repository(arguments);
  if (command == "inspect") return inspect(arguments);
  if (command == "settings") {
    std::fputs(config::reference_text().c_str(), stdout);
    return ExitCode::ok;
  }
  if (command == "version") {
    std::printf("farfield %s\n", app::version);
    return ExitCode::ok;
  }
  std::fprintf(stderr, "farfield: there is no command `%s`\n\n%s", command.c_str(), help);
  return ExitCode::usage;
}

}  // namespace

int main(int argc, char** argv) {
  net::tls::keep_openssl_until_process_ends();
  std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto wants_help = [](const std::string& text) {
    return text == "-h" || text == "--help" || text == "help";
  };
  if (arguments.empty()) {
    std::fputs(help, stderr);
    return code(ExitCode::usage);
  }
  const auto command = arguments.front();
  arguments.erase(arguments.begin());
  if (app::is_account_command(command))
    return code(app::run_account_command(command, std::move(arguments)));
  if (wants_help(command) || std::ranges::any_of(arguments, wants_help)) {
    std::fputs(help, stdout);
    return code(ExitCode::ok);
  }
  return code(dispatch(command, arguments));
}
