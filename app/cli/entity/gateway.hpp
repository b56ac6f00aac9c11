// What commands of gateways do beside one call. [spec cli §5]
#pragma once

#include "app/cli/entity/method_command.hpp"

namespace ff::cli {

inline constexpr ErrorDef antenna_index{"cli", "antenna_index", Code::invalid_argument,
                                        "there is no antenna {index}"};
inline constexpr ErrorDef gateway_server_address_mismatch{
    "cli", "gateway_server_address_mismatch", Code::aborted,
    "the gateway is on `{address}`, the configuration says `{expected}`"};
inline constexpr ErrorDef no_gateway_id{"cli", "no_gateway_id", Code::invalid_argument,
                                        "no gateway ID was given"};

/// `get` with an EUI alone asks for the ID first.
void find_gateway_by_eui(MethodCommand& row);
/// --defaults, and the first antenna.
void complete_new_gateway(MethodCommand& row);
/// --antenna.index, --antenna.add, --antenna.remove with the antennas that the gateway has.
void edit_antennas(MethodCommand& row);

}  // namespace ff::cli
