// Errors of the Semtech UDP protocol, as in the reference's table. Not drop reasons of the
// frontend.
#pragma once

#include "protocol/base/error.hpp"

namespace ff::gateway::semtech_udp {

inline constexpr ErrorDef invalid_data_rate{"pkg/ttnpb/udp", "data_rate", Code::invalid_argument,
                                            "invalid data rate"};
inline constexpr ErrorDef no_eui{"pkg/ttnpb/udp", "no_eui", Code::invalid_argument,
                                 "packet contains no EUI"};
inline constexpr ErrorDef invalid_packet_type{"pkg/ttnpb/udp", "packet_type",
                                              Code::invalid_argument, "invalid packet type"};
inline constexpr ErrorDef invalid_payload{"pkg/ttnpb/udp", "payload", Code::invalid_argument,
                                          "invalid payload"};

}  // namespace ff::gateway::semtech_udp
