// Errors of the join procedure, with the join server's names in the reference; interop maps them to
// result codes. Errors of the join server as a service (registry, KEKs, authorisation) are the join
// server's.
#pragma once

#include "protocol/base/result.hpp"

namespace ff::join {

inline constexpr ErrorDef decode_payload{"pkg/joinserver", "decode_payload", Code::invalid_argument,
                                         "decode payload"};
inline constexpr ErrorDef dev_nonce_too_small{"pkg/joinserver", "dev_nonce_too_small",
                                              Code::invalid_argument, "DevNonce is too small"};
inline constexpr ErrorDef join_nonce_too_high{"pkg/joinserver", "join_nonce_too_high",
                                              Code::unknown, "JoinNonce is too high"};
inline constexpr ErrorDef lorawan_major_version{"pkg/joinserver", "lorawan_major_version",
                                                Code::invalid_argument,
                                                "unsupported LoRaWAN major version `{major}`"};
inline constexpr ErrorDef mac_version{"pkg/joinserver", "mac_version", Code::invalid_argument,
                                      "unsupported MAC version `{version}`"};
inline constexpr ErrorDef mic_mismatch{"pkg/joinserver", "mic_mismatch", Code::invalid_argument,
                                       "MIC mismatch"};
inline constexpr ErrorDef no_app_key{"pkg/joinserver", "no_app_key", Code::failed_precondition,
                                     "no AppKey specified"};
inline constexpr ErrorDef no_dev_eui{"pkg/joinserver", "no_dev_eui", Code::invalid_argument,
                                     "no DevEUI specified"};
inline constexpr ErrorDef no_nwk_key{"pkg/joinserver", "no_nwk_key", Code::failed_precondition,
                                     "no NwkKey specified"};
inline constexpr ErrorDef payload_type{"pkg/joinserver", "payload_type", Code::invalid_argument,
                                       "wrong payload type `{type}`"};
inline constexpr ErrorDef reuse_dev_nonce{"pkg/joinserver", "reuse_dev_nonce",
                                          Code::invalid_argument, "DevNonce has already been used"};

/// No name in the reference, which knows no rejoins.
inline constexpr ErrorDef rj_count_too_small{"pkg/joinserver", "rj_count_too_small",
                                             Code::invalid_argument, "RJcount is too small"};

/// Of a CFList frequency that does not fit 24 bits.
inline constexpr ErrorDef max_cf_list_frequency{"pkg/encoding/lorawan", "max_cflist_frequency",
                                                Code::invalid_argument,
                                                "CFList frequency exceeds the maximum"};

}  // namespace ff::join
