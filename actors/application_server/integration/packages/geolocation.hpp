// lora-cloud-geolocation-v3: where a device is, by how gateways heard it or by what it scanned.
// [spec integrations §5.2]
#pragma once

#include "actors/application_server/integration/packages/frame_history.hpp"
#include "actors/application_server/integration/packages/reaction.hpp"

namespace ff::application_server::packages {

/// Errors: those of geolocation_settings().
Reaction react_geolocation(const Pair& pair, const Incoming& incoming, const Servers& servers,
                           FrameHistory& history);

/// Errors: lora_cloud::malformed_location, location_query, no_result.
Reaction geolocation_answered(lora_cloud::Solver solver, std::string_view body);

}  // namespace ff::application_server::packages
