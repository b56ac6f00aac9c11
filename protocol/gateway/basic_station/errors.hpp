// Errors of the LNS protocol, as in the reference's table. Not drop reasons of the frontend.
#pragma once

#include "protocol/base/error.hpp"

namespace ff::gateway::basic_station {

inline constexpr ErrorDef invalid_id6{"pkg/gatewayserver/io/semtechws/id6", "format",
                                      Code::invalid_argument, "invalid ID6 format"};
inline constexpr ErrorDef empty_gateway_eui{"pkg/gatewayserver/io/semtechws/lbslns",
                                            "empty_gateway_eui", Code::failed_precondition,
                                            "empty gateway EUI"};
inline constexpr ErrorDef unknown_data_rate{"pkg/gatewayserver/io/semtechws/lbslns", "data_rate",
                                            Code::unknown, "data rate error"};
inline constexpr ErrorDef join_request_message{"pkg/gatewayserver/io/semtechws/lbslns",
                                               "join_request_message", Code::unknown,
                                               "invalid join-request message received"};
inline constexpr ErrorDef uplink_data_frame{"pkg/gatewayserver/io/semtechws/lbslns",
                                            "uplink_data_frame", Code::unknown,
                                            "invalid uplink data frame received"};
inline constexpr ErrorDef uplink_message{"pkg/gatewayserver/io/semtechws/lbslns", "uplink_message",
                                         Code::unknown, "invalid uplink message received"};
inline constexpr ErrorDef session_state_not_found{"pkg/gatewayserver/io/semtechws/lbslns",
                                                  "session_state_not_found", Code::unavailable,
                                                  "session state not found"};
/// No name in the reference, which closes the connection with the JSON library's text.
inline constexpr ErrorDef invalid_json{"pkg/gatewayserver/io/semtechws/lbslns", "invalid_json",
                                       Code::invalid_argument, "message is not a JSON object"};

}  // namespace ff::gateway::basic_station
