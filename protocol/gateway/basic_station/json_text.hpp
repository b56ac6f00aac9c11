// Pieces of JSON text that the messages to a station are made of. Private to this folder.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/time.hpp"

namespace ff::gateway::basic_station {

/// With its quotes; control characters, quotes and backslashes are escaped.
std::string quoted(std::string_view text);
/// Seconds since 1970 with up to six decimals: `1700000000.25`.
std::string seconds_text(UtcTime time);
/// Without decimals if it has none.
std::string number_text(float number);

}  // namespace ff::gateway::basic_station
