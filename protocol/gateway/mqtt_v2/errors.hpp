// Errors of the legacy messages, as in the reference's table.
#pragma once

#include "protocol/base/error.hpp"

namespace ff::gateway::mqtt_v2 {

inline constexpr ErrorDef lorawan_metadata{"pkg/gatewayserver/io/mqtt", "lorawan_metadata",
                                           Code::invalid_argument, "missing LoRaWAN metadata"};
inline constexpr ErrorDef invalid_modulation{"pkg/gatewayserver/io/mqtt", "modulation",
                                             Code::invalid_argument,
                                             "unknown modulation `{modulation}`"};
inline constexpr ErrorDef not_supported{"pkg/gatewayserver/io/mqtt", "not_supported",
                                        Code::failed_precondition, "not supported"};

}  // namespace ff::gateway::mqtt_v2
