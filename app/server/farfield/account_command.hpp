// The commands `farfield create-admin-user`, `create-user-api-key`, `create-oauth-client` and
// `create-eui-block`, also behind the word `is-db` as operators of the reference know them [spec
// cli §7].
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/exit_codes.hpp"

namespace ff::app {

/// Whether `command` is one of them, `is-db` included.
bool is_account_command(std::string_view command);

/// On the store of a server that is not running. Prints a key or secret once, alone on standard
/// output; everything else on standard error.
ExitCode run_account_command(std::string command, std::vector<std::string> arguments);

}  // namespace ff::app
