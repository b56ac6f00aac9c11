// INTERNAL: ttn.lorawan.v3.Location of a field.
#pragma once

#include "protocol/gateway/message_fields.hpp"
#include "protocol/types/frames.hpp"

namespace ff::gateway::api_v3 {

/// Errors: invalid_message; invalid_field when it is no place on Earth.
Result<Location> read_location(const Field& field);

}  // namespace ff::gateway::api_v3
