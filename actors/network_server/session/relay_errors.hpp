// Errors around relays that clients see; names are the reference's. [shared/api/errors.tsv
// pkg/networkserver, pkg/networkserver/redis]
#pragma once

#include "protocol/base/error.hpp"

namespace ff::network_server {

/// A frame can not be sent through a relay; the cause says why.
inline constexpr ErrorDef relay_schedule{"pkg/networkserver", "relay_schedule", Code::aborted,
                                         "relay can not send the downlink"};
inline constexpr ErrorDef relay_session{"pkg/networkserver", "relay_session", Code::not_found,
                                        "relay has no session"};
inline constexpr ErrorDef relay_session_key_id{"pkg/networkserver", "relay_session_key_id",
                                               Code::not_found,
                                               "relay has another session than its uplink"};
inline constexpr ErrorDef relay_recent_uplinks{"pkg/networkserver", "relay_recent_uplinks",
                                               Code::not_found, "no uplink of the relay is known"};
inline constexpr ErrorDef relay_rx_windows_available{
    "pkg/networkserver", "relay_rx_windows_available", Code::unavailable,
    "no receive window of the relay is available"};
inline constexpr ErrorDef relay_m_type{"pkg/networkserver", "relay_m_type", Code::invalid_argument,
                                       "invalid message type for a relay"};
inline constexpr ErrorDef relay_full_f_cnt{"pkg/networkserver", "relay_full_f_cnt",
                                           Code::invalid_argument,
                                           "relay has sent another uplink since"};
inline constexpr ErrorDef relay_not_serving{"pkg/networkserver", "relay_not_serving",
                                            Code::unavailable, "device does not serve as a relay"};
inline constexpr ErrorDef relay_not_served{"pkg/networkserver", "relay_not_served",
                                           Code::unavailable, "device is not served by a relay"};
inline constexpr ErrorDef relay_already_exists{"pkg/networkserver", "relay_already_exists",
                                               Code::already_exists, "relay already exists"};
inline constexpr ErrorDef relay_manage_uplink_forwarding_rules{
    "pkg/networkserver", "relay_manage_uplink_forwarding_rules", Code::invalid_argument,
    "relay uplink forwarding rules must be managed by dedicated RPCs"};
inline constexpr ErrorDef relay_not_found{"pkg/networkserver", "relay_not_found", Code::not_found,
                                          "relay not found"};
inline constexpr ErrorDef relay_uplink_forwarding_rule_already_exists{
    "pkg/networkserver", "relay_uplink_forwarding_rule_already_exists", Code::already_exists,
    "relay uplink forwarding rule already exists"};
inline constexpr ErrorDef relay_uplink_forwarding_rule_not_found{
    "pkg/networkserver", "relay_uplink_forwarding_rule_not_found", Code::not_found,
    "relay uplink forwarding rule not found"};
inline constexpr ErrorDef relay_served{"pkg/networkserver/redis", "relay_served",
                                       Code::already_exists,
                                       "`{served}` is already served by `{serving}`"};
inline constexpr ErrorDef invalid_relay_field{
    "pkg/networkserver", "field_value", Code::invalid_argument, "invalid value of field `{field}`"};

}  // namespace ff::network_server
