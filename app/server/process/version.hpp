// The version of this build.
#pragma once

namespace ff::app {

inline constexpr const char* version = "0.1.0";

}  // namespace ff::app
