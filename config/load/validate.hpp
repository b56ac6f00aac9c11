// What must hold between settings. Not what one value may be: that is the schema's.
#pragma once

#include <vector>

#include "config/config.hpp"
#include "protocol/base/error.hpp"

namespace ff::config {

/// Every pair of settings that contradict each other, as `contradiction` errors. Looks at nothing
/// but the config.
std::vector<Error> contradictions(const Config& config);

}  // namespace ff::config
