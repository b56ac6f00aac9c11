// Errors of the network server that clients see; names are the reference's. [shared/api/errors.tsv
// pkg/networkserver]
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "protocol/base/error.hpp"
#include "protocol/types/versions.hpp"

namespace ff::network_server {

inline constexpr ErrorDef device_not_found{"pkg/networkserver", "device_not_found", Code::not_found,
                                           "device not found"};
inline constexpr ErrorDef decode_payload{"pkg/networkserver", "decode_payload",
                                         Code::invalid_argument, "failed to decode payload"};
// What a network that forwarded a frame is told of it.
inline constexpr ErrorDef duplicate_uplink{"pkg/networkserver", "duplicate_uplink",
                                           Code::already_exists, "the uplink is a duplicate"};
inline constexpr ErrorDef uplink_mic_mismatch{"pkg/networkserver", "mic_mismatch",
                                              Code::invalid_argument, "MIC mismatch"};
inline constexpr ErrorDef shard_overloaded{"pkg/networkserver", "shard_overloaded",
                                           Code::resource_exhausted, "too many frames wait"};
inline constexpr ErrorDef field_value{"pkg/networkserver", "field_value", Code::invalid_argument,
                                      "invalid value of field `{field}`"};
inline constexpr ErrorDef unknown_mac_state{"pkg/networkserver", "unknown_mac_state",
                                            Code::failed_precondition, "MAC state is unknown"};
inline constexpr ErrorDef unknown_session{"pkg/networkserver", "unknown_session", Code::not_found,
                                          "unknown session"};
inline constexpr ErrorDef application_downlink_too_long{
    "pkg/networkserver", "application_downlink_too_long", Code::invalid_argument,
    "application downlink payload length `{length}` exceeds maximum '{max}'"};
inline constexpr ErrorDef f_cnt_too_low{"pkg/networkserver", "f_cnt_too_low",
                                        Code::invalid_argument,
                                        "FCnt `{f_cnt}` is lower than minimum of `{min_f_cnt}`"};
inline constexpr ErrorDef downlink_queue_capacity{"pkg/networkserver", "downlink_queue_capacity",
                                                  Code::resource_exhausted,
                                                  "downlink queue capacity exceeded"};
inline constexpr ErrorDef confirmed_multicast_downlink{
    "pkg/networkserver", "confirmed_multicast_downlink", Code::invalid_argument,
    "confirmed downlink queued for multicast device"};
inline constexpr ErrorDef no_downlink_path{"pkg/networkserver", "no_downlink_path", Code::not_found,
                                           "no downlink path available"};
/// As the reference's calls end that nobody answers.
inline constexpr ErrorDef no_answer_in_time{"pkg/errors", "context_deadline_exceeded",
                                            Code::deadline_exceeded, "context deadline exceeded"};
inline constexpr ErrorDef downlink_expired{"pkg/networkserver", "downlink_expired",
                                           Code::failed_precondition, "queued downlink expired"};
inline constexpr ErrorDef absolute_time_not_possible{
    "pkg/networkserver", "absolute_time", Code::invalid_argument,
    "invalid absolute time set in application downlink"};
inline constexpr ErrorDef fixed_paths_not_possible{
    "pkg/networkserver", "fixed_paths", Code::invalid_argument,
    "invalid fixed paths set in application downlink"};
inline constexpr ErrorDef transmission_failed{
    "pkg/networkserver", "transmission", Code::unknown,
    "downlink transmission failed with result `{result}`"};
inline constexpr ErrorDef unknown_mac_version{"pkg/networkserver", "unknown_mac_version",
                                              Code::failed_precondition, "MAC version is unknown"};
inline constexpr ErrorDef join_server_not_found{"pkg/networkserver", "join_server_not_found",
                                                Code::not_found, "join server not found"};
inline constexpr ErrorDef abp_join_request{"pkg/networkserver", "abp_join_request",
                                           Code::invalid_argument,
                                           "received a join-request from ABP device"};
// No name in the reference, which can not close sessions.
inline constexpr ErrorDef abp_session{
    "pkg/networkserver", "abp_session", Code::failed_precondition,
    "the session of an ABP device can not be closed: the device would never join"};
/// The reference answers every rejoin-request so; here those that 1.1 does not allow.
inline constexpr ErrorDef rejoin_request{"pkg/networkserver", "rejoin_request", Code::unavailable,
                                         "rejoin-request of a device without a session of 1.1"};
// No names in the reference, which knows no rejoins.
inline constexpr ErrorDef rejoin_net_id{"pkg/networkserver", "rejoin_net_id",
                                        Code::invalid_argument,
                                        "rejoin-request for the network `{net_id}`"};
inline constexpr ErrorDef rejoin_mic_mismatch{"pkg/networkserver", "rejoin_mic_mismatch",
                                              Code::invalid_argument,
                                              "MIC of the rejoin-request is not the session's"};
inline constexpr ErrorDef rj_count_too_small{
    "pkg/networkserver", "rj_count_too_small", Code::invalid_argument,
    "RJcount0 `{rj_count}` is not above the last `{last_rj_count}`"};
inline constexpr ErrorDef uplink_channel_not_found{"pkg/networkserver", "uplink_channel_not_found",
                                                   Code::not_found, "uplink channel not found"};
inline constexpr ErrorDef data_rate_not_found{"pkg/networkserver", "data_rate_not_found",
                                              Code::not_found, "data rate not found"};
inline constexpr ErrorDef unknown_frequency_plan{"pkg/frequencyplans", "not_found", Code::not_found,
                                                 "frequency plan `{id}` not found"};
inline constexpr ErrorDef no_band_version{
    "pkg/networkserver/internal", "no_band_version", Code::invalid_argument,
    "specified version `{ver}` of band `{id}` does not exist"};
/// The cause of a `field_value` of `version_ids.band_id`.
inline constexpr ErrorDef device_and_frequency_plan_band_mismatch{
    "pkg/networkserver", "device_and_frequency_plan_band_mismatch", Code::invalid_argument,
    "device band ID `{dev_band_id}` and frequency plan band ID `{fp_band_id}` do not match"};

/// Of an emission that no gateway has reported.
inline constexpr ErrorDef transmission_unreported{"pkg/networkserver", "transmission_unreported",
                                                  Code::deadline_exceeded,
                                                  "no gateway reported the transmission in time"};

/// Of a band that is not there in this version of the regional parameters.
inline Error no_band(const std::string& band_id, PhyVersion version) {
  // As the API names them. [protocol/proto PHYVersion]
  constexpr std::array<std::string_view, 14> names{
      "PHY_UNKNOWN",      "PHY_V1_0",       "PHY_V1_0_1",     "PHY_V1_0_2_REV_A",
      "PHY_V1_0_2_REV_B", "PHY_V1_1_REV_A", "PHY_V1_1_REV_B", "PHY_V1_0_3_REV_A",
      "RP002_V1_0_0",     "RP002_V1_0_1",   "RP002_V1_0_2",   "RP002_V1_0_3",
      "RP002_V1_0_4",     "RP002_V1_0_5"};
  const auto index = static_cast<std::size_t>(version);
  return {no_band_version,
          {{"ver", index < names.size() ? std::string(names[index]) : std::to_string(index)},
           {"id", band_id}}};
}

/// `path` is below `mac_settings`.
inline Error settings_misfit(const std::string& path) {
  return {field_value, {{"field", "mac_settings." + path}}};
}
inline constexpr ErrorDef mac_settings_profile_already_exists{
    "pkg/networkserver", "mac_settings_profile_already_exists", Code::already_exists,
    "MAC settings profile already exists"};
inline constexpr ErrorDef mac_settings_profile_not_found{
    "pkg/networkserver", "mac_settings_profile_not_found", Code::not_found,
    "MAC settings profile not found"};
/// The reference refuses this too; under which name is not known to us.
inline constexpr ErrorDef mac_settings_profile_in_use{
    "pkg/networkserver", "mac_settings_profile_in_use", Code::failed_precondition,
    "MAC settings profile is used by {devices} end devices"};
inline constexpr ErrorDef profile_registry_overloaded{
    "pkg/networkserver", "overloaded", Code::resource_exhausted,
    "too many changes of MAC settings profiles wait"};

}  // namespace ff::network_server
