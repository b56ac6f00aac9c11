#include "app/server/farfield/account_command.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>
#include <limits>

#include "actors/support/clock.hpp"
#include "app/server/accounts/offline.hpp"
#include "app/server/accounts/wishes.hpp"
#include "app/server/farfield/commands.hpp"
#include "app/server/farfield/own_flags.hpp"
#include "app/server/farfield/secret_input.hpp"
#include "app/server/process/log.hpp"
#include "app/server/process/migrate.hpp"
#include "app/server/process/store_exit.hpp"
#include "config/load/load.hpp"
#include "config/schema/type.hpp"

namespace ff::app {
namespace {

constexpr ErrorDef passwords_differ{"farfield", "passwords_differ", Code::invalid_argument,
                                    "the two passwords are different"};
constexpr ErrorDef secret_or_none{"farfield", "secret_or_none", Code::invalid_argument,
                                  "--secret and --no-secret exclude each other"};
constexpr ErrorDef expiry_date_format_invalid{"cli", "expiry_date_format_invalid",
                                              Code::invalid_argument,
                                              "expiry date format invalid (RFC3339: "
                                              "YYYY-MM-DDTHH:MM:SSZ)"};
constexpr ErrorDef expiry_date_invalid{"cli", "expiry_date_invalid", Code::invalid_argument,
                                       "expiry date is invalid"};

constexpr ErrorDef eui_type_unknown{"farfield", "eui_type_unknown", Code::invalid_argument,
                                    "EUIs of type `{type}` are not given out, but `dev_eui`"};
constexpr ErrorDef flag_invalid{"farfield", "flag_invalid", Code::invalid_argument,
                                "--{flag} must be {allowed}"};

/// What there is to change when the store is open. `entity`: whose, for the audit log.
struct Prepared {
  AccountChange made;
  std::string entity;
  std::string told;  // for people, on success
};
struct Circumstances {
  const OwnFlags& flags;
  Random& random;
  UtcTime now;
  const config::IdentityServer& settings;
};

struct Command {
  const char* name;
  const char* usage;
  std::vector<OwnFlag> flags;
  Result<Prepared> (*prepare)(const Circumstances& with);
  bool creates_store = false;
};

Result<Prepared> admin_user(const Circumstances& with) {
  AdminUser wish{.id = with.flags.text("id").value_or("admin"),
                 .email = with.flags.text("email").value_or("")};
  if (const auto given = with.flags.text("password")) {
    wish.password = *given;
  } else {
    const auto read = read_new_secret("Password of user " + wish.id);
    if (!read) return fail(passwords_differ);
    wish.password = *read;
  }
  FF_TRY(auto made, make_admin_user(wish, with.random, with.now));
  return Prepared{std::move(made), "user:" + wish.id, "user " + wish.id + " is an admin"};
}

Result<Prepared> user_api_key(const Circumstances& with) {
  UserApiKey wish{.user_id = with.flags.text("user-id").value_or("admin"),
                  .name = with.flags.text("name").value_or("admin-api-key")};
  if (const auto expiry = with.flags.text("api-key-expiry"); expiry && !expiry->empty()) {
    wish.expires_at = parse_rfc3339(*expiry);
    if (!wish.expires_at) return fail(expiry_date_format_invalid);
    if (*wish.expires_at <= with.now) return fail(expiry_date_invalid);
  }
  FF_TRY(auto made, make_user_api_key(wish, with.random, with.now));
  return Prepared{std::move(made), "user:" + wish.user_id,
                  "API key of user " + wish.user_id + ", shown this once:"};
}

Result<Prepared> oauth_client(const Circumstances& with) {
  const auto& flags = with.flags;
  OAuthClient wish{.id = flags.text("id").value_or("console"),
                   .name = flags.text("name").value_or(""),
                   .owner_id = flags.text("owner").value_or("admin"),
                   .secret = flags.text("secret"),
                   .redirect_uris = flags.all("redirect-uri"),
                   .logout_redirect_uris = flags.all("logout-redirect-uri"),
                   .authorized = flags.flag("authorized", true),
                   .endorsed = flags.flag("endorsed", true)};
  if (flags.flag("no-secret", false)) {
    if (wish.secret) return fail(secret_or_none);
    wish.secret = "";
  }
  FF_TRY(auto made, make_oauth_client(wish, with.random, with.now));
  const bool is_new_secret = !made.secret.empty();
  return Prepared{std::move(made), "client:" + wish.id,
                  is_new_secret ? "secret of OAuth client " + wish.id + ", shown this once:"
                                : "OAuth client " + wish.id + " is registered"};
}

template <class T>
Result<T> value_of(const OwnFlags& flags, std::string_view name, std::string by_default,
                   const config::Type<T>& type) {
  const auto value = type.read(flags.text(name).value_or(std::move(by_default)));
  if (!value) return fail(flag_invalid, {{"flag", name}, {"allowed", type.allowed}});
  return *value;
}

Result<Prepared> eui_block(const Circumstances& with) {
  const auto type = with.flags.text("eui-type").value_or("dev_eui");
  if (type != "dev_eui") return fail(eui_type_unknown, {{"type", type}});
  auto prefix = with.settings.dev_eui_prefix;
  auto counter = with.settings.dev_eui_init_counter;
  if (!with.flags.flag("use-config", false)) {
    constexpr auto max = std::numeric_limits<std::int64_t>::max();
    FF_TRY(prefix, value_of(with.flags, "prefix", "", config::join_eui_prefix()));
    FF_TRY(counter, value_of(with.flags, "init-counter", "0",
                             config::count<std::uint64_t>(0, std::uint64_t{max})));
  }
  const DevEui first(prefix.join_eui.value());
  FF_TRY(auto made, make_dev_eui_block({first, prefix.length, counter}));
  const auto name = to_string(first);
  return Prepared{std::move(made), "dev_eui_block:" + name,
                  "DevEUIs are given out of " + name + "/" + std::to_string(prefix.length)};
}

const std::vector<Command>& commands() {
  static const std::vector<Command> all{
      {"create-admin-user",
       "usage: farfield create-admin-user [--id admin] [--email ADDRESS] [--password PASSWORD]\n"
       "\n"
       "Makes the user an approved admin with this password; the email address counts as\n"
       "validated. A user that is there keeps everything else. Without --password it is asked "
       "for,\n"
       "or read from standard input if that is no terminal.\n",
       {{"id"}, {"email"}, {"password"}},
       admin_user,
       true},
      {"create-user-api-key",
       "usage: farfield create-user-api-key [--user-id admin] [--name admin-api-key]\n"
       "                                    [--api-key-expiry 2030-01-01T00:00:00Z]\n"
       "\n"
       "Makes an API key with all rights of the user, and prints it, this once.\n",
       {{"user-id"}, {"name"}, {"api-key-expiry"}},
       user_api_key},
      {"create-oauth-client",
       "usage: farfield create-oauth-client [--id console] [--name NAME] [--owner admin]\n"
       "                                    [--secret SECRET | --no-secret]\n"
       "                                    [--redirect-uri URI]... [--logout-redirect-uri "
       "URI]...\n"
       "                                    [--authorized=true] [--endorsed=true]\n"
       "\n"
       "Registers an approved OAuth client with all rights. One that is there gets the secret and\n"
       "the addresses given now. Without --secret and --no-secret a secret is made and printed,\n"
       "this once.\n",
       {{"id"},
        {"name"},
        {"owner"},
        {"secret"},
        {"no-secret", true},
        {"redirect-uri"},
        {"logout-redirect-uri"},
        {"authorized", true},
        {"endorsed", true}},
       oauth_client},
      {"create-eui-block",
       "usage: farfield create-eui-block [--eui-type dev_eui]\n"
       "                                 --prefix 70B3D57ED0000000/36 [--init-counter 0]\n"
       "                                 | --use-config\n"
       "\n"
       "Adds a block of DevEUIs for applications: they are given out when the blocks that are "
       "there\n"
       "are used up. No DevEUI may be in two of them. With --use-config it is that of\n"
       "is.dev-eui-block.{prefix,init-counter}, which is used without this command, too.\n",
       {{"eui-type"}, {"prefix"}, {"init-counter"}, {"use-config", true}},
       eui_block}};
  return all;
}

constexpr const char* general =
    "They work on the data directory (--storage.directory) of a server that is not running; all\n"
    "settings of `farfield start` are taken, too.\n";

const Command* find(std::string_view name) {
  if (name == "create-api-key") name = "create-user-api-key";
  const auto found = std::ranges::find(
      commands(), name, [](const Command& one) { return std::string_view(one.name); });
  return found == commands().end() ? nullptr : &*found;
}

void print_usage(std::FILE* to) {
  for (const auto& command : commands()) std::fprintf(to, "%s\n", command.usage);
  std::fputs(general, to);
}

bool wants_help(const std::string& text) {
  return text == "-h" || text == "--help" || text == "help";
}

ExitCode failed(const Error& error, ExitCode code) {
  std::fprintf(stderr, "farfield: %s\n", error.message().c_str());
  return code;
}

Status apply(storage::Engine& store, const config::Config& config, const Command& command,
             Prepared prepared) {
  static constexpr ErrorDef log_unreadable{"farfield", "audit_log_unreadable", Code::data_loss,
                                           "the audit log can not be read: {reason}"};
  FF_CHECK(migrate_store(store, nullptr));
  try {
    const OfflineAccounts accounts(store, config.audit);
    return accounts.change(std::move(prepared.made.change), std::string("farfield/") + command.name,
                           prepared.entity);
  } catch (const std::exception& failure) {
    return fail(log_unreadable, {{"reason", failure.what()}});
  }
}

ExitCode run(const Command& command, std::vector<std::string> arguments) {
  const auto flags = OwnFlags::take(command.flags, arguments);
  if (!flags) return failed(flags.error(), ExitCode::usage);
  const auto loaded =
      config::load({arguments, config::process_environment(), config::default_config_files()});
  if (!loaded) return failed(loaded.error(), ExitCode::configuration);
  if (!loaded->words.empty()) {
    std::fputs(command.usage, stderr);
    return ExitCode::usage;
  }
  const auto& config = loaded->config;
  auto log = config.log;
  log.level = config::LogLevel::warn;
  set_up_log(log);
  // First: nobody should type a password for a store that is in use.
  auto store = open_existing_store(config, command.creates_store);
  if (!store) return failed(store.error(), exit_code_of_store(store.error()));
  auto random = make_secure_random();
  auto prepared =
      command.prepare({*flags, *random, actors::make_system_clock()->now().utc, config.is});
  if (!prepared) return failed(prepared.error(), ExitCode::usage);
  const auto secret = prepared->made.secret;
  const auto told = prepared->told;
  const auto applied = apply(*store->engine, config, command, *std::move(prepared));
  if (!applied) return failed(applied.error(), ExitCode::failed);
  std::fprintf(stderr, "farfield: %s\n", told.c_str());
  if (!secret.empty()) std::printf("%s\n", secret.c_str());
  return ExitCode::ok;
}

}  // namespace

bool is_account_command(std::string_view command) {
  return command == "is-db" || find(command) != nullptr;
}

ExitCode run_account_command(std::string command, std::vector<std::string> arguments) {
  if (command == "is-db") {
    command = arguments.empty() ? "" : arguments.front();
    if (!arguments.empty()) arguments.erase(arguments.begin());
  }
  const auto* found = find(command);
  if (std::ranges::any_of(arguments, wants_help) || wants_help(command)) {
    if (found == nullptr) {
      print_usage(stdout);
    } else {
      std::printf("%s\n%s", found->usage, general);
    }
    return ExitCode::ok;
  }
  if (found == nullptr) {
    print_usage(stderr);
    return ExitCode::usage;
  }
  return run(*found, std::move(arguments));
}

}  // namespace ff::app
