// The process's log: standard error, as `log.*` has it.
#pragma once

#include "config/config.hpp"

namespace ff::app {

/// Once, before anything is logged.
void set_up_log(const config::Log& log);
/// Other settings from now on. Any thread.
void change_log(const config::Log& log);

}  // namespace ff::app
