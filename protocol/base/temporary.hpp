// Which errors may pass by themselves. Not what to do then: some ask again, some leave as it is
// what they have half done.
#pragma once

#include "protocol/base/error.hpp"

namespace ff {

/// The same may succeed later, and whether it has had an effect is not known.
inline bool is_temporary(const Error& error) noexcept {
  return error.code() == Code::unavailable || error.code() == Code::resource_exhausted ||
         error.code() == Code::deadline_exceeded;
}

}  // namespace ff
