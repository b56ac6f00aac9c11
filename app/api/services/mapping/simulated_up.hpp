// A message of AppAs.SimulateUplink on its way to the device's pipeline. Pure.
// [spec application-server §6]
#pragma once

#include <string>

#include "actors/application_server/pipeline/messages.hpp"
#include "protocol/base/result.hpp"
#include "ttn/lorawan/v3/messages.pb.h"

namespace ff::api {

inline constexpr ErrorDef already_simulated{"pkg/applicationserver/io/grpc", "simulated",
                                            Code::invalid_argument, "simulated"};

/// What the server adds: the mark, times where there are none, and `correlation_id` unless an
/// uplink's is there. Error: already_simulated.
Status mark_simulated(ttn::lorawan::v3::ApplicationUp& up, UtcTime now,
                      const std::string& correlation_id);

/// The identifiers of `known`, which the registry has, where `up` leaves them out.
void complete_ids(const DeviceIdentifiers& known, ttn::lorawan::v3::ApplicationUp& up);

/// Without its reply. An uplink as a value, of its metadata what the domain holds; any other
/// message as it is. Errors: those of api_json::to_json.
Result<application_server::SimulateUp> simulation_of(const ttn::lorawan::v3::ApplicationUp& up);

}  // namespace ff::api
