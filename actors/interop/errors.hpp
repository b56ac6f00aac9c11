// Errors of the interop client beside those that other servers answer with
// (protocol/backend_interfaces).
#pragma once

#include "protocol/base/result.hpp"

namespace ff::interop {

inline constexpr ErrorDef not_registered{"pkg/interop", "not_registered", Code::not_found,
                                         "no join server is registered for the JoinEUI"};
inline constexpr ErrorDef missing_ns_id{"pkg/interop", "missing_ns_id", Code::failed_precondition,
                                        "no NSID for Backend Interfaces 1.1"};

// No names in the reference.
inline constexpr ErrorDef unusable_answer{"pkg/interop", "unusable_answer", Code::unavailable,
                                          "join server `{server}` answered what is no answer: "
                                          "{reason}"};
inline constexpr ErrorDef paused{"pkg/interop", "paused", Code::unavailable,
                                 "join server `{server}` failed again and again and is not asked"};
inline constexpr ErrorDef overloaded{"pkg/interop", "overloaded", Code::resource_exhausted,
                                     "too many questions wait for join server `{server}`"};
/// The question, not the server, is at fault.
inline constexpr ErrorDef http_refused{"pkg/interop", "http_refused", Code::unavailable,
                                       "join server `{server}` refuses with HTTP status {status}"};
inline constexpr ErrorDef http_status{"pkg/interop", "http_status", Code::unavailable,
                                      "join server `{server}` answered HTTP status {status}"};

}  // namespace ff::interop
