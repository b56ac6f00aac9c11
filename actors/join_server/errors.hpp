// Errors of the join server as a service, with the reference's names. Those of the join procedure
// are protocol/join's.
#pragma once

#include "protocol/base/result.hpp"

namespace ff::join_server {

inline constexpr ErrorDef device_not_found{"pkg/joinserver", "device_not_found", Code::not_found,
                                           "device not found"};
inline constexpr ErrorDef duplicate_identifiers{"pkg/joinserver", "duplicate_identifiers",
                                                Code::already_exists, "duplicate identifiers"};
inline constexpr ErrorDef field_value{"pkg/joinserver", "field_value", Code::invalid_argument,
                                      "invalid value of field `{field}`"};
inline constexpr ErrorDef kek{"pkg/joinserver", "kek", Code::not_found, "KEK not found"};
inline constexpr ErrorDef net_id_mismatch{"pkg/joinserver", "net_id_mismatch",
                                          Code::invalid_argument, "NetID `{net_id}` mismatch"};
inline constexpr ErrorDef no_net_id{"pkg/joinserver", "no_net_id", Code::failed_precondition,
                                    "no NetID specified"};
inline constexpr ErrorDef no_application_server_id{"pkg/joinserver", "no_application_server_id",
                                                   Code::failed_precondition, "no AS-ID specified"};
inline constexpr ErrorDef caller_not_authorized{"pkg/interop", "caller_not_authorized",
                                                Code::permission_denied,
                                                "caller is not authorized for `{target}`"};
inline constexpr ErrorDef no_f_nwk_s_int_key{"pkg/joinserver", "no_f_nwk_s_int_key",
                                             Code::data_loss, "no FNwkSIntKey specified"};
inline constexpr ErrorDef no_app_s_key{"pkg/joinserver", "no_app_s_key", Code::data_loss,
                                       "no AppSKey specified"};
inline constexpr ErrorDef no_dev_eui{"pkg/joinserver", "no_dev_eui", Code::invalid_argument,
                                     "no DevEUI specified"};
inline constexpr ErrorDef encode_payload{"pkg/joinserver", "encode_payload", Code::invalid_argument,
                                         "encode payload"};
inline constexpr ErrorDef compute_mic{"pkg/joinserver", "compute_mic", Code::invalid_argument,
                                      "compute MIC"};
inline constexpr ErrorDef encrypt_payload{"pkg/joinserver", "encrypt_payload", Code::unknown,
                                          "encrypt payload"};
inline constexpr ErrorDef derive_nwk_s_keys{"pkg/joinserver", "derive_nwk_s_keys", Code::unknown,
                                            "derive network session keys"};
inline constexpr ErrorDef derive_app_s_key{"pkg/joinserver", "derive_app_s_key", Code::unknown,
                                           "derive application session key"};
inline constexpr ErrorDef registry_operation{"pkg/joinserver", "registry_operation", Code::unknown,
                                             "registry operation failed"};
inline constexpr ErrorDef unknown_join_eui{"pkg/joinserver", "unknown_join_eui",
                                           Code::invalid_argument, "unknown JoinEUI"};
inline constexpr ErrorDef unwrap_key{"pkg/joinserver", "unwrap_key", Code::unknown, "unwrap key"};
inline constexpr ErrorDef wrap_key{"pkg/joinserver", "wrap_key", Code::unknown,
                                   "wrap key with KEK label `{label}`"};

/// The reference has no such error; its queue is the Redis client's.
inline constexpr ErrorDef overloaded{"pkg/joinserver", "overloaded", Code::resource_exhausted,
                                     "too many requests wait for the device"};

}  // namespace ff::join_server
