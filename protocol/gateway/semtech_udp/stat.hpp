// The `stat` object of PUSH_DATA. Private to this folder; includes simdjson.
#pragma once

#include <optional>

#include "protocol/gateway/semtech_udp/json_fields.hpp"
#include "protocol/gateway/semtech_udp/push_data.hpp"

namespace ff::gateway::semtech_udp {

/// Nothing when a time or a field has another form than documented: a status is worth less than the
/// frames beside it.
std::optional<GatewayStatus> read_stat(simdjson::ondemand::object object,
                                       const PushDataContext& context);

/// `2014-01-12 08:59:28 GMT`; zone names count as UTC, numeric offsets (`+0200`, `+02`) are
/// applied.
std::optional<UtcTime> parse_stat_time(std::string_view text);

}  // namespace ff::gateway::semtech_udp
