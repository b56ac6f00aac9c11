// INTERNAL: which rights show an event, by its name.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "ttn/lorawan/v3/rights.pb.h"

namespace ff::api {

/// One of them a subscriber needs; empty: nobody is shown it. Nothing for a name that the
/// reference does not have.
std::optional<std::vector<ttn::lorawan::v3::Right>> visibility_of(std::string_view name);

}  // namespace ff::api
