// Registers application, gateways and devices at a server through its HTTP API, on several
// connections. Existing ones are kept; their keys are written again.
#pragma once

#include <vector>

#include "protocol/base/result.hpp"
#include "tools/sim/options.hpp"

namespace ff::sim {

inline constexpr ErrorDef registration_failed{"tools/sim", "registration",
                                              Code::failed_precondition,
                                              "{method} {path}: status {status}: {body}"};

/// Blocks until all is registered, or ends with the first failure.
Status register_all(const Options& options, const std::vector<DeviceIdentity>& devices);

}  // namespace ff::sim
