// Errors of the registry of activation settings, with the reference's names.
#pragma once

#include "protocol/base/result.hpp"

namespace ff::join_server::activation {

inline constexpr ErrorDef settings_not_found{
    "pkg/joinserver", "application_activation_settings_not_found", Code::not_found,
    "application activation settings not found"};
inline constexpr ErrorDef no_kek_label{"pkg/joinserver", "no_kek_label", Code::invalid_argument,
                                       "no KEK label specified"};
inline constexpr ErrorDef no_paths{"pkg/joinserver", "no_paths", Code::invalid_argument,
                                   "no paths specified"};
/// The reference has no such error; its queue is the Redis client's.
inline constexpr ErrorDef registry_overloaded{"pkg/joinserver", "overloaded",
                                              Code::resource_exhausted,
                                              "too many changes of activation settings wait"};

}  // namespace ff::join_server::activation
