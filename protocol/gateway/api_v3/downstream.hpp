// What gateways are sent in the API's own messages: GatewayDown with a scheduled downlink. The
// downlink's token travels as a correlation id and comes back with the report. Pure. [spec
// gateway-server §2.5, §5]
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/gateway/gateway_downlink.hpp"

namespace ff::gateway::api_v3 {

/// `gs:down:token:7`
std::string token_correlation_id(std::uint16_t token);
/// The token, 1 to 65535; nothing for other correlation ids.
std::optional<std::uint16_t> parse_token_correlation_id(std::string_view id) noexcept;

/// ttn.lorawan.v3.GatewayDown. The correlation ids are the downlink's; the token's comes behind
/// them.
Bytes encode_gateway_down(const GatewayDownlink& downlink, const CorrelationIds& correlation_ids,
                          std::uint16_t token);

}  // namespace ff::gateway::api_v3
