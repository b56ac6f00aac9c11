// Discovery: a station names itself and learns where its traffic goes. Not who may connect.
// [spec gateway-server §4.1]
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/bytes.hpp"
#include "protocol/gateway/basic_station/errors.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::gateway::basic_station {

/// The EUI of `{"router": …}`: a number or any text parse_station_eui reads. Errors: invalid_json,
/// invalid_id6, empty_gateway_eui.
Result<GatewayEui> decode_discovery(ByteView text);

/// Where the traffic of `eui` goes; `host` may have a port.
std::string traffic_uri(bool tls, std::string_view host, GatewayEui eui);
std::string discovery_answer(GatewayEui eui, std::string_view uri);
/// Tells the station, and whoever reads its log, why it is not served.
std::string discovery_error(GatewayEui eui, std::string_view error);

/// The EUI of a path's `{id}`, `eui-<16 hex digits>`; nothing for another form.
std::optional<GatewayEui> parse_traffic_id(std::string_view id);

/// Whether `host` may stand in a URI as it is: letters, digits, `.:-_[]`, and short enough for a
/// station's buffer of 128 characters.
bool is_plain_host(std::string_view host) noexcept;

}  // namespace ff::gateway::basic_station
