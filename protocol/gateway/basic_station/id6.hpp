// How stations write EUIs: ID6 (`b827:ebff:fe12:3456`, `::1`) and octets with dashes or colons.
// [spec gateway-server §4.1]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"
#include "protocol/gateway/basic_station/errors.hpp"

namespace ff::gateway::basic_station {

/// Four groups of 16 bits without leading zeros; the longest run of two zero groups or more is
/// `::`. Zero is `::0`.
std::string to_id6(std::uint64_t eui);

/// ID6, eight octets (`b8-27-eb-…`, `b8:27:eb:…`), or 16 hex digits; any case. Error: invalid_id6.
Result<std::uint64_t> parse_station_eui(std::string_view text);

}  // namespace ff::gateway::basic_station
