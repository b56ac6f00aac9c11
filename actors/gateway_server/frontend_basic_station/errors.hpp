// Errors of WebSocket gateways, as in the reference's table.
#pragma once

#include "protocol/base/error.hpp"

namespace ff::gateway_server {

inline constexpr ErrorDef invalid_gateway_id{"pkg/gatewayserver/io/semtechws", "invalid_gateway_id",
                                             Code::invalid_argument, "invalid gateway ID `{id}`"};
inline constexpr ErrorDef missed_too_many_pongs{"pkg/gatewayserver/io/semtechws",
                                                "missed_too_many_pongs", Code::unknown,
                                                "gateway missed too many pongs"};
inline constexpr ErrorDef no_auth_provided{"pkg/gatewayserver/io/semtechws", "no_auth_provided",
                                           Code::unauthenticated,
                                           "no auth provided for gateway `{uid}`"};
inline constexpr ErrorDef websocket_closed{"pkg/gatewayserver/io/semtechws", "websocket_closed",
                                           Code::aborted, "WebSocket closed: `{reason}` ({code})"};
/// No name in the reference, which has the messages from a closed source. [spec gateway-server §8]
inline constexpr ErrorDef not_public{"pkg/gatewayserver/io/ttigw", "not_public",
                                     Code::unimplemented,
                                     "the protocol of gateways of The Things Industries is not "
                                     "public; use Basic Station or the UDP packet forwarder"};
/// No name in the reference, whose gateways speak text only.
inline constexpr ErrorDef unexpected_binary{"pkg/gatewayserver/io/semtechws", "unexpected_binary",
                                            Code::invalid_argument, "binary message received"};

}  // namespace ff::gateway_server
