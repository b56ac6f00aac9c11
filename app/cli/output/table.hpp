// Rows of fields as a table of text. Pure.
#pragma once

#include <string>
#include <vector>

#include "app/cli/output/flat.hpp"

namespace ff::cli {

/// Wider cells are cut, characters.
inline constexpr std::size_t cell_width_max = 60;

/// A line of upper-case column names, then one line per row; columns are the rows' paths in the
/// order of their first appearance, without what all have in common. Control characters are `?`.
std::string table_text(const std::vector<FlatFields>& rows);

}  // namespace ff::cli
