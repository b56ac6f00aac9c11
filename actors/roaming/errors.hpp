// Why a frame is not carried by or for another network. Names beside the reference's are ours.
#pragma once

#include "protocol/base/result.hpp"

namespace ff::roaming {

inline constexpr ErrorDef no_roaming_agreement{"pkg/interop", "no_roaming_agreement",
                                               Code::failed_precondition, "no roaming agreement"};
inline constexpr ErrorDef limit_reached{"pkg/roaming", "limit_reached", Code::resource_exhausted,
                                        "the limit of the agreement with `{net_id}` is reached"};
inline constexpr ErrorDef too_many_waiting{"pkg/roaming", "too_many_waiting",
                                           Code::resource_exhausted,
                                           "too many frames of network `{net_id}` wait here"};
inline constexpr ErrorDef starting{"pkg/roaming", "starting", Code::unavailable,
                                   "roaming is starting, and too much waits for it"};
inline constexpr ErrorDef only_class_a{"pkg/roaming", "only_class_a", Code::unimplemented,
                                       "other networks' gateways only answer uplinks"};
inline constexpr ErrorDef not_an_answer{"pkg/roaming", "not_an_answer", Code::invalid_argument,
                                        "the frame is no answer to the uplink"};
inline constexpr ErrorDef unknown_token{"pkg/roaming", "unknown_token", Code::not_found,
                                        "no gateway heard the uplink, or it is too long ago"};
inline constexpr ErrorDef unknown_radio{"pkg/roaming", "unknown_radio", Code::invalid_argument,
                                        "region or data rate is not known"};
inline constexpr ErrorDef partner_unavailable{"pkg/roaming", "partner_unavailable",
                                              Code::unavailable,
                                              "network `{net_id}` does not answer: {reason}"};

}  // namespace ff::roaming
