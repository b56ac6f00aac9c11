// Errors of the application server that clients see; names are the reference's.
// [shared/api/errors.tsv pkg/applicationserver]
#pragma once

#include "protocol/base/error.hpp"

namespace ff::application_server {

inline constexpr ErrorDef device_not_found{"pkg/applicationserver", "device_not_found",
                                           Code::not_found, "device `{device_uid}` not found"};
inline constexpr ErrorDef no_device_session{"pkg/applicationserver", "no_device_session",
                                            Code::failed_precondition,
                                            "no device session; check device activation"};
inline constexpr ErrorDef no_payload{"pkg/applicationserver", "no_payload", Code::invalid_argument,
                                     "no payload"};
inline constexpr ErrorDef no_f_port{"pkg/applicationserver", "no_f_port", Code::invalid_argument,
                                    "no FPort"};
inline constexpr ErrorDef no_app_s_key{"pkg/applicationserver", "no_app_s_key", Code::data_loss,
                                       "no AppSKey"};
inline constexpr ErrorDef app_s_key{"pkg/applicationserver", "app_s_key", Code::unknown,
                                    "get AppSKey"};
inline constexpr ErrorDef join_server_unavailable{
    "pkg/applicationserver", "join_server_unavailable", Code::unavailable,
    "Join Server unavailable for JoinEUI `{join_eui}`"};
inline constexpr ErrorDef no_dev_eui{"pkg/applicationserver", "no_dev_eui", Code::invalid_argument,
                                     "no DevEUI"};
inline constexpr ErrorDef no_join_eui{"pkg/applicationserver", "no_join_eui",
                                      Code::invalid_argument, "no JoinEUI"};
inline constexpr ErrorDef unknown_session{"pkg/applicationserver", "unknown_session",
                                          Code::not_found, "unknown session"};
inline constexpr ErrorDef rebuild{"pkg/applicationserver", "rebuild", Code::aborted,
                                  "could not rebuild sessions"};
inline constexpr ErrorDef max_retries_reached{"pkg/applicationserver", "max_retries_reached",
                                              Code::aborted,
                                              "maximum number of retries ({max_retries}) reached"};
inline constexpr ErrorDef downlink_max_retries_invalid{
    "pkg/applicationserver", "downlink_max_retries_invalid", Code::invalid_argument,
    "max retries must be lower or equal to {max}"};
inline constexpr ErrorDef zero_attempt_counts{"pkg/applicationserver", "zero_attempt_counts",
                                              Code::failed_precondition,
                                              "retry attempt counts must not be zero"};
inline constexpr ErrorDef default_retry_count_larger_than_max{
    "pkg/applicationserver", "default_retry_count_larger_than_max", Code::failed_precondition,
    "default retry count is larger than the maximum"};
inline constexpr ErrorDef field_value{"pkg/applicationserver", "field_value",
                                      Code::invalid_argument, "invalid value of field `{field}`"};
inline constexpr ErrorDef buffer_full{"pkg/applicationserver/io", "buffer_full",
                                      Code::resource_exhausted, "buffer is full"};
inline constexpr ErrorDef payload_crypto_skipped{
    "pkg/applicationserver/io/grpc", "payload_crypto_skipped", Code::failed_precondition,
    "payload crypto skipped"};
inline constexpr ErrorDef repository_unavailable{"pkg/cluster", "peer_unavailable",
                                                 Code::unavailable,
                                                 "peer with role `DEVICE_REPOSITORY` unavailable"};
/// As the network server says of what its queues do not hold.
inline constexpr ErrorDef push_too_long{"pkg/networkserver", "downlink_queue_capacity",
                                        Code::resource_exhausted,
                                        "downlink queue capacity exceeded"};
// Without an equivalent in the reference.
inline constexpr ErrorDef push_timed_out{"pkg/applicationserver", "push_timeout",
                                         Code::deadline_exceeded,
                                         "the network server did not answer in time"};
inline constexpr ErrorDef script_unanswered{"pkg/applicationserver", "formatter_timeout",
                                            Code::deadline_exceeded,
                                            "the formatter did not answer in time"};
inline constexpr ErrorDef internal_failure{"pkg/applicationserver", "internal", Code::internal,
                                           "message can not be processed"};

}  // namespace ff::application_server
