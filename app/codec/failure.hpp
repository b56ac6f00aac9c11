// INTERNAL: what has gone wrong in a call, as it is told to the server.
#pragma once

#include <jsapi.h>

#include "protocol/formatter/wire.hpp"

namespace ff::codec {

/// Why a script was stopped from outside; set by the interrupt and by failed allocations.
struct Stop {
  bool timed_out = false;
  bool out_of_memory = false;
};

/// Takes the context's pending exception. With none, the script was stopped.
void tell_failure(JSContext* cx, const Stop& stop, formatter::Answer& answer);

}  // namespace ff::codec
