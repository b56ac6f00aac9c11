// `end-devices import`.
#pragma once

#include "app/cli/command/command.hpp"

namespace ff::cli {

/// The import has ended, and these rows have not been taken.
inline constexpr ErrorDef rows_failed{"cli", "rows_failed", Code::failed_precondition,
                                      "{failed} rows failed; they are in `{path}`"};

void add_import_command(Command& root);

}  // namespace ff::cli
