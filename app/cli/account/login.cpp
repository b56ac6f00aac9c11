#include "app/cli/account/login.hpp"

#include <google/protobuf/empty.pb.h>

#include <algorithm>
#include <array>
#include <chrono>

#include <spawn.h>
#include <unistd.h>

#include "app/cli/account/callback.hpp"
#include "app/cli/account/oauth.hpp"
#include "app/cli/call/grpc_api.hpp"
#include "app/cli/session/clock.hpp"
#include "protocol/base/hex.hpp"
#include "ttn/lorawan/v3/identityserver.pb.h"
#include "ttn/lorawan/v3/oauth.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;

constexpr std::string_view code_prefix = "MF2XI.";
/// A token that is about to end may end on the way.
constexpr std::chrono::seconds refresh_early{10};

constexpr ErrorDef no_code{"cli", "no_code", Code::invalid_argument,
                           "no authorization code was given"};

OAuthServer oauth_server(const Config& config) {
  return {config.oauth_server_address, config.ca};
}

void open_browser(const std::string& url) {
  std::string program = "xdg-open";
  auto address = url;
  std::array<char*, 3> arguments = {program.data(), address.data(), nullptr};
  pid_t child = 0;
  posix_spawnp(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ);
}

std::string random_state(Random& random) {
  std::array<std::uint8_t, 16> bytes{};
  random.fill(bytes);
  return hex_lower(bytes);
}

Result<std::string> code_by_callback(Session& session) {
  const auto state = random_state(session.random());
  const auto url = authorize_url(oauth_server(session.config()), "local-callback", state);
  return wait_for_code(callback_port, state, session.cancel(), [&] {
    session.inform("open this address to log in: " + url);
    // On a machine without a screen the user opens the address elsewhere.
    if (session.surroundings().has_screen) open_browser(url);
  });
}

/// Asks until something that looks like a code is given.
Result<std::string> code_by_hand(Session& session) {
  const auto url = authorize_url(oauth_server(session.config()), "code", "");
  session.inform("open this address, log in and copy the code: " + url);
  constexpr int attempts = 5;
  for (int i = 0; i < attempts; ++i) {
    auto code = session.ask_secret("code");
    std::erase_if(code, [](unsigned char c) { return std::isspace(c) != 0; });
    if (code.starts_with(code_prefix)) return code;
    if (code.empty()) break;
    session.warn("this is no authorization code; it begins with MF2XI");
  }
  return fail(no_code);
}

Status delete_token(const Session& session, Cancel& cancel, const std::string& token) {
  FF_TRY(const auto api, make_grpc_api({session.config(), token, cancel}));
  pb::AuthInfoResponse info;
  google::protobuf::Empty empty;
  FF_CHECK(api->call("EntityAccess/AuthInfo", empty, info));
  if (!info.has_oauth_access_token()) return {};
  pb::OAuthAccessTokenIdentifiers ids;
  *ids.mutable_user_ids() = info.oauth_access_token().user_ids();
  *ids.mutable_client_ids() = info.oauth_access_token().client_ids();
  ids.set_id(info.oauth_access_token().id());
  return api->call("OAuthAuthorizationRegistry/DeleteToken", ids, empty);
}

Status log_out(Session& session) {
  const auto file = credentials_file(session);
  const auto stored = file.read(session.config().credentials_id);
  if (stored == Credentials()) return {};
  const bool is_known =
      session.config().allow_unknown_hosts || !first_unknown_host(session.config(), stored);
  if (stored.token && is_known) {
    const auto done = delete_token(session, session.cancel(), stored.token->access_token);
    if (!done) session.warn("the token could not be deleted: " + done.error().to_string());
  }
  return file.write(session.config().credentials_id, {});
}

Status log_in(Session& session, const Arguments& arguments) {
  FF_CHECK(log_out(session));
  const auto& config = session.config();
  Credentials credentials;
  credentials.hosts = hosts_of(config);
  if (arguments.has("api-key")) {
    credentials.api_key = arguments.text("api-key");
  } else {
    const bool by_callback = arguments.flag("callback", true);
    FF_TRY(const auto code, by_callback ? code_by_callback(session) : code_by_hand(session));
    FF_TRY(credentials.token, exchange_code(oauth_server(config), code,
                                            by_callback ? "local-callback" : "code", utc_now()));
  }
  FF_CHECK(credentials_file(session).write(config.credentials_id, credentials));
  session.inform("logged in");
  return {};
}

Status auth_info(Session& session, const Arguments&) {
  pb::AuthInfoResponse info;
  FF_CHECK(session.api().call("EntityAccess/AuthInfo", google::protobuf::Empty(), info));
  return session.printer().item(info);
}

}  // namespace

CredentialsFile credentials_file(const Session& session) {
  return CredentialsFile(session.surroundings().cache / "farfield-cli" / "cache");
}

std::optional<std::string> first_unknown_host(const Config& config, const Credentials& stored) {
  for (const auto& host : hosts_of(config)) {
    if (std::ranges::find(stored.hosts, host) == stored.hosts.end()) return host;
  }
  return std::nullopt;
}

Result<Credentials> usable_credentials(const Session& session, bool required) {
  const auto& config = session.config();
  const auto file = credentials_file(session);
  auto stored = file.read(config.credentials_id);
  if (stored.bearer().empty()) {
    if (required) return fail(unauthenticated);
    return stored;
  }
  if (!config.allow_unknown_hosts) {
    if (const auto host = first_unknown_host(config, stored))
      return fail(unknown_host, {{"host", *host}});
  }
  const bool is_over = stored.api_key.empty() && stored.token->expiry &&
                       *stored.token->expiry < utc_now() + refresh_early &&
                       !stored.token->refresh_token.empty();
  if (is_over) {
    FF_TRY(stored.token, refresh_token(oauth_server(config), *stored.token, utc_now()));
    FF_CHECK(file.write(config.credentials_id, stored));
  }
  return stored;
}

void add_login_commands(Command& root) {
  Command login;
  login.name = "login";
  login.summary = "log in by a browser, a code or an API key";
  login.access = Access::none;
  login.flags = [] {
    return std::vector<Flag>{
        {"api-key", FlagKind::text, "KEY", "use this API key; nobody is asked whether it is right"},
        {"callback", FlagKind::boolean, "",
         "wait for the browser (default); =false: ask for the code instead"}};
  };
  login.run = log_in;
  add_command(root, "", std::move(login));

  Command logout;
  logout.name = "logout";
  logout.summary = "delete the token and forget the credentials";
  logout.access = Access::none;
  logout.run = [](Session& session, const Arguments&) { return log_out(session); };
  add_command(root, "", std::move(logout));

  Command info;
  info.name = "auth-info";
  info.summary = "what the server knows of these credentials";
  info.run = auth_info;
  add_command(root, "", std::move(info));
}

}  // namespace ff::cli
