#include "protocol/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace ff::detail {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace ff::detail
