// The clocks of the client. Pure code is given times; only commands read these.
#pragma once

#include "protocol/base/time.hpp"

namespace ff::cli {

UtcTime utc_now();
MonoTime mono_now();

}  // namespace ff::cli
