// A JSON value as dotted paths and texts: what tables and templates show.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ff::cli {

/// `ids.device_id` with `dev-1`, in the order of the document; lists of plain values are joined by
/// commas, other lists are compact JSON. A value that is no object has an empty path. `json` must
/// be valid.
using FlatFields = std::vector<std::pair<std::string, std::string>>;
FlatFields flat_fields(std::string_view json);

}  // namespace ff::cli
