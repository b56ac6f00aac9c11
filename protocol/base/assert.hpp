// Assertions that stay on in every build: a failed one is a bug in Farfield, never bad input.
// Not for checking bytes or settings from outside; those are errors (result.hpp).
#pragma once

namespace ff::detail {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;
}  // namespace ff::detail

/// Ends the process with a message when `condition` is false. Always evaluated.
#define FF_ASSERT(condition)          \
  ((condition) ? static_cast<void>(0) \
               : ::ff::detail::assertion_failed(#condition, __FILE__, __LINE__))
