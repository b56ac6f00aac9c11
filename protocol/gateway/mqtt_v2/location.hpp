// INTERNAL: the legacy LocationMetadata of a field.
#pragma once

#include <optional>

#include "protocol/gateway/message_fields.hpp"
#include "protocol/types/frames.hpp"

namespace ff::gateway::mqtt_v2 {

/// Nothing when it is no place on Earth, or the one that a gateway without a position reports.
Result<std::optional<Location>> read_location(const Field& field);

}  // namespace ff::gateway::mqtt_v2
