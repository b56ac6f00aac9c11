// Errors of the gateway server, as in the reference's table.
#pragma once

#include "protocol/base/error.hpp"

namespace ff::gateway_server {

inline constexpr ErrorDef buffer_full{"pkg/gatewayserver/io", "buffer_full", Code::internal,
                                      "buffer is full"};
/// No name in the reference, which drops such reports for other reasons.
inline constexpr ErrorDef downlink_not_found{"pkg/gatewayserver", "downlink_not_found",
                                             Code::not_found, "no downlink with this token"};
inline constexpr ErrorDef empty_identifiers{"pkg/gatewayserver", "empty_identifiers", Code::unknown,
                                            "empty identifiers"};
inline constexpr ErrorDef frontend_ended{"pkg/gatewayserver", "frontend_ended", Code::unavailable,
                                         "frontend ended"};
inline constexpr ErrorDef gateway_changed{"pkg/gatewayserver", "gateway_changed", Code::unknown,
                                          "gateway changed in registry"};
inline constexpr ErrorDef gateway_eui_not_registered{"pkg/gatewayserver",
                                                     "gateway_eui_not_registered", Code::not_found,
                                                     "gateway EUI `{eui}` is not registered"};
inline constexpr ErrorDef gateway_not_registered{"pkg/gatewayserver", "gateway_not_registered",
                                                 Code::not_found,
                                                 "gateway `{gateway_uid}` is not registered"};
inline constexpr ErrorDef host_handle{"pkg/gatewayserver", "host_handle", Code::unknown,
                                      "handle message by upstream host `{host}`"};
inline constexpr ErrorDef message_crc{"pkg/gatewayserver", "message_crc", Code::invalid_argument,
                                      "message CRC failed"};
inline constexpr ErrorDef new_connection{"pkg/gatewayserver", "new_connection", Code::aborted,
                                         "new connection from same gateway"};
inline constexpr ErrorDef network_server_not_found{"pkg/gatewayserver/upstream/ns",
                                                   "network_server_not_found", Code::not_found,
                                                   "network server not found for `{ids}`"};
inline constexpr ErrorDef no_fallback_frequency_plan{
    "pkg/gatewayserver", "no_fallback_frequency_plan", Code::not_found,
    "gateway `{gateway_uid}` is not registered and no fallback frequency plan defined"};
inline constexpr ErrorDef not_connected{"pkg/gatewayserver", "not_connected", Code::not_found,
                                        "gateway `{gateway_uid}` not connected"};
/// No name in the reference, which takes late frames for new ones.
inline constexpr ErrorDef late_join{"pkg/gatewayserver", "late_join", Code::failed_precondition,
                                    "join-request was heard `{age}` ago"};
inline constexpr ErrorDef packet_broker_agent_not_found{
    "pkg/gatewayserver/upstream/packetbroker", "packet_broker_agent_not_found", Code::not_found,
    "Packet Broker agent not found"};
/// No name in the reference, which ignores such frames without a word.
inline constexpr ErrorDef proprietary_frame{"pkg/gatewayserver", "proprietary_frame",
                                            Code::failed_precondition,
                                            "no upstream host takes proprietary frames"};
/// No name in the reference, which waits.
inline constexpr ErrorDef registry_silent{"pkg/gatewayserver", "registry_silent", Code::unavailable,
                                          "the gateway registry does not answer"};
inline constexpr ErrorDef schedule_failed{"pkg/gatewayserver", "schedule", Code::aborted,
                                          "failed to schedule"};
inline constexpr ErrorDef schedule_path{"pkg/gatewayserver", "schedule_path", Code::unknown,
                                        "schedule on path `{gateway_uid}`"};
inline constexpr ErrorDef unauthenticated_gateway_connection{
    "pkg/gatewayserver", "unauthenticated_gateway_connection", Code::unauthenticated,
    "gateway requires an authenticated connection"};

/// No name in the reference, which takes the gain of any antenna for granted.
inline constexpr ErrorDef antenna_not_usable{
    "pkg/gatewayserver/io", "antenna_not_usable", Code::failed_precondition,
    "antenna `{antenna}` is not registered, or the gateway can not be told to use it"};
inline constexpr ErrorDef data_rate_rx_window{"pkg/gatewayserver/io", "data_rate_rx_window",
                                              Code::invalid_argument,
                                              "invalid data rate in Rx window `{window}`"};
inline constexpr ErrorDef invalid_downlink_path{"pkg/gatewayserver/io", "downlink_path",
                                                Code::invalid_argument, "invalid downlink path"};
inline constexpr ErrorDef frequency_plan_not_configured{
    "pkg/gatewayserver/io", "frequency_plan_not_configured", Code::invalid_argument,
    "frequency plan `{id}` is not configured for this gateway"};
inline constexpr ErrorDef frequency_plans_not_from_same_band{
    "pkg/gatewayserver/io", "frequency_plans_not_from_same_band", Code::invalid_argument,
    "frequency plans must be from the same band"};
inline constexpr ErrorDef no_absolute_time{"pkg/gatewayserver/io", "no_absolute_time",
                                           Code::invalid_argument,
                                           "no absolute time provided for class B downlink"};
inline constexpr ErrorDef no_frequency_plan_id{
    "pkg/gatewayserver/io", "no_frequency_plan_id_in_tx_request", Code::invalid_argument,
    "no frequency plan ID in Tx request"};
inline constexpr ErrorDef no_gps_sync{"pkg/gatewayserver/io", "no_gps_sync",
                                      Code::failed_precondition, "no GPS sync"};
/// No name in the reference, which would schedule an hour ahead.
inline constexpr ErrorDef no_free_time{"pkg/gatewayserver/io", "no_free_time",
                                       Code::resource_exhausted,
                                       "the next free time is `{ahead}` ahead"};
inline constexpr ErrorDef no_rx_delay{"pkg/gatewayserver/io", "no_rx_delay", Code::invalid_argument,
                                      "no Rx delay provided for class A downlink"};
inline constexpr ErrorDef no_uplink_token{"pkg/gatewayserver/io", "no_uplink_token",
                                          Code::invalid_argument,
                                          "no uplink token provided for class A downlink"};
inline constexpr ErrorDef downlink_not_allowed{"pkg/gatewayserver/io", "not_allowed",
                                               Code::failed_precondition, "downlink not allowed"};
inline constexpr ErrorDef rx_empty{"pkg/gatewayserver/io", "rx_empty", Code::failed_precondition,
                                   "Rx window is empty"};
inline constexpr ErrorDef rx_window_schedule{"pkg/gatewayserver/io", "rx_window_schedule",
                                             Code::unknown,
                                             "schedule in Rx window `{window}` failed"};
inline constexpr ErrorDef too_long{
    "pkg/gatewayserver/io", "too_long", Code::invalid_argument,
    "the payload length `{payload_length}` exceeds maximum `{maximum_length}` at data rate "
    "`{data_rate}`"};
inline constexpr ErrorDef tx_schedule{"pkg/gatewayserver/io", "tx_schedule", Code::aborted,
                                      "failed to schedule"};

inline constexpr ErrorDef connection_expired{"pkg/gatewayserver/io/udp", "connection_expired",
                                             Code::unknown, "connection expired"};
/// No name in the reference, whose table has no bound.
inline constexpr ErrorDef too_many_unregistered_gateways{
    "pkg/gatewayserver/io/udp", "too_many_unregistered_gateways", Code::resource_exhausted,
    "too many gateways that are not registered"};
inline constexpr ErrorDef downlink_path_expired{"pkg/gatewayserver/io/udp", "downlink_path_expired",
                                                Code::aborted, "downlink path expired"};

}  // namespace ff::gateway_server
