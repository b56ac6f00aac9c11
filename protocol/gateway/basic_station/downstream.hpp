// Messages to a station: downlinks and the time. Not its configuration (router_config.hpp). [spec
// gateway-server §4.4]
#pragma once

#include <optional>
#include <string>

#include "protocol/gateway/basic_station/errors.hpp"
#include "protocol/gateway/basic_station/xtime.hpp"
#include "protocol/gateway/gateway_downlink.hpp"
#include "protocol/region/region.hpp"

namespace ff::gateway::basic_station {

/// A `dnmsg`. `starts` is the start by the station's clock; not needed for a downlink with an
/// absolute time. The gateway server has chosen the window: the station gets one.
/// Errors: session_state_not_found, unknown_data_rate.
Result<std::string> downlink_message(const GatewayDownlink& downlink, std::uint16_t diid,
                                     std::optional<XTime> starts, const region::Region& region,
                                     UtcTime now);

/// The answer to a station's `timesync`.
std::string time_sync_answer(std::int64_t txtime, UtcTime now);
/// Makes a station ask for the time.
std::string time_sync_request(UtcTime now);

}  // namespace ff::gateway::basic_station
