// Where a device says that it is: a location found in a decoded payload.
// [spec application-server §4.1]
#pragma once

#include <optional>
#include <string_view>

#include "protocol/types/frames.hpp"

namespace ff::formatter {

/// The first of the shapes that people use, searched in the reference's order: `gps_<n>` of
/// CayenneLPP, then pairs of numbers under usual names. (0, 0) is none, neither is what lies
/// outside of the globe. `json`: an object, or empty. Total on any text.
std::optional<Location> location_in(std::string_view json);

}  // namespace ff::formatter
