// Runs a simulation in real time: sockets, clock and application around a World.
// Not registration, which comes before (registration.hpp).
#pragma once

#include <vector>

#include "protocol/base/result.hpp"
#include "tools/sim/core/report.hpp"
#include "tools/sim/core/world.hpp"
#include "tools/sim/options.hpp"

namespace ff::sim {

inline constexpr ErrorDef unknown_frequency_plan{
    "tools/sim", "unknown_frequency_plan", Code::not_found,
    "device `{device_id}`: no frequency plan `{id}` with these regional parameters"};

/// The devices with their regions. Also sets what the scenario takes from the plans: which
/// frequencies gateways and devices use.
Result<std::vector<Placement>> place_devices(std::vector<DeviceIdentity> devices,
                                             Scenario& scenario);

/// Blocks until the scenario has ended (or SIGINT), prints progress, returns what was counted.
Result<Report> run(const Options& options, std::vector<Placement> devices);

}  // namespace ff::sim
