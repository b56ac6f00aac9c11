// Who calls: the credentials of a command, `login`, `logout` and `auth-info`. [spec cli §2]
#pragma once

#include "app/cli/account/credentials.hpp"
#include "app/cli/command/command.hpp"
#include "app/cli/session/session.hpp"

namespace ff::cli {

inline constexpr ErrorDef unknown_host{
    "cli", "unknown_host", Code::unauthenticated,
    "unknown host `{host}`; log in again, or give --allow-unknown-hosts"};
inline constexpr ErrorDef unauthenticated{"cli", "unauthenticated", Code::unauthenticated,
                                          "not logged in; use `login`"};

/// The file of a session.
CredentialsFile credentials_file(const Session& session);

/// The credentials that a command calls with: every host was there at login, and an expired token
/// has been refreshed and stored. Errors: unknown_host, unauthenticated (if `required`), those of
/// the OAuth server.
Result<Credentials> usable_credentials(const Session& session, bool required);

/// The first configured host that is not one of the stored ones; nothing if there is none.
std::optional<std::string> first_unknown_host(const Config& config, const Credentials& stored);

void add_login_commands(Command& root);

}  // namespace ff::cli
