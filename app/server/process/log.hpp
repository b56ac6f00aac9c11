// The process's log: standard error, as `log.*` has it.
#pragma once

#include <string>
#include <string_view>

#include "config/config.hpp"

namespace ff::app {

/// Once, before anything is logged.
void set_up_log(const config::Log& log);
/// Other settings from now on. Any thread.
void change_log(const config::Log& log);

/// INTERNAL, for tests: what is written for the text of a line. Control characters are escaped, so
/// that nobody's text begins a line of its own; for JSON also what ends a string.
std::string escaped_line(std::string_view text, bool json);

}  // namespace ff::app
