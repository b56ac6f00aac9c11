// Why a formatter could not be run although nothing is wrong with it.
#pragma once

#include "protocol/base/error.hpp"

namespace ff::application_server {

inline constexpr ErrorDef pool_full{"pkg/workerpool", "pool_full", Code::resource_exhausted,
                                    "the worker pool is full"};
// Without an equivalent in the reference.
inline constexpr ErrorDef formatters_timed_out{
    "pkg/workerpool", "pool_timeout", Code::deadline_exceeded, "no worker was free in time"};
inline constexpr ErrorDef formatters_unavailable{"pkg/workerpool", "pool_unavailable",
                                                 Code::unavailable,
                                                 "workers can not be started: {reason}"};

}  // namespace ff::application_server
