// INTERNAL to this folder: frames that a station took apart, put together again. Octets of the
// header are kept as they were on air: what else would the MIC match? [spec gateway-server §4.3]
#pragma once

#include "protocol/gateway/basic_station/json_fields.hpp"
#include "protocol/gateway/basic_station/upstream.hpp"

namespace ff::gateway::basic_station {

/// Microseconds of GPS time; nothing for 0 and for what no clock says.
std::optional<UtcTime> from_gps_us(std::int64_t us) noexcept;

Result<StationMessage> decode_join_request(JsonObject root, const UpstreamContext& context);
Result<StationMessage> decode_data_frame(JsonObject root, const UpstreamContext& context);
Result<StationMessage> decode_proprietary(JsonObject root, const UpstreamContext& context);

}  // namespace ff::gateway::basic_station
