// What everybody who wants to write meets once the store has refused a write.
#pragma once

#include "protocol/base/error.hpp"

namespace ff::actors {

/// The answer to every commit after the one that the store refused. Only a consequence: that
/// failure has been logged and ends the process.
inline constexpr ErrorDef store_failed{"pkg/storage", "store_failed", Code::unavailable,
                                       "the store refused a write; effects are withheld"};

}  // namespace ff::actors
