// How a program ends that could not open the store.
#pragma once

#include "config/exit_codes.hpp"
#include "protocol/base/error.hpp"

namespace ff::app {

/// Of the server and of the commands for a stopped one. `temporary` only for a store in use:
/// nothing else gets better by itself. [app/docs/operations.md §3]
ExitCode exit_code_of_store(const Error& error) noexcept;

}  // namespace ff::app
