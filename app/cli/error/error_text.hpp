// How an error is shown: one line, its attributes, then each cause. [spec cli §3]
// Not where it is written to, and not the exit code.
#pragma once

#include <string>

#include "protocol/base/error.hpp"

namespace ff::cli {

/// `error:<namespace>:<name> (<message>)`, then `    key=value` for each attribute; each cause the
/// same behind `--- `. Ends with a newline. Control characters are shown as `?`.
std::string error_text(const Error& error);

}  // namespace ff::cli
