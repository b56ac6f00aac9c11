// Errors of gateways over MQTT, as in the reference's table.
#pragma once

#include "protocol/base/error.hpp"

namespace ff::gateway_server {

inline constexpr ErrorDef mqtt_not_authorized{"pkg/gatewayserver/io/mqtt", "not_authorized",
                                              Code::permission_denied, "not authorized"};
/// No name in the reference, which says that a context was cancelled.
inline constexpr ErrorDef mqtt_closed{"pkg/gatewayserver/io/mqtt", "closed", Code::aborted,
                                      "MQTT connection closed: `{reason}`"};
/// No name in the reference, which drops such a downlink without a word.
inline constexpr ErrorDef mqtt_not_subscribed{"pkg/gatewayserver/io/mqtt", "not_subscribed",
                                              Code::failed_precondition,
                                              "gateway has not subscribed to its downlinks"};

}  // namespace ff::gateway_server
